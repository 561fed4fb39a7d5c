// Owns: explaining what somebody pasted for a public key: the key itself, from PEM or JWK, or the mistake in words. Imports nothing of Node.
import { decodeBase64, encodeBase64, encodeBase64Url, portableDecoder } from './base64.ts'
import { KeyError, type KeyErrorCode, keyErrors } from './errors.ts'
import { readPublicKeyPem } from './pem.ts'
import { type P256Key, readSpki, spkiOf } from './spki.ts'

/** What is known of a text that should be a public key. */
export type KeyInspection =
  | {
      readonly ok: true
      readonly form: 'PEM' | 'JWK'
      /** The key in the form that is declared: 64 columns, BEGIN and END lines. */
      readonly pem: string
      /** The four members whose JSON, in this order, is hashed for the thumbprint (RFC 7638). */
      readonly jwk: { readonly crv: 'P-256'; readonly kty: 'EC'; readonly x: string; readonly y: string }
    }
  | {
      readonly ok: false
      readonly code: KeyErrorCode
      /** One or two sentences that name the likely mistake. Never holds anything of the text. */
      readonly says: string
      /** The text without its mistake, where that is certain. */
      readonly mended?: string
    }

const beginLine = '-----BEGIN PUBLIC KEY-----'
const endLine = '-----END PUBLIC KEY-----'

function pemOf(spki: Uint8Array): string {
  const lines = encodeBase64(spki).match(/.{1,64}/g) ?? []
  return [beginLine, ...lines, endLine, ''].join('\n')
}

function accepted(form: 'PEM' | 'JWK', { spki, x, y }: P256Key): KeyInspection {
  return { ok: true, form, pem: pemOf(spki), jwk: { crv: 'P-256', kty: 'EC', x: encodeBase64Url(x), y: encodeBase64Url(y) } }
}

/** A refusal in its own words, with the likely mistake behind it. */
function refused(code: KeyErrorCode, hint?: string): KeyInspection {
  const says = keyErrors[code]
  return { ok: false, code, says: hint === undefined ? says : `${says} ${hint}` }
}

/** The refusal of what has not the form of a key, of which the mistake says all. */
const notPem = (says: string, more: { mended?: string } = {}): KeyInspection => ({ ok: false, code: 'not_pem', says, ...more })

// The object identifiers of keys that are not P-256, as DER holds them.
const otherKeys: readonly [name: string, oid: readonly number[]][] = [
  ['an RSA key', [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01]],
  ['an Ed25519 key', [0x06, 0x03, 0x2b, 0x65, 0x70]],
  ['an X25519 key', [0x06, 0x03, 0x2b, 0x65, 0x6e]],
  ['a key on the curve P-384', [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]],
  ['a key on the curve P-521', [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]],
  ['a key on the curve secp256k1', [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a]],
]
const makeAnother = 'Make the pair with openssl ecparam -name prime256v1.'

function holds(bytes: Uint8Array, part: readonly number[]): boolean {
  return bytes.some((_, at) => part.every((byte, index) => bytes[at + index] === byte))
}

function otherKeyHint(text: string): string | undefined {
  const bytes = decodeBase64(text.replace(/-----[^-]*-----|\s+/g, ''))
  const name = bytes === undefined ? undefined : otherKeys.find(([, oid]) => holds(bytes.subarray(0, 40), oid))?.[0]
  return name === undefined ? undefined : `It is ${name}. ${makeAnother}`
}

/** Whether a text that is refused now would be taken as a key. */
function isKey(text: string): boolean {
  try {
    readPublicKeyPem(text)
    return true
  } catch {
    return false
  }
}

/** The text with a mistake undone, each with the words for it; the first that makes a key of it is the mistake. */
const mendings: readonly [hint: string, mend: (text: string) => string][] = [
  ['The BEGIN line is missing: copy it too.', (text) => `${beginLine}\n${text.trim()}\n`],
  ['The END line is missing: copy it too.', (text) => `${text.trim()}\n${endLine}\n`],
  ['The BEGIN and END lines are missing: copy them too.', (text) => `${beginLine}\n${text.trim()}\n${endLine}\n`],
  ['Its line breaks are written as \\n: paste the file itself.', (text) => text.replace(/\\r|\\n/g, '\n')],
  [
    'Its lines are quoted: paste the file itself.',
    // Only beside a quotation mark: a plus may also be of the key.
    (text) => text.replace(/\\[rn]/g, '').replace(/^[\s>+]*["'`]|^[\s>]+|["'`]\s*[),+;.]*\s*$/gm, ''),
  ],
  [
    'Its dashes have been changed, as word processors do: copy the file from an editor for plain text.',
    (text) => text.replace(/^[\u2010-\u2015\u2212-]+\s*(BEGIN|END) PUBLIC KEY\s*[\u2010-\u2015\u2212-]+/gm, '-----$1 PUBLIC KEY-----'),
  ],
]

function formHint(text: string): string {
  if (/^\s*(ssh-|ecdsa-sha2-)/.test(text) || /BEGIN SSH2 PUBLIC KEY/.test(text)) return `This is a key for SSH. ${makeAnother}`
  if (/BEGIN RSA PUBLIC KEY/.test(text)) return `This is an RSA key. ${makeAnother}`
  if (/BEGIN EC PARAMETERS/.test(text)) return 'This names the curve and holds no key: openssl ec -in private.pem -pubout -out public.pem.'
  if (/BEGIN PGP/.test(text)) return `This is a key for OpenPGP. ${makeAnother}`
  if (/^\s*eyJ/.test(text)) return 'This is a token. The key is in public.pem.'
  if (/^\s*pk_[A-Za-z0-9_-]{22}\s*$/.test(text)) return 'This is a kid, which the platform makes. The key is in public.pem.'
  if (/BEGIN PUBLIC KEY/.test(text)) return 'What stands between its BEGIN and END lines is cut off or changed.'
  return 'This is not a public key. Paste what public.pem holds.'
}

function member(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}

/** Reads the one key of a JWK (RFC 7517) or of a set of them. */
function inspectJwk(value: object): KeyInspection {
  const set = member(value, 'keys')
  if (Array.isArray(set)) {
    const [first] = set
    if (set.length > 1) return refused('several_keys')
    return typeof first === 'object' && first !== null ? inspectJwk(first) : notPem('This set of keys holds none.')
  }
  if (member(value, 'd') !== undefined) return refused('private_key')
  const kty = member(value, 'kty')
  const crv = member(value, 'crv')
  if (kty === undefined) return notPem('This JSON is not a JWK: it has no kty.')
  if (kty !== 'EC' || crv !== 'P-256') {
    const name =
      kty === 'EC' || kty === 'OKP'
        ? `a key on the curve ${typeof crv === 'string' && crv.length <= 20 ? crv : 'that it names'}`
        : 'not a key on a curve'
    return refused('not_p256', `It is ${name}. ${makeAnother}`)
  }
  const [x, y] = [member(value, 'x'), member(value, 'y')].map((text) =>
    typeof text === 'string' ? portableDecoder.bytes(text) : undefined,
  )
  if (x?.length !== 32 || y?.length !== 32) return refused('invalid_point', 'x and y are 32 bytes each, in base64url.')
  try {
    return accepted('JWK', readSpki(spkiOf(x, y)))
  } catch (error) {
    if (error instanceof KeyError) return refused(error.code)
    throw error
  }
}

function parsedObject(text: string): object | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    return undefined
  }
}

/**
 * Reads what somebody pasted for a public key, PEM or JWK, and says what is wrong with it.
 *
 * For people who look for a mistake: what is declared is `pem`, which the platform judges again.
 *
 * @param text  at most 16 KiB
 */
export function inspectPublicKey(text: string): KeyInspection {
  try {
    return accepted('PEM', readPublicKeyPem(text))
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    if (error.code === 'not_p256') return refused(error.code, otherKeyHint(text))
    if (error.code !== 'not_pem') return refused(error.code)
  }
  const json = parsedObject(text)
  if (json !== undefined) return inspectJwk(json)
  for (const [hint, mend] of mendings) {
    const mended = mend(text)
    if (mended !== text && isKey(mended)) return notPem(hint, { mended })
  }
  return notPem(formHint(text))
}
