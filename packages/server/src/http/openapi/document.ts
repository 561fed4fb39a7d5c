// Owns: the OpenAPI document: the route table, what is said of each address, and the schemas that validate, put together.
import * as protocol from '@voila/protocol'
import { type ErrorCode, errorRow } from '@voila/protocol'
import { z } from 'zod'
import { type RouteRow, routeTable } from '../route-table.ts'
import { keySourceOperations } from './key-source-operations.ts'
import type { File, Operation, OperationGroup } from './operation.ts'
import { organizationOperations } from './organization-operations.ts'
import { preparedOperations } from './prepared-operations.ts'
import { programOperations } from './program-operations.ts'
import { revocationOperations } from './revocation-operations.ts'
import { samlOperations } from './saml-operations.ts'
import { screenOperations } from './screen-operations.ts'

type Json = Record<string, unknown>

const operationGroups: readonly OperationGroup[] = [
  ...programOperations,
  ...preparedOperations,
  ...screenOperations,
  ...organizationOperations,
  ...revocationOperations,
  ...keySourceOperations,
  ...samlOperations,
]

/** Addresses below /api that are left out, and why. */
export const undescribed: Readonly<Record<string, string>> = {
  'GET /api/auth/*': 'Signing in is for people, in a browser: there is no contract beside the page.',
  'POST /api/auth/*': 'As above.',
  'GET /api/openapi.json': 'It is the document.',
  'GET /api/docs': 'It shows the document.',
}

const described = new Map(
  operationGroups.flatMap(({ name, operations }) =>
    Object.entries(operations).map(([route, operation]) => [route, { tag: name, operation }] as const),
  ),
)
const keyOf = ({ method, path }: Pick<RouteRow, 'method' | 'path'>): string => `${method} ${path}`

/** What is said of a row of the route table. */
export function operationOf(row: Pick<RouteRow, 'method' | 'path'>): Operation | undefined {
  return described.get(keyOf(row))?.operation
}

/** What stands in a path, and the refusal of one that names nothing. */
const pathParameters: Readonly<Record<string, { says: string; unknown?: ErrorCode; values?: readonly string[] }>> = {
  activity: { says: 'An activity, like chat.' },
  apiKeyId: { says: 'An API key.', unknown: 'api_key_unknown' },
  attendeeId: { says: 'An attendee.', unknown: 'attendee_unknown' },
  invitationId: { says: 'An invitation.', unknown: 'invitation_unknown' },
  kid: { says: 'A partner key.', unknown: 'key_unknown' },
  kind: { says: 'Which picture.', values: protocol.imageKinds },
  organizationId: { says: 'Your organization.', unknown: 'organization_unknown' },
  imageId: { says: 'The picture of a slide.', unknown: 'image_unknown' },
  linkId: { says: 'A link to the big screen.', unknown: 'screen_link_unknown' },
  preparedId: { says: 'Something prepared.', unknown: 'prepared_unknown' },
  programId: { says: 'A program.', unknown: 'program_unknown' },
  recordingId: { says: 'A recording.', unknown: 'recording_unknown' },
  revocationId: { says: 'A revocation.', unknown: 'revocation_unknown' },
  sourceId: { says: 'An address of keys.', unknown: 'jwks_source_unknown' },
  testId: { says: 'A test sign-in.', unknown: 'saml_test_unknown' },
  userId: { says: 'A member.', unknown: 'member_unknown' },
}

const sessionCodes: readonly ErrorCode[] = [
  ...(['session_missing', 'session_expired', 'expired', 'program_not_open', 'program_archived', 'doors_closed'] as const),
  ...(['session_revoked', 'session_replaced', 'token_revoked', 'attendee_revoked', 'issued_before'] as const),
  ...(['origin_denied', 'rate_limited'] as const),
]
const teamCodes: readonly ErrorCode[] = ['sign_in_required', 'admin_required', 'api_key_invalid', 'origin_denied']

const securitySchemes: Record<string, Json> = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `vk_…`, made in Backstage with the scopes that it needs.' },
  member: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-voila.session_token',
    description:
      'Somebody who is signed in to Backstage; on plain http without the prefix. Whatever is not GET also needs the platform’s own Origin.',
  },
  administration: {
    type: 'http',
    scheme: 'bearer',
    description: 'The administration secret of the installation, `va_…`: it may do everything.',
  },
  attendee: { type: 'http', scheme: 'bearer', description: 'An attendee’s session, `vs_…`; in a browser its cookie.' },
}

/** What lets a row's requests in: one of several, an API key with the permission as its scope. */
function securityOf({ who, needs }: RouteRow): Json[] {
  const team = (key: boolean): Json[] => [
    ...(key ? [{ apiKey: needs === undefined ? [] : [needs] }] : []),
    { member: [] },
    { administration: [] },
  ]
  const byKey = needs !== undefined && protocol.permissions[needs].scope
  if (who === 'attendee') return [{ attendee: [] }]
  if (who === 'administration') return [{ administration: [] }]
  if (who === 'person') return team(false)
  if (who === 'team') return team(byKey)
  if (who === 'attendee-or-team') return [{ attendee: [] }, ...team(byKey)]
  return []
}

const parameterNames = (path: string): string[] => [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name ?? '')
const isFile = (given: z.ZodType | File): given is File => 'mediaTypes' in given

/** Every refusal that a row may answer with, in the order of the closed table. */
export function codesOf(row: RouteRow): ErrorCode[] {
  const operation = operationOf(row)
  const found = new Set<ErrorCode>(operation?.codes)
  const add = (codes: readonly ErrorCode[]): void => codes.forEach((code) => void found.add(code))
  for (const name of parameterNames(row.path)) add([pathParameters[name]?.unknown ?? []].flat())
  if (row.who === 'attendee' || row.who === 'attendee-or-team') add(sessionCodes)
  if (row.who !== 'public' && row.who !== 'credential' && row.who !== 'attendee') add(teamCodes)
  if (row.needs !== undefined || row.who === 'person') add(['not_permitted'])
  if (operation?.body !== undefined) add(['invalid_request', 'too_large'])
  if (operation?.query !== undefined) add(['invalid_request'])
  if (operation?.ifMatch === true) add(['edited_meanwhile'])
  add(['internal', 'unavailable'])
  return (Object.keys(protocol.errors) as ErrorCode[]).filter((code) => found.has(code))
}

type Named = Record<string, z.ZodType>

/** Schemas of @voila/protocol keep their names. These stand within others, and are one type in a client all the same. */
const withinOthers = [
  'ApiKeyAnswer',
  'AttendeeAnswer',
  'AttendeeSummary',
  'AudienceAnswer',
  'AuditActor',
  'AuditAnswer',
  'InvitationAnswer',
  'MediaAnswer',
  'PreparedAnswer',
  'ProblemAnswer',
  'ProgramSummary',
  'RecordingAnswer',
  'RefusalAnswer',
  'StreamAdvice',
  'StreamInputAnswer',
]
const exported = new Map<unknown, string>(Object.entries(protocol).map(([name, value]) => [value, name]))
const within = Object.fromEntries(Object.entries(protocol).filter(([name]) => withinOthers.includes(name))) as Named
const nameOf = (schema: z.ZodType, operation: Operation): string =>
  exported.get(schema) ?? `${operation.id.charAt(0).toUpperCase()}${operation.id.slice(1)}Answer`

/** @param io  input: what may be sent, before it is cleaned; output: what is answered */
function jsonSchemas(schemas: Named, io: 'input' | 'output'): Record<string, Json> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const made = z.toJSONSchema(registry, { io, uri: refTo, override: ({ zodSchema, jsonSchema }) => tidy(zodSchema, jsonSchema, io) })
  return Object.fromEntries(Object.entries(made.schemas).map(([id, { $id, $schema, ...schema }]) => [id, schema as Json]))
}
const refTo = (id: string): string => `#/components/schemas/${id}`

function tidy(zodSchema: z.core.$ZodTypes, jsonSchema: z.core.JSONSchema.BaseSchema, io: 'input' | 'output'): void {
  const { def } = zodSchema._zod
  // A text is measured when it is cleaned: what it may be then is what is worth sending.
  if (io === 'input' && def.type === 'pipe') {
    const { minLength, maxLength } = z.toJSONSchema(def.out, { unrepresentable: 'any' })
    Object.assign(jsonSchema, { ...(minLength === undefined ? {} : { minLength }), ...(maxLength === undefined ? {} : { maxLength }) })
  }
  // A value or null is one type, not two schemas to choose from.
  const [value, nothing, ...others] = jsonSchema.anyOf ?? []
  if (typeof value?.type === 'string' && nothing?.type === 'null' && others.length === 0) {
    delete jsonSchema.anyOf
    Object.assign(jsonSchema, value, { type: [value.type, 'null'] })
  }
  // Readers of the document know one word for a choice.
  if (jsonSchema.oneOf !== undefined) {
    jsonSchema.anyOf = jsonSchema.oneOf
    delete jsonSchema.oneOf
  }
  // What the format says already, and bounds that only say that JavaScript's integers have some.
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  // A later version may answer more; it may not be asked for more.
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
}

const content = (given: z.ZodType | File, operation: Operation): Json =>
  isFile(given)
    ? Object.fromEntries(given.mediaTypes.map((type) => [type, {}]))
    : { 'application/json': { schema: { $ref: refTo(nameOf(given, operation)) } } }

function parametersOf({ path, who }: RouteRow, { query, ifMatch }: Operation): Json[] {
  const inPath = parameterNames(path).map((name) => {
    const { says, values } = pathParameters[name] ?? { says: '' }
    return {
      name,
      in: 'path',
      required: true,
      description: says,
      schema: { type: 'string', ...(values === undefined ? {} : { enum: values }) },
    }
  })
  const { properties = {} } = query === undefined ? {} : z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })
  const inQuery = Object.entries(properties).map(([name, given]) => {
    const { description, ...schema } = given as Json
    return { name, in: 'query', ...(description === undefined ? {} : { description }), schema }
  })
  const asTeam = { name: 'as', in: 'query', description: 'team: a member, by the cookie of Backstage.', schema: { enum: ['team'] } }
  const version = { name: 'If-Match', in: 'header', description: 'The ETag of what was read.', schema: { type: 'string' } }
  return [...inPath, ...inQuery, ...(who === 'attendee-or-team' ? [asTeam] : []), ...(ifMatch === true ? [version] : [])]
}

function answerOf(operation: Operation): Json {
  const { answer, status = 200 } = operation
  if (answer === undefined) return { 204: { description: 'Done.' } }
  const versioned = answer === protocol.Program
  return {
    [status]: {
      description: isFile(answer) ? answer.says : (answer.description ?? 'Done.'),
      ...(versioned ? { headers: { ETag: { description: 'The version, for If-Match.', schema: { type: 'string' } } } } : {}),
      content: content(answer, operation),
    },
  }
}

/** The refusals of a row by their status; each set of codes is written once, under the name that it gets in `shared`. */
function refusalsOf(row: RouteRow, shared: Record<string, Json>): Json {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codesOf(row)) byStatus.set(errorRow(code).status, [...(byStatus.get(errorRow(code).status) ?? []), code])
  const entries = [...byStatus].map(([status, codes]) => {
    const name = codes.join('.')
    shared[name] ??= {
      description: codes.map((code) => `\`${code}\`: ${errorRow(code).says}`).join('\n\n'),
      content: {
        'application/problem+json': {
          schema: { allOf: [{ $ref: refTo('ProblemAnswer') }, { type: 'object', properties: { code: { enum: codes } } }] },
        },
      },
    }
    return [status, { $ref: `#/components/responses/${name}` }]
  })
  return Object.fromEntries(entries)
}

function operationObject(row: RouteRow, tag: string, operation: Operation, shared: Record<string, Json>): Json {
  const { id, does, says, body, bodyOptional } = operation
  const allowed = row.needs === undefined ? [] : [`Needs \`${row.needs}\`.`]
  return {
    operationId: id,
    tags: [tag],
    summary: does,
    description: [...(says === undefined ? [] : [says]), ...allowed].join('\n\n'),
    security: securityOf(row),
    parameters: parametersOf(row, operation),
    ...(body === undefined ? {} : { requestBody: { required: bodyOptional !== true, content: content(body, operation) } }),
    responses: { ...answerOf(operation), ...refusalsOf(row, shared) },
  }
}

const introduction = `Everything that Backstage does goes through this API, and anybody's program may call it.

Send \`Authorization: Bearer vk_…\`: an API key, made in Backstage under *API keys* with the scopes that it needs.

- Times are RFC 3339, UTC. Ids of programs are twelve lower-case letters and digits; other ids are UUIDs.
- Lists answer \`{items, nextCursor}\`. The next page is asked for with \`?cursor=\` and what \`nextCursor\` said; null is the last page.
- A refusal is a problem document (RFC 9457), its \`code\` one of a closed table. Decide by the code, not by the words.
- Whatever you may not see does not exist: another organization's ids answer 404.
- A program has a version, told as ETag. Send it back as \`If-Match\`, and a change that somebody made meanwhile is not written over.`

/** The document (OpenAPI 3.1). @param version  of the platform */
export function openApiDocument({ version }: { version: string }): Json {
  const bodies: Named = {}
  const answers: Named = { ...within }
  const paths: Record<string, Json> = {}
  const responses: Record<string, Json> = {}
  for (const row of routeTable) {
    const { tag, operation } = described.get(keyOf(row)) ?? {}
    if (tag === undefined || operation === undefined) continue
    const { body, answer } = operation
    if (body !== undefined && !isFile(body)) bodies[nameOf(body, operation)] = body
    if (answer !== undefined && !isFile(answer)) answers[nameOf(answer, operation)] = answer
    const path = row.path.replace(/:([A-Za-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [row.method.toLowerCase()]: operationObject(row, tag, operation, responses) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Voilà', version, description: introduction, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: operationGroups.map(({ name, says }) => ({ name, description: says })),
    paths,
    components: { schemas: { ...jsonSchemas(bodies, 'input'), ...jsonSchemas(answers, 'output') }, responses, securitySchemes },
  }
}
