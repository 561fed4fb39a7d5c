// Owns: how fast a token is verified, against the bare signature check and the libraries that customers know, caches off.
import { createPublicKey, verify } from 'node:crypto'
import { generateKeyPair, importPublicKey, signToken, verifyToken } from '@voila/tokens'
import { importSPKI, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import type { Row } from './main.ts'

const sliceMs = 250
const rounds = 8

/** Runs all contenders in turn, round after round, so that a machine whose speed drifts slows each of them alike. Answers the best round of each. */
async function race(contenders: Readonly<Record<string, () => unknown>>): Promise<Map<string, number>> {
  const best = new Map<string, number>()
  for (let round = 0; round <= rounds; round++) {
    for (const [name, once] of Object.entries(contenders)) {
      let count = 0
      const started = performance.now()
      let elapsed = 0
      while (elapsed < sliceMs) {
        for (let n = 0; n < 20; n++) await once()
        count += 20
        elapsed = performance.now() - started
      }
      // The first round warms up.
      if (round > 0) best.set(name, Math.max(best.get(name) ?? 0, (count * 1000) / elapsed))
    }
  }
  return best
}

export const tokens: Row = {
  title: 'verifying one attendee token, one core, caches off',
  async run() {
    const { privateKey, publicKey: pem } = generateKeyPair()
    const { publicKey } = importPublicKey(pem)
    const kid = 'pk_bench_0000000000000000'
    const program = { id: 'abcdefghij01', organizationId: 'organization' }
    const now = Math.floor(Date.now() / 1000)
    const token = signToken(
      {
        organization_id: program.organizationId,
        given_name: 'Ada',
        family_name: 'Lovelace',
        email: 'ada@example.com',
        roles: [{ name: 'ROLE_ATTENDEE', eventId: program.id }],
      },
      { privateKey, kid, expiresInSeconds: 3600 },
    )
    const key = { kid, organizationId: program.organizationId, publicKey, state: 'active', notAfter: now + 86_400 } as const
    const dot = token.lastIndexOf('.')
    const input = Buffer.from(token.slice(0, dot))
    const signature = Buffer.from(token.slice(dot + 1), 'base64url')
    const joseKey = await importSPKI(pem, 'ES256')
    const keyObject = createPublicKey(pem)
    const options = { algorithms: ['ES256' as const] }

    const best = await race({
      'crypto.verify alone': () => verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
      '@voila/tokens': () => verifyToken(token, { findKey: () => key, program, now }),
      'jsonwebtoken (KeyObject)': () => jsonwebtoken.verify(token, keyObject, options),
      'jsonwebtoken (PEM)': () => jsonwebtoken.verify(token, pem, options),
      jose: () => jwtVerify(token, joseKey, options),
    })
    const ours = best.get('@voila/tokens') ?? 0
    const against = (name: string, target: number) => ({
      says: `ours / ${name}`,
      ratio: ours / (best.get(name) ?? Number.POSITIVE_INFINITY),
      target,
    })
    return {
      measured: [...best].map(([what, perSecond]) => ({ what, perSecond })),
      claims: [
        against('crypto.verify alone', 0.9),
        against('jsonwebtoken (KeyObject)', 1),
        against('jsonwebtoken (PEM)', 1),
        against('jose', 1),
      ],
    }
  },
}
