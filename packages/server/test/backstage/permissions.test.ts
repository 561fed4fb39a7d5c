// Owns: that every route answers those whom the route table and the permissions name, and nobody else.
import {
  type ApiKeyMade,
  type MemberRole,
  memberRoles,
  type Organization,
  type Permission,
  type Problem,
  permissions,
  roleMay,
  scopes,
} from '@voila/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RouteRow, routeTable } from '../../src/http/route-table.ts'
import { type Answer, exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'
import { join, type Somebody, setUp } from './people.ts'

let running: Running
let organizationId: string
let programId: string
const people = new Map<MemberRole | 'stranger', Somebody>()
/** API keys by what they are for. */
const keys = new Map<string, string>()
let signer: Signer
let attendee: string

const keyFor = async (organization: string, allowed: readonly Permission[]): Promise<string> =>
  (await running.admin<ApiKeyMade>('POST', `/api/organizations/${organization}/api-keys`, { name: 'x', scopes: allowed })).body.key

beforeAll(async () => {
  running = await start()
  const made = await setUp(running)
  organizationId = made.organizationId
  people.set('owner', made.owner)
  for (const role of ['admin', 'producer', 'moderator'] as const) people.set(role, await join(running, { organizationId, role }))
  const other = (await running.admin<Organization>('POST', '/api/organizations', { name: 'Elsewhere' })).body.id
  people.set('stranger', await join(running, { organizationId: other, role: 'owner', email: 'owner@elsewhere.example' }))
  for (const scope of scopes) keys.set(scope, await keyFor(organizationId, [scope]))
  for (const scope of scopes)
    keys.set(
      `all but ${scope}`,
      await keyFor(
        organizationId,
        scopes.filter((each) => each !== scope),
      ),
    )
  keys.set('elsewhere', await keyFor(other, scopes))
  signer = await makeSigner(running, { organizationId })
  programId = await makeProgram(running, signer)
  attendee = (await exchange(running, programId, tokenOf(signer, programId))).body.session.token
})
afterAll(() => running.close())

const nothing = '00000000-0000-7000-8000-000000000000'

/** An address of the row below things that are there; what is named last is not, so that nothing comes of it. */
const pathOf = (row: RouteRow, program = programId): string =>
  row.path
    .replace(':programId', program)
    .replace(':organizationId', organizationId)
    .replace(':kid', 'pk_0000000000000000000000')
    .replace(':activity', 'chat')
    .replace(':kind', 'cover')
    .replace(/:(userId|attendeeId|invitationId|apiKeyId|recordingId|sourceId|preparedId|linkId|imageId)/, nothing)

type Asked = { authorization?: string; cookie?: string; origin?: string }

async function ask(row: RouteRow, { authorization, cookie, origin = running.platform.url }: Asked): Promise<Answer<Problem | undefined>> {
  // What can be deleted for good is made for it.
  const program =
    row.method === 'DELETE' && row.path === '/api/programs/:programId' ? await makeProgram(running, { organizationId }) : programId
  return await running.call<Problem | undefined>(pathOf(row, program) + (row.who === 'attendee-or-team' ? '?as=team' : ''), {
    method: row.method,
    headers: {
      ...(authorization === undefined ? {} : { authorization: `Bearer ${authorization}` }),
      ...(cookie === undefined ? {} : { cookie }),
      ...(row.method === 'GET' ? {} : { 'content-type': 'application/json', ...(origin === '' ? {} : { origin }) }),
    },
    ...(row.method === 'GET' ? {} : { body: '{}' }),
  })
}

/** Codes with which somebody is turned away for who he is. */
const turnedAway = ['admin_required', 'sign_in_required', 'api_key_invalid', 'session_missing', 'origin_denied', 'not_permitted']
const notThere = ['organization_unknown', 'program_unknown', 'not_found']

function expectPassed(answer: Answer<Problem | undefined>): void {
  expect([...turnedAway, ...notThere]).not.toContain(answer.body?.code)
  expect(answer.status).not.toBe(500)
}
function expectRefused(answer: Answer<Problem | undefined>, code: string): void {
  expect(answer.body?.code).toBe(code)
  expect(answer.text).not.toContain('"detail"')
}
const notThereFor = (row: RouteRow): string => (row.path.includes(':programId') ? 'program_unknown' : 'organization_unknown')

const nameOf = ({ method, path }: RouteRow): string => `${method} ${path}`
const teamRows = routeTable.flatMap((row) =>
  row.needs === undefined ? [] : [{ name: nameOf(row), row, needs: row.needs, shared: row.who === 'attendee-or-team' }],
)
const unsafeRows = teamRows.filter(({ row }) => row.method !== 'GET')

test('a row for the team says what it needs, and no other row does', () => {
  for (const row of routeTable) expect([nameOf(row), row.needs !== undefined]).toEqual([nameOf(row), /team/.test(row.who)])
})

test('a row for the team that changes something is kept in the audit log', () => {
  // What is said at a program is in its own log; a preview, a count and a test sign-in change nothing.
  const others = teamRows.filter(({ row }) => row.method !== 'GET' && row.audit === undefined).map(({ name }) => name)
  expect(others).toEqual([
    'POST /api/programs/:programId/commands',
    'POST /api/programs/:programId/preview',
    'POST /api/organizations/:organizationId/revocations/count',
    'POST /api/organizations/:organizationId/saml/tests',
  ])
})

test('what each role may beyond the next', () => {
  const only = (role: MemberRole, below: MemberRole | undefined) =>
    Object.keys(permissions).filter(
      (each) => roleMay(role, each as Permission) && (below === undefined || !roleMay(below, each as Permission)),
    )
  expect(only('moderator', undefined)).toEqual([
    'organization:read',
    'members:read',
    'programs:read',
    'stream:watch',
    'audience:read',
    'audience:write',
    'activities:moderate',
  ])
  expect(only('producer', 'moderator')).toEqual([
    'keys:read',
    'programs:write',
    'stream:write',
    'audience:export',
    'activities:prepare',
    'activities:export',
  ])
  expect(only('admin', 'producer')).toEqual([
    'organization:write',
    'members:write',
    'keys:write',
    'api-keys:write',
    'audit:read',
    'programs:delete',
  ])
  expect(only('owner', 'admin')).toEqual([])
})

describe.each(memberRoles)('a member who is %s', (role) => {
  test.each(teamRows)('$name', async ({ row, needs }) => {
    const answer = await ask(row, { cookie: people.get(role)?.cookie ?? '' })
    if (roleMay(role, needs)) expectPassed(answer)
    else expect(answer.body?.code).toBe('not_permitted')
  })
})

describe('an API key', () => {
  test.each(teamRows)('$name: with nothing but its scope', async ({ row, needs }) => {
    if (!permissions[needs].scope) return
    expectPassed(await ask(row, { authorization: keys.get(needs) ?? '' }))
  })
  test.each(teamRows)('$name: with every scope but its own', async ({ row, needs }) => {
    const answer = await ask(row, { authorization: keys.get(permissions[needs].scope ? `all but ${needs}` : `all but keys:read`) ?? '' })
    expect(answer.body?.code).toBe('not_permitted')
  })
  test.each(teamRows)('$name: of another organization', async ({ row }) => {
    expectRefused(await ask(row, { authorization: keys.get('elsewhere') ?? '' }), notThereFor(row))
  })
  test.each(teamRows)('$name: that is none', async ({ row }) => {
    expectRefused(await ask(row, { authorization: `vk_${'x'.repeat(43)}` }), 'api_key_invalid')
  })
  test.each(routeTable.filter(({ who }) => who === 'person').map((row) => ({ name: nameOf(row), row })))('$name', async ({ row }) => {
    expectRefused(await ask(row, { authorization: keys.get('organization:read') ?? '' }), 'not_permitted')
  })
})

describe('whoever is not of the team', () => {
  const refusalFor = (shared: boolean): string => (shared ? 'session_missing' : 'sign_in_required')
  test.each(teamRows)('$name: nobody', async ({ row, shared }) => {
    expectRefused(await ask(row, {}), refusalFor(shared))
  })
  test.each(teamRows)('$name: an attendee', async ({ row, shared }) => {
    const answer = await ask(row, { authorization: attendee })
    if (shared) expectPassed(answer)
    else expectRefused(answer, 'sign_in_required')
  })
  test.each(teamRows)('$name: a cookie that somebody made up', async ({ row, shared }) => {
    expectRefused(await ask(row, { cookie: `voila.session_token=${'x'.repeat(32)}.${'A'.repeat(43)}%3D` }), refusalFor(shared))
  })
  test.each(teamRows)('$name: a member of another organization is told that it does not exist', async ({ row }) => {
    expectRefused(await ask(row, { cookie: people.get('stranger')?.cookie ?? '' }), notThereFor(row))
  })
  test.each(teamRows)('$name: a wrong administration secret', async ({ row }) => {
    expectRefused(await ask(row, { authorization: `va_${'b'.repeat(40)}` }), 'admin_required')
  })
})

describe('what is for attendees alone', () => {
  const rows = routeTable.filter(({ who }) => who === 'attendee').map((row) => ({ name: nameOf(row), row }))
  test.each(rows)('$name', async ({ row }) => {
    const cookie = people.get('owner')?.cookie ?? ''
    const others = [{}, { cookie }, { authorization: keys.get('organization:read') ?? '' }, { authorization: running.config.adminSecret }]
    for (const asked of others) expectRefused(await ask(row, asked), 'session_missing')
    const programId = await makeProgram(running, signer)
    const { session } = (await exchange(running, programId, tokenOf(signer, programId))).body
    const answer = await running.call<Problem | undefined>(pathOf(row, programId), {
      method: row.method,
      headers: { authorization: `Bearer ${session.token}`, ...(row.method === 'GET' ? {} : { 'content-type': 'application/json' }) },
      ...(row.method === 'GET' ? {} : { body: JSON.stringify({ kind: 'short' }) }),
    })
    expectPassed(answer)
  })
})

describe('a page that is not ours', () => {
  test.each(unsafeRows)('$name: by the cookie of an owner', async ({ row }) => {
    const cookie = people.get('owner')?.cookie ?? ''
    for (const origin of ['https://evil.example', 'null', '']) expectRefused(await ask(row, { cookie, origin }), 'origin_denied')
  })
})

test.each(teamRows)('$name: the administration passes', async ({ row }) => {
  expectPassed(await ask(row, { authorization: running.config.adminSecret }))
})

describe('what is for the administration alone', () => {
  const rows = routeTable.filter(({ who }) => who === 'administration').map((row) => ({ name: nameOf(row), row }))
  test.each(rows)('$name', async ({ row }) => {
    const cookie = people.get('owner')?.cookie ?? ''
    for (const asked of [{}, { cookie }, { authorization: keys.get('organization:read') ?? '' }, { authorization: attendee }]) {
      expectRefused(await ask(row, asked), 'admin_required')
    }
    expectPassed(await ask(row, { authorization: running.config.adminSecret }))
  })
})

test('a member moderates from a browser that also holds an attendee’s cookie only where he says so', async () => {
  const row = routeTable.find(({ path }) => path.endsWith('/history')) as RouteRow
  const cookie = people.get('moderator')?.cookie ?? ''
  const path = pathOf(row)
  expect((await running.call<Problem>(path, { headers: { cookie } })).body.code).toBe('session_missing')
  expect((await running.call(`${path}?as=team`, { headers: { cookie } })).status).toBe(200)
})
