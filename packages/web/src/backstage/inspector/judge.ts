// Owns: judging a token in this browser: against a declared key, a program and a time. Nothing of the token but its kid is asked about.
import type { PartnerKeyAnswer, Program } from '@voila/protocol'
import { type Inspection, inspectToken, type KeyFacts, readPublicKeyPem, signatureParts } from '@voila/tokens/inspect'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** The token alone, out of what people paste: with white space around it, a link that carries it, or a header. */
export function tokenIn(pasted: string): string {
  const text = pasted.trim()
  const [, fromLink] = /[?&]token=([\w.-]+)(?=[&#\s]|$)/.exec(text) ?? []
  if (fromLink !== undefined) return fromLink
  return text.replace(/^(authorization:\s*)?bearer\s+/i, '')
}

/** The kid of a token whose form is right; else undefined. */
export function kidOf(token: string): string | undefined {
  return signatureParts(token)?.kid
}

/** Whether the signature holds; undefined where it can't be judged. Needs a secure context. */
export async function judgeSignature(token: string, pem: string): Promise<boolean | undefined> {
  const parts = signatureParts(token)
  // Browsers give it to secure contexts alone.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle
  if (parts === undefined || subtle === undefined) return undefined
  const { spki } = readPublicKeyPem(pem)
  const key = await subtle.importKey('spki', new Uint8Array(spki), algorithm, false, ['verify'])
  return await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, new Uint8Array(parts.signature), new Uint8Array(parts.signingInput))
}

const seconds = (at: string): number => Date.parse(at) / 1000

/** A declared key, or one that the organization publishes. */
export type NamedKey = Pick<PartnerKeyAnswer, 'kid' | 'organizationId' | 'state' | 'notAfter' | 'retireAt' | 'allowedRoles' | 'pem'>

/** A key as the judge of tokens knows it: that it has expired is for the time to say. */
export function factsOf({ kid, organizationId, state, notAfter, retireAt, allowedRoles }: NamedKey): KeyFacts {
  return {
    kid,
    organizationId,
    state: state === 'expired' ? 'active' : state,
    notAfter: seconds(notAfter),
    ...(retireAt === null ? {} : { retireAt: seconds(retireAt) }),
    allowedRoles,
  }
}

/**
 * Judges a token check by check.
 *
 * @param given.partnerKey      undefined while it is not known; null where the kid is nobody's here
 * @param given.signatureValid  undefined where it was not judged
 * @param given.atMs            Unix ms
 */
export function judge(
  token: string,
  given: {
    program: Program | undefined
    partnerKey: NamedKey | null | undefined
    signatureValid: boolean | undefined
    atMs: number
  },
): Inspection {
  const { program, partnerKey, signatureValid, atMs } = given
  return inspectToken(token, {
    now: atMs / 1000,
    ...(program === undefined ? {} : { program: { id: program.id, organizationId: program.organizationId } }),
    ...(partnerKey === undefined ? {} : { key: partnerKey === null ? null : factsOf(partnerKey) }),
    ...(signatureValid === undefined ? {} : { signatureValid }),
  })
}
