// Owns: API keys: told once, kept as a hash, held to their scopes, and worthless once revoked.
import type { ApiKeyAnswer, ApiKeyMade, ListAnswer, Problem } from '@voila/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Running, start } from '../running.ts'
import { type Somebody, setUp } from './people.ts'

let running: Running
let owner: Somebody
let path: string
beforeAll(async () => {
  running = await start()
  const made = await setUp(running)
  owner = made.owner
  path = `/api/organizations/${made.organizationId}`
})
afterAll(() => running.close())

const make = (body: object) => owner.ask<ApiKeyMade & Problem>('POST', `${path}/api-keys`, body)
const list = async () => (await owner.ask<ListAnswer<ApiKeyAnswer>>('GET', `${path}/api-keys`)).body.items
const use = (key: string) => running.call<Problem>(path, { headers: { authorization: `Bearer ${key}` } })

test('a key is told once, and its prefix, scopes, maker and last use after that', async () => {
  const made = await make({ name: 'Website', scopes: ['organization:read', 'programs:read'] })
  expect(made.status).toBe(201)
  expect(made.body.key).toMatch(/^vk_[A-Za-z0-9_-]{43}$/)
  expect(made.body.apiKey).toEqual({
    id: expect.any(String),
    name: 'Website',
    prefix: made.body.key.slice(0, 9),
    scopes: ['organization:read', 'programs:read'],
    createdAt: expect.any(String),
    createdBy: 'Ada Owner',
    lastUsedAt: null,
    revokedAt: null,
  })
  expect((await use(made.body.key)).status).toBe(200)
  const [listed] = await list()
  expect(listed?.lastUsedAt).not.toBeNull()
  expect(JSON.stringify(await list())).not.toContain(made.body.key)
})

test('a key that was revoked is worth nothing at the next request, and revoking it again changes nothing', async () => {
  const { key, apiKey } = (await make({ name: 'Old', scopes: ['organization:read'] })).body
  expect((await use(key)).status).toBe(200)
  const revoke = () => owner.ask('DELETE', `${path}/api-keys/${apiKey.id}`)
  expect((await revoke()).status).toBe(204)
  expect([(await use(key)).status, (await use(key)).body.code]).toEqual([401, 'api_key_invalid'])
  const revokedAt = (await list()).find(({ id }) => id === apiKey.id)?.revokedAt
  expect((await revoke()).status).toBe(204)
  expect((await list()).find(({ id }) => id === apiKey.id)?.revokedAt).toBe(revokedAt)
})

test('what only people decide is no scope', async () => {
  for (const scope of ['members:write', 'api-keys:write', 'organization:write', 'programs:delete', 'everything']) {
    expect((await make({ name: 'x', scopes: [scope] })).body.code).toBe('invalid_request')
  }
  expect((await make({ name: 'x', scopes: [] })).body.code).toBe('invalid_request')
})

test('neither the database nor the log holds a key', async () => {
  const { key } = (await make({ name: 'Secret', scopes: ['organization:read'] })).body
  await use(key)
  const store = await running.database.open()
  expect(JSON.stringify(await store.db.selectFrom('api_keys').selectAll().execute())).not.toContain(key.slice(9))
  expect(JSON.stringify(await store.db.selectFrom('audit').selectAll().execute())).not.toContain(key.slice(9))
  expect(running.log()).not.toContain(key)
})

test('when a key was last used is kept over a restart', async () => {
  const { key, apiKey } = (await make({ name: 'Used', scopes: ['organization:read'] })).body
  await use(key)
  const other = await start({ database: running.database })
  // The node that saw it writes as it ends.
  const used = (await list()).find(({ id }) => id === apiKey.id)?.lastUsedAt
  expect(used).not.toBeNull()
  await other.call(path, { headers: { authorization: `Bearer ${key}` } })
  await other.close()
  const store = await running.database.open()
  const row = await store.db.selectFrom('api_keys').select('last_used_at').where('id', '=', apiKey.id).executeTakeFirstOrThrow()
  expect(row.last_used_at).not.toBeNull()
})
