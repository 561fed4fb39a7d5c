// Owns: the media credential: the path segment by which a session fetches playlists and segments.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { Refusal } from '@voila/protocol'
import { parse as uuidBytes, stringify as uuidText } from 'uuid'

/**
 * short: renewed by the page, every couple of minutes. native: for players without a hook into their requests (Safari's own); lasts as
 * long as its session, so an edge passes it on to a node, which knows of revocations. team: the preview of somebody who runs the program.
 */
export type CredentialKind = 'short' | 'native' | 'team'

const labels: Readonly<Record<CredentialKind, string>> = {
  short: 'voila-media-1',
  native: 'voila-media-native-1',
  team: 'voila-media-team-1',
}
const kinds = Object.keys(labels) as CredentialKind[]
const macBytes = 32
const bytes = 4 + 16 + macBytes
/** base64url of 52 bytes, without padding; the last character has two unused bits, which must be zero. */
const shape = /^[A-Za-z0-9_-]{69}[AQgw]$/

/** Derives the key for one purpose from the platform's secret (HKDF, RFC 5869), so that one purpose's MACs are no use to another. */
export function purposeKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `voila ${purpose}`, 32))
}

function mac(key: Buffer, kind: CredentialKind, programId: string, head: Buffer): Buffer {
  return createHmac('sha256', key).update(`${labels[kind]}\0${programId}\0`).update(head).digest()
}

/**
 * Makes a credential: base64url(expiry u32, holder's id 16 bytes, HMAC-SHA256 over label, program id, expiry, id). `expiresAt`: seconds.
 * `holderId`, a UUID, is the session's, or of the team's kind the user's.
 */
export function issueCredential(
  key: Buffer,
  { programId, holderId, expiresAt, kind }: { programId: string; holderId: string; expiresAt: number; kind: CredentialKind },
): string {
  const head = Buffer.alloc(20)
  head.writeUInt32BE(expiresAt, 0)
  head.set(uuidBytes(holderId), 4)
  return Buffer.concat([head, mac(key, kind, programId, head)]).toString('base64url')
}

/**
 * Reads a credential for a program. The signature is judged before the time, so that 'expired' is never said of a forgery.
 *
 * @param now  seconds since the epoch
 * @throws Refusal credential_missing | credential_malformed | credential_forged | credential_expired
 */
export function readCredential(
  key: Buffer,
  { programId, credential, now }: { programId: string; credential: string; now: number },
): { holderId: string; expiresAt: number; kind: CredentialKind } {
  if (credential === '') throw new Refusal('credential_missing')
  if (!shape.test(credential)) throw new Refusal('credential_malformed')
  const all = Buffer.from(credential, 'base64url')
  if (all.length !== bytes) throw new Refusal('credential_malformed')
  const head = all.subarray(0, 20)
  const given = all.subarray(20)
  const kind = kinds.find((each) => timingSafeEqual(given, mac(key, each, programId, head)))
  if (kind === undefined) throw new Refusal('credential_forged')
  const expiresAt = head.readUInt32BE(0)
  if (expiresAt <= now) throw new Refusal('credential_expired')
  // The signature holds, so these bytes are an id of ours; the library's own check of version bits would only cost time.
  return { holderId: uuidText(head, 4), expiresAt, kind }
}
