// Owns: that an organization is told nothing of what another has: everything of it answers as if it did not exist.
import type { ApiKeyMade, InvitationMade, JwksSourceAnswer, MeAnswer, Organization, PreparedAnswer, Problem } from '@voila/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RouteRow, routeTable } from '../../src/http/route-table.ts'
import { png } from '../pictures.ts'
import { adminSecret, exchange, makeProgram, makeSigner, type Running, start, tokenOf } from '../running.ts'
import { join, type Somebody, setUp } from './people.ts'

/** An organization with one of everything that an address can name. */
type Everything = Readonly<
  Record<
    | 'organizationId'
    | 'programId'
    | 'kid'
    | 'userId'
    | 'attendeeId'
    | 'invitationId'
    | 'apiKeyId'
    | 'recordingId'
    | 'sourceId'
    | 'preparedId'
    | 'linkId'
    | 'imageId',
    string
  >
>

const poll = { kind: 'poll', title: 'Secret launch', content: { question: 'Now?', form: 'single', options: ['Yes', 'No'] } }

let running: Running
let owner: Somebody
let ours: Everything
let theirs: Everything

const slide = (id: string) =>
  running.call<{ imageId: string }>(`/api/programs/${id}/slides`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminSecret}`, 'content-type': 'image/png' },
    body: new Uint8Array(png(32, 18)),
  })

async function everythingOf(organizationId: string, userId: string): Promise<Everything> {
  const path = `/api/organizations/${organizationId}`
  const signer = await makeSigner(running, { organizationId })
  const programId = await makeProgram(running, signer, { title: 'Secret launch' })
  const { attendee } = (await exchange(running, programId, tokenOf(signer, programId))).body
  const invited = { email: `x@${organizationId}.example`, role: 'moderator' }
  return {
    organizationId,
    programId,
    userId,
    kid: signer.kid,
    attendeeId: attendee.id,
    invitationId: (await running.admin<InvitationMade>('POST', `${path}/invitations`, invited)).body.invitation.id,
    apiKeyId: (await running.admin<ApiKeyMade>('POST', `${path}/api-keys`, { name: 'x', scopes: ['programs:read'] })).body.apiKey.id,
    recordingId: 'none',
    linkId: (await running.admin<{ link: { id: string } }>('POST', `/api/programs/${programId}/screen-links`, { name: 'Hall' })).body.link
      .id,
    imageId: (await slide(programId)).body.imageId,
    preparedId: (await running.admin<PreparedAnswer>('POST', `/api/programs/${programId}/prepared`, poll)).body.id,
    sourceId: (await running.admin<JwksSourceAnswer>('POST', `${path}/jwks-sources`, { url: 'https://10.0.0.1/jwks' })).body.id,
  }
}

beforeAll(async () => {
  running = await start()
  const made = await setUp(running)
  owner = made.owner
  ours = await everythingOf(made.organizationId, owner.id)
  const other = (await running.admin<Organization>('POST', '/api/organizations', { name: 'Elsewhere' })).body.id
  const stranger = await join(running, { organizationId: other, role: 'owner', email: 'owner@elsewhere.example' })
  theirs = await everythingOf(other, stranger.id)
})
afterAll(() => running.close())

/** With which code each of these is not there. */
const unknown = {
  organizationId: 'organization_unknown',
  programId: 'program_unknown',
  kid: 'key_unknown',
  userId: 'member_unknown',
  attendeeId: 'attendee_unknown',
  invitationId: 'invitation_unknown',
  apiKeyId: 'api_key_unknown',
  recordingId: 'recording_unknown',
  preparedId: 'prepared_unknown',
  linkId: 'screen_link_unknown',
  imageId: 'image_unknown',
  sourceId: 'jwks_source_unknown',
} as const
type Name = keyof typeof unknown
const names = Object.keys(unknown) as Name[]

const namesIn = (row: RouteRow): Name[] => names.filter((name) => row.path.split('/').includes(`:${name}`))

/** The address of a row, with the things of two organizations. */
function pathOf(row: RouteRow, of: (name: Name) => Everything): string {
  const filled = row.path
    .split('/')
    .map((part) => {
      const name = names.find((each) => part === `:${each}`)
      return name === undefined ? part : of(name)[name]
    })
    .join('/')
  return filled.replace(':activity', 'chat').replace(':kind', 'cover') + (row.who === 'attendee-or-team' ? '?as=team' : '')
}

// A body that is good, where one is needed before anything is looked for.
const bodies: Readonly<Record<string, object>> = {
  'PATCH /api/organizations/:organizationId/members/:userId': { role: 'producer' },
  'PATCH /api/organizations/:organizationId/jwks-sources/:sourceId': { allowedRoles: ['ROLE_ATTENDEE'] },
  'PATCH /api/organizations/:organizationId/partner-keys/:kid': { name: 'Mine now' },
  'POST /api/organizations/:organizationId/partner-keys/:kid/retire': { until: '2031-01-01T00:00:00Z' },
}

const rows = routeTable.filter(({ needs }) => needs !== undefined).map((row) => ({ name: `${row.method} ${row.path}`, row }))
const bodyFor = (row: RouteRow): object | undefined => (row.method === 'GET' ? undefined : (bodies[`${row.method} ${row.path}`] ?? {}))

describe('what is another organization’s', () => {
  test.each(rows)('$name', async ({ row }) => {
    const answer = await owner.ask<Problem>(
      row.method,
      pathOf(row, () => theirs),
      bodyFor(row),
    )
    expect([answer.status, answer.body.code]).toEqual([404, unknown[namesIn(row)[0] as Name]])
    expect(answer.text).not.toMatch(/Secret launch|Elsewhere/)
  })
})

const nested = rows.filter(({ row }) => namesIn(row).length > 1)

describe('what is another organization’s, asked for as our own', () => {
  test.each(nested)('$name', async ({ row }) => {
    const last = namesIn(row).at(-1) as Name
    const answer = await owner.ask<Problem>(
      row.method,
      pathOf(row, (name) => (name === last ? theirs : ours)),
      bodyFor(row),
    )
    expect([answer.status, answer.body.code]).toEqual([404, unknown[last]])
  })
})

test('nothing of it was changed by asking', async () => {
  for (const path of ['partner-keys', 'programs', 'invitations', 'api-keys', 'members']) {
    const { body } = await running.admin<{ items: Record<string, unknown>[] }>('GET', `/api/organizations/${theirs.organizationId}/${path}`)
    expect(body.items).toHaveLength(1)
    expect(body.items[0]).not.toMatchObject({ name: 'Mine now' })
  }
})

test('lists of organizations are of one’s own', async () => {
  const { body } = await owner.ask<{ items: Organization[] }>('GET', '/api/organizations')
  expect(body.items.map(({ id }) => id)).toEqual([ours.organizationId])
  const me = await owner.ask<MeAnswer>('GET', '/api/me')
  expect(me.body.organizations.map(({ id }) => id)).toEqual([ours.organizationId])
})
