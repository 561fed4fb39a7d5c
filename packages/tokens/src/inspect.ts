// Owns: explaining a token check by check. The browser's entry to this package: nothing here or below imports from Node.
import {
  parsePayload,
  readIdentity,
  readNaming,
  readOrganization,
  readSharePersonalData,
  requireOrganization,
  requireTokenUse,
} from './claims.ts'
import { requireSignatureLength, splitToken } from './compact.ts'
import { TokenError, type TokenErrorCode } from './errors.ts'
import { parseHeader, readKid, requireSupportedHeader } from './header.ts'
import { type Evidence, formatTime, hintFor } from './hints.ts'
import { type KeyFacts, requireUsableKey } from './key-state.ts'
import { readRoles, requireAllowedRoles, rolesForProgram, type TokenProgram } from './roles.ts'
import type { JsonObject } from './strict-json.ts'
import { readTimes } from './times.ts'

export {
  KeyError,
  type KeyErrorCode,
  keyErrorCodes,
  keyErrors,
  TokenError,
  type TokenErrorCode,
  tokenErrorCodes,
  tokenErrors,
} from './errors.ts'
export { inspectPublicKey, type KeyInspection } from './key-inspect.ts'
export type { KeyFacts } from './key-state.ts'
export { readPublicKeyPem } from './pem.ts'
export type { TokenProgram } from './roles.ts'
export type { P256Key } from './spki.ts'
export type { JsonObject, JsonValue } from './strict-json.ts'
export { type TokenWarning, tokenWarnings } from './warnings.ts'

/** The checks of a token, in their order. */
export const checkIds = [
  'form',
  'header',
  'kid',
  'signature',
  'key',
  'payload',
  'times',
  'token_use',
  'organization',
  'roles',
  'names',
  'identity',
] as const

/** The id of a check. */
export type CheckId = (typeof checkIds)[number]

/** What came of one check. */
export interface Check {
  readonly id: CheckId
  /** `not judged` where what it needs was not given, or an earlier check left nothing to judge. */
  readonly outcome: 'pass' | 'fail' | 'not judged'
  /** Why it failed. */
  readonly code?: TokenErrorCode
  /** The claim at fault, for the codes that start with `claim_`. */
  readonly claim?: string
  /** One or two sentences for the developer who signs; they name the likely mistake and may quote the token. */
  readonly says: string
}

/** What is known of a token. */
export interface Inspection {
  /** True where every check passed, which is when `verifyToken` accepts; a check that is not judged has not passed. */
  readonly ok: boolean
  readonly header?: JsonObject
  /** The payload, which nobody may have signed: see the check `signature`. */
  readonly claims?: JsonObject
  /** All of `checkIds`, in that order. The first that fails is the refusal of `verifyToken`. */
  readonly checks: readonly Check[]
}

/** What a token is judged against, as far as it is known. */
export interface InspectOptions {
  readonly program?: TokenProgram | undefined
  /** Seconds since the epoch. Default: this machine's clock. */
  readonly now?: number | undefined
  /** The declared key that the token's kid names. Leave it out where none was looked for; undefined or null says that there is none. */
  readonly key?: KeyFacts | null | undefined
  /** Whether the signature holds, judged with `signatureParts`; left out where nobody knows. */
  readonly signatureValid?: boolean | undefined
}

/** Says that a check cannot be judged, and why. */
class NotJudged {
  readonly says: string
  constructor(says: string) {
    this.says = says
  }
}

/**
 * Judges a token check by check, going on after a failure, and says in words what is wrong with it.
 *
 * For people who are looking for a mistake; `verifyToken` alone admits anybody. It runs in browsers, where the caller judges the signature
 * with WebCrypto.
 */
export function inspectToken(token: string, options: InspectOptions = {}): Inspection {
  const now = options.now ?? Date.now() / 1000
  const { program } = options
  const key = options.key ?? undefined
  const checks: Check[] = []
  let evidence: Evidence = { token: String(token), now, program, key }

  function check<T>(id: CheckId, says: string | ((value: T) => string), judge: () => T): T | undefined {
    try {
      const value = judge()
      checks.push({ id, outcome: 'pass', says: typeof says === 'string' ? says : says(value) })
      return value
    } catch (reason) {
      if (reason instanceof NotJudged) {
        checks.push({ id, outcome: 'not judged', says: reason.says })
        return undefined
      }
      if (!(reason instanceof TokenError)) throw reason
      const { code, claim, message, cause } = reason
      const hint = hintFor(code, { ...evidence, claim, cause })
      checks.push({
        id,
        outcome: 'fail',
        code,
        ...(claim === undefined ? {} : { claim }),
        says: hint === undefined ? message : `${message} ${hint}`,
      })
      return undefined
    }
  }
  function need<T>(value: T | undefined, says: string): T {
    if (value === undefined) throw new NotJudged(says)
    return value
  }
  const noHeader = 'There is no header to judge.'
  const noClaims = 'There is no payload to judge.'
  const noKey = 'No key was given to judge it with.'

  const parts = check('form', 'Three parts of base64url.', () => splitToken(token))

  let header: JsonObject | undefined
  check('header', 'ES256, and nothing that is not supported.', () => {
    header = parseHeader(need(parts, noHeader).header)
    evidence = { ...evidence, header }
    requireSupportedHeader(header)
  })
  check('kid', 'The kid is the key’s.', () => {
    const kid = readKid(need(header, noHeader))
    if ('key' in options && key?.kid !== kid) throw new TokenError('kid_unknown')
    need(key, `The kid is ${kid}. ${noKey}`)
  })
  check('signature', 'Made with the private half of the key.', () => {
    const signature = need(parts, 'There is no signature to judge.').signature
    evidence = { ...evidence, signature }
    requireSignatureLength(signature)
    if (!need(options.signatureValid, 'It has the right length. No key was given to verify it with.')) throw new TokenError('signature')
  })
  check('key', 'The key is in use.', () => requireUsableKey(need(key, noKey), now))

  const claims = check('payload', 'Strict JSON.', () => parsePayload(need(parts, noClaims).payload))
  evidence = { ...evidence, claims }
  check(
    'times',
    ({ issuedAt, expiresAt }) => `Issued ${formatTime(issuedAt)}, expires ${formatTime(expiresAt)}.`,
    () => readTimes(need(claims, noClaims), now),
  )
  check('token_use', 'An attendee token.', () => requireTokenUse(need(claims, noClaims)))
  check('organization', 'The key’s organization.', () => {
    const id = readOrganization(need(claims, noClaims))
    requireOrganization(need(claims, noClaims), need(key, `The token says ${JSON.stringify(id)}. ${noKey}`).organizationId)
  })
  const roles = check('roles', 'For this program, and the key may grant them.', () => {
    const all = readRoles(need(claims, noClaims))
    const here = need(program, `${all.length} of the right shape. No program was given to judge them for.`)
    // Without a key its organization cannot be compared, but a token for another program is wrong all the same.
    const own = rolesForProgram(all, here, key ?? here)
    requireAllowedRoles(own, need(key, `For this program. ${noKey}`))
    return own
  })
  check('names', 'A token id and a readable name.', () => readNaming(need(claims, noClaims)))
  check('identity', 'The person can be told from others.', () => {
    readIdentity(need(claims, noClaims))
    readSharePersonalData(need(claims, noClaims), roles ?? [])
  })

  return {
    ok: checks.every(({ outcome }) => outcome === 'pass'),
    ...(header === undefined ? {} : { header }),
    ...(claims === undefined ? {} : { claims }),
    checks,
  }
}

/**
 * Takes out of a token what its signature is judged by, for `crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, …)`.
 *
 * @returns undefined where there is no ES256 signature to judge
 */
export function signatureParts(token: string): { kid: string; signature: Uint8Array; signingInput: Uint8Array } | undefined {
  try {
    const parts = splitToken(token)
    const kid = readKid(parseHeader(parts.header))
    requireSignatureLength(parts.signature)
    return { kid, signature: parts.signature, signingInput: new TextEncoder().encode(parts.signingInput) }
  } catch (error) {
    if (error instanceof TokenError) return undefined
    throw error
  }
}
