// Owns: that the API's documentation is whole, well-formed, made of the schemas that validate, and served. What is answered is held against
// it in every test that asks a platform (described.ts).
import { errors, permissions } from '@voila/protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { codesOf, openApiDocument, operationOf, undescribed } from '../src/http/openapi/document.ts'
import { type RouteRow, routeTable } from '../src/http/route-table.ts'
import { exchange, makeProgram, makeSigner, type Running, start, tokenOf } from './running.ts'

type Schema = Record<string, unknown>
type Described = {
  operationId: string
  tags: string[]
  summary: string
  security: Record<string, string[]>[]
  parameters: { name: string; in: string; required?: boolean; schema: Schema & { maxLength?: number } }[]
  requestBody?: { content: Record<string, unknown> }
  responses: Record<string, { $ref?: string; description?: string }>
}
type Document = {
  openapi: string
  info: { title: string; version: string }
  tags: { name: string }[]
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, Schema>; responses: Record<string, unknown>; securitySchemes: Record<string, unknown> }
}

// As it travels: what JSON drops is not in it.
const document = JSON.parse(JSON.stringify(openApiDocument({ version: '1.2.3' }))) as Document
const named = ({ method, path }: RouteRow): string => `${method} ${path}`
const apiRows = routeTable.filter(({ path }) => path.startsWith('/api/'))
const describedRows = apiRows.filter((row) => operationOf(row) !== undefined)
const describedOf = (row: RouteRow): Described => {
  const found = document.paths[row.path.replace(/:(\w+)/g, '{$1}')]?.[row.method.toLowerCase()]
  if (found === undefined) throw new Error(`${named(row)} is not in the document`)
  return found
}
const everyOperation = Object.values(document.paths).flatMap((methods) => Object.values(methods))

/** Every object in the document, with where it stands. */
function* objectsIn(value: unknown, at = '#'): Generator<{ at: string; object: Record<string, unknown> }> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield { at, object: value as Record<string, unknown> }
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

describe('the document', () => {
  test('describes every address of the API, or says why not, and no other', () => {
    const inDocument = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    )
    expect([...inDocument, ...Object.keys(undescribed)].sort()).toEqual(apiRows.map(named).sort())
  })

  test('is OpenAPI 3.1: its version, and each operation with a name of its own, a known tag and a summary', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info).toMatchObject({ title: 'Voilà', version: '1.2.3' })
    const ids = everyOperation.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const tags = document.tags.map(({ name }) => name)
    for (const { operationId, tags: own, summary } of everyOperation) {
      expect(operationId).toMatch(/^[a-z][A-Za-z]+$/)
      expect(tags).toContain(own[0])
      expect(summary).toMatch(/^[A-Z].*[^.]$/)
    }
  })

  test('refers only to what it holds, and holds nothing under a name that OpenAPI does not allow', () => {
    const places = new Set([...objectsIn(document)].map(({ at }) => at))
    const references = [...objectsIn(document)].flatMap(({ object }) => (typeof object.$ref === 'string' ? [object.$ref] : []))
    expect(references.length).toBeGreaterThan(100)
    expect(references.filter((reference) => !places.has(reference))).toEqual([])
    for (const component of Object.values(document.components)) {
      for (const name of Object.keys(component)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/)
    }
  })

  test('its schemas use the words of JSON Schema 2020-12, and require only what they have', () => {
    const words =
      'type properties required additionalProperties items enum const anyOf allOf description format pattern minLength maxLength minItems maxItems minimum maximum default propertyNames $ref'
    const known = new Set(words.split(' '))
    const schemasIn = (schema: Schema): Schema[] => {
      const inner = [
        schema.items,
        schema.additionalProperties,
        ...(schema.anyOf as []),
        ...(schema.allOf as []),
        ...Object.values(schema.properties ?? {}),
      ]
      return [schema, ...inner.flatMap((one) => (typeof one === 'object' && one !== null ? schemasIn(whole(one as Schema)) : []))]
    }
    const whole = (schema: Schema): Schema => ({ anyOf: [], allOf: [], ...schema })
    for (const schema of Object.values(document.components.schemas).flatMap((one) => schemasIn(whole(one)))) {
      expect(Object.keys(schema).filter((word) => !known.has(word))).toEqual([])
      // Whoever reads 'date-time' needs no expression of a line's length.
      expect(schema.format !== undefined && schema.pattern !== undefined).toBe(false)
      const required = (schema.required ?? []) as string[]
      expect(required.filter((name) => !Object.hasOwn(schema.properties ?? {}, name))).toEqual([])
    }
  })

  test.each(describedRows.map((row) => [named(row), row] as const))('%s: parameters, who may, and what comes back', (_name, row) => {
    const { parameters, security, responses, requestBody } = describedOf(row)
    const names = [...row.path.matchAll(/:(\w+)/g)].map(([, name]) => name)
    expect(parameters.filter((one) => one.in === 'path').map(({ name, required }) => [name, required])).toEqual(
      names.map((name) => [name, true]),
    )

    for (const scheme of security.flatMap((one) => Object.keys(one))) expect(document.components.securitySchemes).toHaveProperty(scheme)
    expect(security.length > 0).toBe(row.who !== 'public')
    const byKey = security.find((one) => one.apiKey !== undefined)?.apiKey
    const scope = row.needs !== undefined && permissions[row.needs].scope ? [row.needs] : undefined
    expect(byKey).toEqual(scope)

    const statuses = Object.keys(responses)
    expect(statuses.filter((status) => status < '300')).toHaveLength(1)
    expect(statuses.filter((status) => status >= '400')).toEqual(
      [...new Set(codesOf(row).map((code) => String(errors[code].status)))].sort(),
    )
    expect(requestBody === undefined).toBe(operationOf(row)?.body === undefined)
  })

  test('every list is asked for page by page, and every program is answered with its version', () => {
    for (const row of describedRows) {
      const { answer, query } = operationOf(row) ?? {}
      if (answer === undefined || 'mediaTypes' in answer) continue
      const isList = answer instanceof z.ZodObject && Object.hasOwn(answer.shape, 'nextCursor')
      // Recordings of one program are few, as is what is prepared, and come all at once; older entries are asked for by their place in the log.
      if (isList && row.method === 'GET' && !/recordings$|prepared$|screen-links$|history$/.test(row.path))
        expect([named(row), Object.keys(query?.shape ?? {})]).toEqual([named(row), expect.arrayContaining(['limit', 'cursor'])])
    }
    expect(
      Object.values(document.paths['/api/programs/{programId}'] ?? {}).filter((one) => JSON.stringify(one.responses).includes('ETag')),
    ).toHaveLength(2)
  })
})

describe('a running platform', () => {
  let running: Running
  let parameters: Record<string, string> = {}
  let session = ''
  beforeAll(async () => {
    running = await start()
    const signer = await makeSigner(running)
    const programId = await makeProgram(running, signer)
    session = (await exchange(running, programId, tokenOf(signer, programId))).body.session.token
    parameters = { organizationId: signer.organizationId, programId, kid: signer.kid, activity: 'chat', kind: 'cover' }
  })
  afterAll(() => running.close())

  const pathOf = (row: RouteRow): string => row.path.replace(/:(\w+)/g, (_all, name: string) => parameters[name] ?? 'nobody')
  function ask(row: RouteRow, given: { query?: string; body?: unknown }) {
    const bearer = row.who === 'attendee' ? session : row.who === 'public' ? undefined : running.config.adminSecret
    return running.call<{ code?: string }>(`${pathOf(row)}${given.query ?? ''}`, {
      method: row.method,
      headers: {
        origin: running.platform.url,
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    })
  }

  const withBody = describedRows.flatMap((row) => {
    const body = operationOf(row)?.body
    return body === undefined || 'mediaTypes' in body ? [] : [[named(row), row, body] as const]
  })
  test.each(withBody)('%s judges its body by the schema that is described', async (_name, row, schema) => {
    const judged = vi.spyOn(schema, 'safeParse')
    const { body } = await ask(row, { body: { token: 'x', surely: 'nobody asks for this' } })
    expect(judged).toHaveBeenCalled()
    if (schema instanceof z.ZodObject && schema.def.catchall?._zod.def.type === 'never') expect(body?.code).toBe('invalid_request')
    judged.mockRestore()
  })

  const bounded = describedRows
    .flatMap((row) =>
      describedOf(row)
        .parameters.filter((one) => one.in === 'query')
        .map((parameter) => ({ row, ...parameter })),
    )
    .flatMap(({ row, name, schema }) => {
      const tooMuch = schema.type === 'integer' ? '0' : schema.maxLength === undefined ? undefined : 'x'.repeat(schema.maxLength + 1)
      return tooMuch === undefined ? [] : [[named(row), name, row, tooMuch] as const]
    })
  test.each(bounded)('%s?%s= keeps to what is described', async (_name, name, row, tooMuch) => {
    expect((await ask(row, { query: `?${name}=${tooMuch}` })).body).toMatchObject({ code: 'invalid_request' })
  })

  test('answers the document, and a page that asks nobody else', async () => {
    const served = await running.call<Document>('/api/openapi.json')
    expect(served.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect({ ...served.body, info: undefined }).toEqual({ ...document, info: undefined })
    const page = await running.call('/api/docs')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(policy).not.toMatch(/https?:|\*/)
  })
})
