// Owns: that tokens by published keys are admitted, through every change of the keys, and by nobody's keys but the organization's own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JwksSourceAnswer, ListAnswer, Problem, RefusalAnswer } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { needs } from '../../../../test/require.ts'
import { databases } from '../databases.ts'
import { exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'
import { type KeyServer, newKey, type Published, signerOf, startKeyServer } from './key-server.ts'

const minute = 60_000
const hour = 60 * minute

let folder: string
let server: KeyServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voila-jwks-'))
  server = await startKeyServer(folder)
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

describe.each(databases)('published keys on $kind', ({ kind, skip }) => {
  describe.skipIf(skip())('', () => {
    let running: Running
    let clock: number
    let declared: Signer
    let programId: string
    beforeEach(async () => {
      clock = Date.now()
      running = await start({ kind, env: { FETCH_PRIVATE_HOSTS: server.host, FETCH_CA_FILE: server.caFile }, now: () => clock })
      declared = await makeSigner(running)
      programId = await makeProgram(running, declared)
      server.asked()
    })
    afterEach(() => running.close())

    const path = (): string => `/api/organizations/${declared.organizationId}/jwks-sources`
    async function addSource(keys: readonly Published[], more: object = {}): Promise<JwksSourceAnswer> {
      server.publishes(keys.map(({ jwk }) => jwk))
      const added = await running.admin<JwksSourceAnswer>('POST', path(), { url: server.url, ...more })
      expect(added.status).toBe(201)
      server.asked()
      return added.body
    }
    async function enter(key: Published, organizationId = declared.organizationId): Promise<number | string> {
      const { status, body } = await exchange(running, programId, tokenOf(signerOf(organizationId, key), programId, {}, clock))
      return status === 201 ? status : (body as unknown as Problem).code
    }

    test('admit like declared ones, beside them', async () => {
      const key = newKey()
      const source = await addSource([key])
      expect(source).toMatchObject({ problem: null, keys: [{ kid: key.kid, problem: null, openSessions: 0 }] })
      expect(await enter(key)).toBe(201)
      expect((await exchange(running, programId, tokenOf(declared, programId, {}, clock))).status).toBe(201)
      const shown = await running.admin<ListAnswer<JwksSourceAnswer>>('GET', path())
      expect(shown.body.items[0]?.keys[0]?.openSessions).toBe(1)
    })

    test('a rotation refuses nobody: old and new, before and after, and a key that nobody had seen', async () => {
      const [first, second, third] = [newKey(), newKey(), newKey()]
      await addSource([first])
      clock += 2 * minute
      // The customer publishes the next key, signs with both for a while, then takes the first away.
      server.publishes([first.jwk, second.jwk])
      expect(await Promise.all([enter(first), enter(second), enter(first), enter(second)])).toEqual([201, 201, 201, 201])
      expect(server.asked()).toBe(1)
      server.publishes([second.jwk])
      expect(await Promise.all([enter(first), enter(second)])).toEqual([201, 201])
      // The next one without any overlap.
      clock += 2 * minute
      server.publishes([third.jwk])
      expect(await Promise.all(Array.from({ length: 20 }, () => enter(third)))).toEqual(Array.from({ length: 20 }, () => 201))
      expect(server.asked()).toBe(1)
      expect(await enter(second)).toBe('kid_unknown')
    })

    test('an address is looked at once a minute at most, whatever kids people send', async () => {
      await addSource([newKey()])
      const strangers = Array.from({ length: 30 }, () => newKey())
      expect(new Set(await Promise.all(strangers.map((key) => enter(key))))).toEqual(new Set(['kid_unknown']))
      expect(server.asked()).toBe(0)
      clock += minute
      await Promise.all(strangers.map((key) => enter(key)))
      expect(server.asked()).toBe(1)
      clock += minute - 1
      await Promise.all(strangers.map((key) => enter(key)))
      expect(server.asked()).toBe(0)
    })

    test('what cannot be looked at counts on for a day, then no longer, and the answer says why', async () => {
      const key = newKey()
      const source = await addSource([key])
      server.answers((_request, response) => response.writeHead(500).end())
      clock += 2 * minute
      expect(await enter(newKey())).toBe('kid_unknown')
      const shown = await running.admin<JwksSourceAnswer>('GET', `${path()}/${source.id}`)
      expect(shown.body).toMatchObject({ problem: 'status', keys: [{ kid: key.kid }], usableUntil: source.usableUntil })
      clock = Date.parse(source.usableUntil ?? '') - 1
      expect(Date.parse(source.usableUntil ?? '') - Date.parse(source.nextFetchAt)).toBe(24 * hour)
      expect(await enter(key)).toBe(201)
      clock += 2
      expect(await enter(key)).toBe('key_expired')
      server.publishes([key.jwk])
      clock += 2 * minute
      expect((await running.admin<JwksSourceAnswer>('POST', `${path()}/${source.id}/refresh`)).body.problem).toBeNull()
      expect(await enter(key)).toBe(201)
    })

    test('of another organization open nothing here, whatever their kid', async () => {
      const key = newKey()
      await addSource([key])
      const other = await makeSigner(running)
      const foreign = newKey(key.kid)
      const taken = newKey(declared.kid)
      server.publishes([foreign.jwk, taken.jwk])
      const added = await running.admin('POST', `/api/organizations/${other.organizationId}/jwks-sources`, { url: server.url })
      expect(added.status).toBe(201)
      // Theirs at our program: the kid is ours, so the signature fails; and ours still open.
      expect(await enter(foreign)).toBe('signature')
      expect(await enter(taken)).toBe('signature')
      expect(await enter(key)).toBe(201)
      expect((await exchange(running, programId, tokenOf(declared, programId, {}, clock))).status).toBe(201)
      // At their own program both are good, although a kid of one is declared by us.
      const theirs = await makeProgram(running, other)
      for (const each of [foreign, taken]) {
        const entered = await exchange(running, theirs, tokenOf(signerOf(other.organizationId, each), theirs, {}, clock))
        expect(entered.status).toBe(201)
      }
    })

    test('may grant ROLE_MODERATOR where the address may, and not otherwise', async () => {
      const key = newKey()
      const source = await addSource([key])
      const token = () =>
        tokenOf(signerOf(declared.organizationId, key), programId, { roles: [{ name: 'ROLE_MODERATOR', eventId: programId }] }, clock)
      expect((await exchange(running, programId, token())).body).toMatchObject({ code: 'role_not_allowed' })
      const allowed = await running.admin('PATCH', `${path()}/${source.id}`, { allowedRoles: ['ROLE_ATTENDEE', 'ROLE_MODERATOR'] })
      expect(allowed.status).toBe(200)
      expect((await exchange(running, programId, token())).status).toBe(201)
    })

    test('revoking one ends its sessions and refuses it, whatever the address says; the others stay', async () => {
      const [lost, kept] = [newKey(), newKey()]
      const source = await addSource([lost, kept])
      const inside = await exchange(running, programId, tokenOf(signerOf(declared.organizationId, lost), programId, {}, clock))
      const other = await exchange(running, programId, tokenOf(signerOf(declared.organizationId, kept), programId, { sub: 'bo' }, clock))
      const revoked = await running.admin<JwksSourceAnswer>('POST', `${path()}/${source.id}/keys/${lost.kid}/revoke`)
      expect(revoked.body.keys.map(({ problem }) => problem)).toEqual(['revoked', null])
      const sessionOf = ({ body }: typeof inside) =>
        running.call(`/api/programs/${programId}/session`, { headers: { authorization: `Bearer ${body.session.token}` } })
      expect((await sessionOf(inside)).body).toMatchObject({ code: 'session_revoked' })
      expect((await sessionOf(other)).status).toBe(200)
      expect(await enter(lost)).toBe('key_revoked')
      clock += 20 * minute
      await running.admin('POST', `${path()}/${source.id}/refresh`)
      expect(await enter(lost)).toBe('key_revoked')
      server.publishes([kept.jwk])
      clock += 20 * minute
      await running.admin('POST', `${path()}/${source.id}/refresh`)
      expect([await enter(lost), await enter(kept)]).toEqual(['key_revoked', 201])
      const unknown = await running.admin('POST', `${path()}/${source.id}/keys/no-such-key/revoke`)
      expect(unknown.body).toMatchObject({ code: 'key_unknown' })
    })

    test('a key that was revoked as a partner key does not come back by being published', async () => {
      const key = newKey()
      const pem = signerOf(declared.organizationId, key).publicPem
      const keys = `/api/organizations/${declared.organizationId}/partner-keys`
      const { kid } = (await running.admin<{ kid: string }>('POST', keys, { name: 'Old', pem })).body
      await running.admin('POST', `${keys}/${kid}/revoke`)
      const source = await addSource([key, newKey()])
      expect(source.keys.map(({ problem }) => problem)).toEqual(['revoked', null])
      expect(await enter(key)).toBe('kid_unknown')
    })

    test('removing the address ends what its keys opened', async () => {
      const key = newKey()
      const source = await addSource([key])
      const inside = await exchange(running, programId, tokenOf(signerOf(declared.organizationId, key), programId, {}, clock))
      expect((await running.admin('DELETE', `${path()}/${source.id}`)).status).toBe(204)
      const session = await running.call(`/api/programs/${programId}/session`, {
        headers: { authorization: `Bearer ${inside.body.session.token}` },
      })
      expect(session.body).toMatchObject({ code: 'session_revoked' })
      expect(await enter(key)).toBe('kid_unknown')
      expect((await running.admin('GET', `${path()}/${source.id}`)).body).toMatchObject({ code: 'jwks_source_unknown' })
    })

    test('a refused token leaves its kid and its subject in the book, as one by a declared key does', async () => {
      const key = newKey()
      await addSource([key])
      await exchange(running, programId, tokenOf(signerOf(declared.organizationId, key), programId, { sub: 'bo' }, clock - 3 * hour))
      const read = async () => (await running.admin<ListAnswer<RefusalAnswer>>('GET', `/api/programs/${programId}/refusals`)).body.items
      await expect.poll(read).toMatchObject([{ code: 'expired', kid: key.kid, subject: 'bo' }])
    })

    test.each([
      ['http://keys.example/jwks', 400],
      ['https://10.0.0.1/jwks', 201],
      ['not an address', 400],
    ])('%s is answered %i, and nothing is fetched from inside', async (url, status) => {
      const added = await running.admin<JwksSourceAnswer>('POST', path(), { url })
      expect(added.status).toBe(status)
      if (status === 201) expect(added.body).toMatchObject({ problem: 'address_refused', keys: [], fetchedAt: null })
    })

    test('one address twice, or a sixth, is a conflict', async () => {
      await addSource([newKey()])
      expect((await running.admin('POST', path(), { url: server.url })).status).toBe(409)
      for (const n of [1, 2, 3, 4]) expect((await running.admin('POST', path(), { url: `${server.url}?${n}` })).status).toBe(201)
      expect((await running.admin('POST', path(), { url: `${server.url}?5` })).status).toBe(409)
    })
  })
})

describe.skipIf(needs.postgres())('two nodes over one PostgreSQL', () => {
  test('look once between them, and know what the other has found', async () => {
    const env = { FETCH_PRIVATE_HOSTS: server.host, FETCH_CA_FILE: server.caFile }
    const one = await start({ kind: 'postgres', env })
    const two = await start({ kind: 'postgres', env, database: one.database })
    try {
      const signer = await makeSigner(one)
      const programId = await makeProgram(one, signer)
      const [first, second] = [newKey(), newKey()]
      server.publishes([first.jwk])
      await one.admin('POST', `/api/organizations/${signer.organizationId}/jwks-sources`, { url: server.url })
      const enterAt = async (node: Running, key: Published): Promise<number> =>
        (await exchange(node, programId, tokenOf(signerOf(signer.organizationId, key), programId))).status
      await expect.poll(() => enterAt(two, first)).toBe(201)
      server.asked()
      // As if a minute had passed since the last look.
      const store = await one.database.open()
      await store.db
        .updateTable('jwks_sources')
        .set({ tried_at: 0, changed_at: Date.now() + 1 })
        .execute()
      await new Promise((done) => setTimeout(done, 1_500))
      server.answers((_request, response) => {
        setTimeout(() => response.writeHead(200).end(JSON.stringify({ keys: [second.jwk] })), 300)
      })
      const entered = await Promise.all([one, two, one, two].map((node) => enterAt(node, second)))
      expect(entered).toEqual([201, 201, 201, 201])
      expect(server.asked()).toBe(1)
    } finally {
      await two.platform.close()
      await one.close()
    }
  })
})
