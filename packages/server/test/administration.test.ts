// Owns: the administration over HTTP.
import {
  fullOptions,
  type ListAnswer,
  type Organization,
  type PartnerKeyAnswer,
  type Problem,
  type Program,
  type RefusalAnswer,
  type StreamKeyAnswer,
} from '@voila/protocol'
import { generateKeyPair } from '@voila/tokens'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routeTable } from '../src/http/route-table.ts'
import { type Answer, exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from './running.ts'

let running: Running
let signer: Signer
let programId: string

beforeAll(async () => {
  running = await start()
  signer = await makeSigner(running)
  programId = await makeProgram(running, signer)
})
afterAll(() => running.close())

/** What an attendee asks with. */
const attendeeBearer = async (): Promise<string> =>
  `Bearer ${(await exchange(running, programId, tokenOf(signer, programId))).body.session.token}`

test('no address stands twice in the route table', () => {
  const addresses = routeTable.map(({ method, path }) => `${method} ${path}`)
  expect(addresses).toEqual([...new Set(addresses)])
})

test('HEAD does not open a stream of events', async () => {
  const path = `/api/programs/${programId}/stream`
  expect((await running.call<Problem>(path)).body.code).toBe('session_missing')
  const head = await running.call(path, { method: 'HEAD', headers: { authorization: await attendeeBearer() } })
  expect(head.status).toBe(405)
})

describe('organizations', () => {
  test('are made, shown and listed', async () => {
    const made = await running.admin<Organization>('POST', '/api/organizations', { name: '  Société\u202e X ' })
    expect(made.status).toBe(201)
    expect(made.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Société X',
      embedOrigins: [],
      createdAt: expect.any(String),
    })
    expect((await running.admin('GET', `/api/organizations/${made.body.id}`)).body).toEqual(made.body)
    const list = await running.admin<ListAnswer<Organization>>('GET', '/api/organizations?limit=100')
    expect(list.body.items).toContainEqual(made.body)
  })

  test('a page at a time', async () => {
    const first = await running.admin<ListAnswer<Organization>>('GET', '/api/organizations?limit=1')
    expect(first.body.items).toHaveLength(1)
    const next = await running.admin<ListAnswer<Organization>>('GET', `/api/organizations?limit=100&cursor=${first.body.nextCursor}`)
    expect(next.body.items.map(({ id }) => id)).not.toContain(first.body.items[0]?.id)
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=nonsense']) {
      expect((await running.admin<Problem>('GET', `/api/organizations?${query}`)).body).toMatchObject({ code: 'invalid_request' })
    }
  })
})

describe('what is wrong with a request', () => {
  test.each([
    ['POST', '/api/organizations', {}, 'name'],
    ['POST', '/api/organizations', { name: '   ' }, 'name'],
    ['POST', '/api/organizations', { name: 'x', owner: 'y' }, 'owner'],
    ['POST', '/api/organizations/ORG/programs', { title: 'x', startsAt: 'tomorrow' }, 'startsAt'],
    [
      'POST',
      '/api/organizations/ORG/programs',
      { title: 'x', startsAt: '2030-01-01T00:00:00Z', signInUrl: 'javascript:alert(1)' },
      'signInUrl',
    ],
    ['POST', '/api/organizations/ORG/partner-keys', { name: 'x', pem: 'y', days: 0 }, 'days'],
    ['POST', '/api/organizations/ORG/partner-keys', { name: 'x', pem: 'y', allowedRoles: ['ROLE_ADMIN'] }, 'allowedRoles.0'],
    ['PATCH', '/api/programs/PROGRAM', { language: 'english please' }, 'language'],
    ['POST', '/api/programs/PROGRAM/state', { to: 'running' }, 'to'],
    ['POST', '/api/programs/PROGRAM/stream-key', { rotate: 'all' }, 'rotate'],
  ])('%s %s %j is said to the administration: %s', async (method, path, body, field) => {
    const answer = await running.admin<Problem>(method, path.replace('ORG', signer.organizationId).replace('PROGRAM', programId), body)
    expect(answer.status).toBe(400)
    expect(answer.body.code).toBe('invalid_request')
    expect(answer.body.detail).toContain(field)
  })
})

describe('partner keys', () => {
  const pathTo = (rest = '') => `/api/organizations/${signer.organizationId}/partner-keys${rest}`

  test('are declared, shown, listed, retired and revoked', async () => {
    const { publicKey } = generateKeyPair()
    const made = await running.admin<PartnerKeyAnswer>('POST', pathTo(), { name: 'Second', pem: publicKey.replaceAll('\n', '\r\n') })
    expect(made.status).toBe(201)
    const { kid } = made.body
    expect(kid).toMatch(/^pk_[A-Za-z0-9_-]{22}$/)
    expect(made.body).toMatchObject({
      name: 'Second',
      organizationId: signer.organizationId,
      state: 'active',
      pem: publicKey,
      thumbprint: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      allowedRoles: ['ROLE_ATTENDEE'],
      retireAt: null,
      lastUsedAt: null,
      accepted: 0,
      refused: 0,
      lastDay: { accepted: 0, refused: 0 },
      openSessions: 0,
    })
    const days = (Date.parse(made.body.notAfter) - Date.parse(made.body.createdAt)) / 86_400_000
    expect(days).toBe(365)
    expect((await running.admin<PartnerKeyAnswer>('GET', pathTo(`/${kid}`))).body).toEqual(made.body)
    const until = '2031-01-01T00:00:00.000Z'
    expect((await running.admin('POST', pathTo(`/${kid}/retire`), { until })).body).toMatchObject({ state: 'retiring', retireAt: until })
    expect((await running.admin('POST', pathTo(`/${kid}/revoke`))).body).toMatchObject({ state: 'revoked' })
    expect((await running.admin('POST', pathTo(`/${kid}/revoke`))).body).toMatchObject({ state: 'revoked' })
    const list = await running.admin<ListAnswer<PartnerKeyAnswer>>('GET', pathTo())
    expect(list.body.items.find((key) => key.kid === kid)?.state).toBe('revoked')
  })

  test.each([
    ['private_key', (): string => generateKeyPair().privateKey],
    ['not_pem', (): string => 'hello'],
    ['several_keys', (): string => generateKeyPair().publicKey + generateKeyPair().publicKey],
    ['key_taken', (): string => signer.publicPem],
    ['too_large', (): string => 'x'.repeat(17_000)],
  ] as const)('a PEM is refused with %s', async (code, pem) => {
    const answer = await running.admin<Problem>('POST', pathTo(), { name: 'x', pem: pem() })
    expect(answer.body.code).toBe(code)
    expect(answer.text).not.toMatch(/-----|MI[GF]/)
  })

  test('one that admits and is revoked over HTTP ends the session over HTTP', async () => {
    const other = await makeSigner(running, { organizationId: signer.organizationId })
    const { session } = (await exchange(running, programId, tokenOf(other, programId, { sub: 'x' }))).body
    const ask = (): Promise<Answer<Problem>> =>
      running.call(`/api/programs/${programId}/session`, { headers: { authorization: `Bearer ${session.token}` } })
    expect((await ask()).status).toBe(200)
    await running.admin('POST', pathTo(`/${other.kid}/revoke`))
    const after = await ask()
    expect([after.status, after.body.code]).toEqual([403, 'session_revoked'])
  })

  test('an unknown organization or kid is named as such', async () => {
    expect((await running.admin<Problem>('GET', '/api/organizations/none/partner-keys')).body.code).toBe('organization_unknown')
    expect((await running.admin<Problem>('GET', pathTo('/pk_none'))).body.code).toBe('key_unknown')
    const pem = generateKeyPair().publicKey
    expect((await running.admin<Problem>('POST', '/api/organizations/none/partner-keys', { name: 'x', pem })).body.code).toBe(
      'organization_unknown',
    )
  })

  test('the refusals of one are listed within a second or two, without the token', async () => {
    const other = await makeSigner(running, { organizationId: signer.organizationId })
    const token = tokenOf(other, 'zzzzzzzzzzzz', { sub: 'wrong show' })
    await exchange(running, programId, token)
    const list = async () => (await running.admin<ListAnswer<RefusalAnswer>>('GET', pathTo(`/${other.kid}/refusals`))).body.items
    await expect
      .poll(list, { timeout: 10_000 })
      .toEqual([{ at: expect.any(String), code: 'event_mismatch', claim: null, kid: other.kid, programId, subject: 'wrong show' }])
    const all = await running.admin<ListAnswer<RefusalAnswer>>('GET', `/api/programs/${programId}/refusals`)
    expect(all.body.items[0]).toMatchObject({ kid: other.kid, code: 'event_mismatch' })
    expect(all.text).not.toContain(token.split('.')[2])
  })
})

describe('programs', () => {
  test('are made as drafts, changed, shown and listed, with the address where people open them', async () => {
    const path = `/api/organizations/${signer.organizationId}/programs`
    const made = await running.admin<Program>('POST', path, { title: 'Town hall', startsAt: '2030-05-01T18:00:00+02:00', language: 'fr' })
    expect(made.status).toBe(201)
    expect(made.body).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{12}$/),
      organizationId: signer.organizationId,
      title: 'Town hall',
      description: '',
      language: 'fr',
      startsAt: '2030-05-01T16:00:00.000Z',
      state: 'draft',
      signInUrl: null,
      embedOrigins: [],
      partnerKeys: true,
      saml: false,
      access: 'private',
      anonymous: 'name',
      tokenUse: 'many',
      concurrency: 'unlimited',
      atExpiry: 'keep',
      doorsMinutes: null,
      guests: 'none',
      activities: fullOptions({}),
      blockedWords: [],
      cueTiming: true,
      accent: null,
      coverUrl: null,
      logoUrl: null,
      timeZone: 'UTC',
      createdAt: expect.any(String),
      stateSince: expect.any(String),
      version: 1,
      viewers: 0,
      live: false,
      attendeeUrl: `http://localhost:${running.platform.port}/${made.body.id}`,
    })
    const changed = await running.admin<Program>('PATCH', `/api/programs/${made.body.id}`, { description: 'All of it' })
    expect(changed.body).toEqual({ ...made.body, description: 'All of it', version: 2 })
    expect((await running.admin('GET', `/api/programs/${made.body.id}`)).body).toEqual(changed.body)
    const list = await running.admin<ListAnswer<Program>>('GET', path)
    expect(list.body.items[0]).toEqual(changed.body)
  })

  test('go through their states, and are told where they can go', async () => {
    const id = await makeProgram(running, signer, { state: 'draft' })
    const to = (state: string) => running.admin<Program & Problem>('POST', `/api/programs/${id}/state`, { to: state })
    const refused = await to('live')
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      409,
      'state_conflict',
      'From draft it can go to scheduled, archived.',
    ])
    expect((await to('scheduled')).body.state).toBe('scheduled')
  })

  test('have two stream keys, stable until they are rotated', async () => {
    const path = `/api/programs/${programId}/stream-key`
    const first = (await running.admin<StreamKeyAnswer>('GET', path)).body
    expect(first).toEqual({
      rtmpUrl: `rtmp://localhost:${running.platform.rtmpPort}/live`,
      rtmpsUrl: null,
      streamKey: expect.stringContaining(programId),
      backupStreamKey: expect.stringContaining(programId),
    })
    expect((await running.admin('GET', path)).body).toEqual(first)
    const rotated = (await running.admin<StreamKeyAnswer>('POST', path, { rotate: 'backup' })).body
    expect(rotated.streamKey).toBe(first.streamKey)
    expect(rotated.backupStreamKey).not.toBe(first.backupStreamKey)
    const both = (await running.admin<StreamKeyAnswer>('POST', path)).body
    expect(both.streamKey).not.toBe(first.streamKey)
  })
})

test('an attendee’s sessions can be ended', async () => {
  const { session, attendee } = (await exchange(running, programId, tokenOf(signer, programId, { sub: 'out' }))).body
  expect((await running.admin('POST', `/api/programs/${programId}/attendees/${attendee.id}/revoke`)).status).toBe(204)
  const answer = await running.call<Problem>(`/api/programs/${programId}/session`, {
    headers: { authorization: `Bearer ${session.token}` },
  })
  expect(answer.body.code).toBe('session_revoked')
})
