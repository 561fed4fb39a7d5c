// Owns: how fast a token is verified, against the bare signature check and the libraries that customers know, caches off.
import { createPublicKey, verify } from 'node:crypto'
import { generateKeyPair, importPublicKey, signToken, verifyToken } from '@voila/tokens'
import { createVerifier } from 'fast-jwt'
import { importSPKI, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { node, type Row, versioned } from './row.ts'

const sliceMs = 25

/** Runs all contenders in turn, round after round, so that a machine whose speed drifts slows each of them alike. Answers calls per CPU-second, the best round of each. */
async function race(contenders: Readonly<Record<string, () => unknown>>, rounds: number): Promise<Map<string, number>> {
  const best = new Map<string, number>()
  for (let round = 0; round <= rounds; round++) {
    for (const [name, once] of Object.entries(contenders)) {
      let count = 0
      const until = performance.now() + sliceMs
      const before = process.cpuUsage()
      while (performance.now() < until) {
        for (let n = 0; n < 20; n++) {
          const result = once()
          // Awaiting what is no promise would cost the others a turn of the queue.
          if (result instanceof Promise) await result
        }
        count += 20
      }
      const { user, system } = process.cpuUsage(before)
      // The first round warms up.
      if (round > 0) best.set(name, Math.max(best.get(name) ?? 0, (count * 1_000_000) / (user + system)))
    }
  }
  return best
}

export const tokens: Row = {
  title: 'verifying one attendee token, caches off, per second of one core',
  async run({ quick }) {
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
    // Once, as the others' are: tsx makes each function that is made in the race a call more.
    const ourOptions = { findKey: () => key, program, now }
    const fastJwt = createVerifier({ key: pem, algorithms: ['ES256'], cache: false })

    const ours = '@voila/tokens'
    const bare = `crypto.verify alone, ${node}`
    const peers = {
      [bare]: () => verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
      [`${versioned('jsonwebtoken')}, KeyObject`]: () => jsonwebtoken.verify(token, keyObject, options),
      [`${versioned('jsonwebtoken')}, PEM`]: () => jsonwebtoken.verify(token, pem, options),
      [versioned('fast-jwt')]: () => fastJwt(token),
      [versioned('jose')]: () => jwtVerify(token, joseKey, options),
    }
    const best = await race({ ...peers, [ours]: () => verifyToken(token, ourOptions) }, quick ? 1 : 100)
    const rate = (name: string): number => best.get(name) ?? Number.NaN
    const ratio = (name: string): number => rate(ours) / rate(name)
    return {
      measured: [
        { what: ours, value: rate(ours), unit: '/s' },
        ...Object.keys(peers).map((peer) => ({ what: 'peer', peer, value: rate(peer), unit: '/s', ratio: ratio(peer) })),
      ],
      claims: Object.keys(peers).map((peer) => ({ says: `ours / ${peer}`, is: ratio(peer), atLeast: peer === bare ? 0.9 : 1 })),
    }
  },
}
