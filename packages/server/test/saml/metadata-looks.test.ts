// Owns: when addresses of metadata and of keys are looked at by themselves.
import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createJwksSources } from '../../src/access/jwks/sources.ts'
import { createConnections } from '../../src/access/saml/connections.ts'
import { createSeal } from '../../src/access/sealed.ts'
import { createOutgoing, type Outgoing } from '../../src/http/outgoing.ts'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { type KeyServer, newKey, startKeyServer } from '../jwks/key-server.ts'
import { makeIdp } from './idp.ts'

const minute = 60_000
const hour = 60 * minute
const sessions = { revoke: async () => [], announceRevoked: () => undefined, openByKey: async () => new Map<string, number>() }
const onError = (error: unknown): never => {
  throw error
}

describe.each(databases)('by itself, on $kind,', ({ make, skip }) => {
  describe.skipIf(skip())('', () => {
    let database: TestDatabase
    let store: Store
    let server: KeyServer
    let outgoing: Outgoing
    let clock = Date.now()
    const now = (): number => clock
    beforeAll(async () => {
      database = await make()
      store = await database.open()
      server = await startKeyServer(database.where.dataDir)
      outgoing = createOutgoing({ privateHosts: [server.host], ca: [...rootCertificates, readFileSync(server.caFile, 'utf8')] })
      await store.db.insertInto('organizations').values({ id: 'aldermoor', name: 'Aldermoor', created_at: 0 }).execute()
    })
    afterAll(async () => {
      await server.close()
      await database.drop()
    })

    test('metadata is read every day, and an hour after a look that failed', async () => {
      const connections = createConnections({ store, outgoing, sessions, seal: createSeal(Buffer.alloc(32, 1)), now, onError })
      const idp = await makeIdp()
      server.answers((_request, response) => response.writeHead(200).end(idp.metadata()))
      await connections.prepare('aldermoor', { name: 'Aldermoor' })
      await connections.patch('aldermoor', { metadata: { url: server.url } })
      server.asked()
      const looksAfter = async (ms: number): Promise<number> => {
        clock += ms
        await connections.lookAtStale()
        return server.asked()
      }
      expect([await looksAfter(23 * hour), await looksAfter(hour)]).toEqual([0, 1])
      server.answers((_request, response) => response.writeHead(500).end())
      expect([await looksAfter(24 * hour), await looksAfter(59 * minute), await looksAfter(minute)]).toEqual([1, 0, 1])
      expect((await connections.read('aldermoor')).identityProvider?.entityId).toBe(idp.entityId)
      connections.close()
    })

    test('keys are read when they are no longer fresh, and each minute while that fails', async () => {
      const sources = createJwksSources({ store, outgoing, sessions, now, onError })
      const [first, second] = [newKey(), newKey()]
      server.publishes([first.jwk], { 'cache-control': 'max-age=3600' })
      await sources.add('aldermoor', { url: server.url })
      server.asked()
      const looksAfter = async (ms: number): Promise<number> => {
        clock += ms
        await sources.lookAtStale()
        return server.asked()
      }
      server.publishes([first.jwk, second.jwk], { 'cache-control': 'max-age=3600' })
      expect([await looksAfter(hour - minute), await looksAfter(minute)]).toEqual([0, 1])
      expect(sources.find('aldermoor', second.kid)?.key.kid).toBe(second.kid)
      server.answers((_request, response) => response.writeHead(500).end())
      expect([await looksAfter(hour), await looksAfter(minute - 1), await looksAfter(1)]).toEqual([1, 0, 1])
      expect(sources.find('aldermoor', second.kid)?.key.kid).toBe(second.kid)
      await sources.close()
    })
  })
})
