// Owns: a server on https, with a certificate of its own, that publishes keys as a customer's does, or misbehaves as it is told.
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { makeCertifiedKey } from '../../src/access/saml/certificate.ts'
import type { Signer } from '../running.ts'

export type Published = { readonly kid: string; readonly privateKey: KeyObject; readonly jwk: Record<string, unknown> }

/** A pair whose public half is ready to be published. */
export function newKey(kid = `k_${randomBytes(6).toString('hex')}`): Published {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { kid, privateKey: pair.privateKey, jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' } }
}

/** The signer of tokens by a published key. */
export const signerOf = (organizationId: string, { kid, privateKey }: Published): Signer => ({
  organizationId,
  kid,
  privateKey,
  publicPem: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
})

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Serves on localhost. `caFile`: PEM by which its certificate is verified. */
export async function startKeyServer(folder: string) {
  const { certificate, privateKey } = await makeCertifiedKey({ name: 'localhost', now: Date.now() })
  const caFile = join(folder, `ca-${randomBytes(4).toString('hex')}.pem`)
  writeFileSync(caFile, certificate)
  let asked = 0
  let answer: Answer = (_request, response) => response.writeHead(404).end()
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    asked += 1
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const host = `localhost:${(server.address() as AddressInfo).port}`
  return {
    host,
    caFile,
    certificate,
    url: `https://${host}/.well-known/jwks.json`,
    /** How often it was asked since this was called last. */
    asked(): number {
      const count = asked
      asked = 0
      return count
    },
    answers(with_: Answer): void {
      answer = with_
    },
    publishes(keys: readonly Record<string, unknown>[], headers: Record<string, string> = {}): void {
      answer = (_request, response) =>
        response.writeHead(200, { 'content-type': 'application/jwk-set+json', ...headers }).end(JSON.stringify({ keys }))
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

export type KeyServer = Awaited<ReturnType<typeof startKeyServer>>
