// Owns: which DER bytes are a P-256 public key, and which give away something else. Runs before any crypto library sees them.
import { portableDecoder } from './base64.ts'
import { KeyError } from './errors.ts'

// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING (66) { no unused bits, uncompressed point } } (RFC 5480).
const prefix = Uint8Array.of(
  0x30,
  0x59,
  0x30,
  0x13,
  0x06,
  0x07,
  0x2a,
  0x86,
  0x48,
  0xce,
  0x3d,
  0x02,
  0x01,
  0x06,
  0x08,
  0x2a,
  0x86,
  0x48,
  0xce,
  0x3d,
  0x03,
  0x01,
  0x07,
  0x03,
  0x42,
  0x00,
)
const algorithmStart = 2
const algorithmEnd = 23
const uncompressed = 0x04

const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn

/** A P-256 public key: its 91 bytes of SubjectPublicKeyInfo and its coordinates, 32 bytes each. */
export interface P256Key {
  readonly spki: Uint8Array
  readonly x: Uint8Array
  readonly y: Uint8Array
}

// Keys whose private halves stand in public documents, by x: the other point with the same x has a known private half too.
const knownKeys = [
  'EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84', // jwt.io
  'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', // RFC 7515 A.3
  'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', // RFC 7517 A.2
  'YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y', // RFC 6979 A.2.5
].map((x) => toInteger(portableDecoder.bytes(x) ?? new Uint8Array()))

function toInteger(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}

function isOnCurve(x: bigint, y: bigint): boolean {
  return x < p && y < p && (y * y - (x * x * x - 3n * x + b)) % p === 0n
}

function startsWith(bytes: Uint8Array, start: readonly number[] | Uint8Array, at = 0): boolean {
  return start.every((byte, index) => bytes[at + index] === byte)
}

/** Where the content of the DER (or BER) element at `at` starts; undefined where there is no such element. */
function contentStart(bytes: Uint8Array, at: number, tag: number): number | undefined {
  if (bytes[at] !== tag) return undefined
  const length = bytes[at + 1]
  if (length === undefined) return undefined
  return at + 2 + (length > 0x80 ? length - 0x80 : 0)
}

/** True for the bytes of a private key, whatever label they came under: PKCS8 plain or encrypted, SEC1, PKCS1, DSA, OpenSSH. */
export function isPrivateKeyDer(bytes: Uint8Array): boolean {
  const openssh = 'openssh-key-v1\0'
  if (bytes.length > openssh.length && [...openssh].every((character, index) => bytes[index] === character.charCodeAt(0))) return true
  const inner = contentStart(bytes, 0, 0x30)
  if (inner === undefined) return false
  // A version number 0 or 1 comes first in all plain private keys; then the secret (SEC1), an integer (PKCS1) or the algorithm (PKCS8),
  // which explicit curve parameters resemble but for the prime field (1.2.840.10045.1) that they start with.
  if (startsWith(bytes, [0x02, 0x01], inner) && (bytes[inner + 2] ?? 0xff) <= 1) {
    const next = inner + 3
    if (bytes[next] === 0x04 || bytes[next] === 0x02) return true
    const identifier = contentStart(bytes, next, 0x30)
    return identifier !== undefined && !startsWith(bytes, [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x01], identifier)
  }
  // Encrypted PKCS8 names a password based scheme: PKCS5 (1.2.840.113549.1.5) or PKCS12 (1.2.840.113549.1.12.1).
  const algorithm = contentStart(bytes, inner, 0x30)
  const oid = algorithm === undefined ? undefined : contentStart(bytes, algorithm, 0x06)
  if (oid === undefined) return false
  return startsWith(bytes, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01], oid) && [0x05, 0x0c].includes(bytes[oid + 7] ?? 0)
}

/** True for the bytes of an X.509 certificate: its version comes first, explicitly tagged. */
function isCertificateDer(bytes: Uint8Array): boolean {
  const inner = contentStart(bytes, 0, 0x30)
  const tbs = inner === undefined ? undefined : contentStart(bytes, inner, 0x30)
  return tbs !== undefined && startsWith(bytes, [0xa0, 0x03, 0x02, 0x01], tbs)
}

/** True where a P-256 key holds something that no uncompressed or compressed point is: the point at infinity, or a wrong length. */
function isMisshapenPoint(bytes: Uint8Array): boolean {
  const total = bytes[1]
  const bits = bytes[algorithmEnd + 1]
  const wellFormed =
    bytes[0] === 0x30 && total === bytes.length - 2 && bytes[algorithmEnd] === 0x03 && bits === bytes.length - algorithmEnd - 2
  if (!wellFormed || !startsWith(bytes, prefix.subarray(algorithmStart, algorithmEnd), algorithmStart) || bytes[algorithmEnd + 2] !== 0)
    return false
  const form = bytes[algorithmEnd + 3]
  return form !== 0x02 && form !== 0x03 && form !== 0x06 && form !== 0x07
}

/** The DER of a P-256 public key with these coordinates, 32 bytes each; whether they are a point is for {@link readSpki} to say. */
export function spkiOf(x: Uint8Array, y: Uint8Array): Uint8Array {
  return Uint8Array.of(...prefix, uncompressed, ...x, ...y)
}

/**
 * Reads the DER of a P-256 public key: exactly the 91 bytes of RFC 5480 with the named curve and an uncompressed point on it.
 *
 * The curve equation is checked here because OpenSSL accepts the point at infinity and Node then aborts when its details are read.
 *
 * @throws KeyError private_key | certificate | not_p256 | invalid_point | known_key
 */
export function readSpki(bytes: Uint8Array): P256Key {
  if (isPrivateKeyDer(bytes)) throw new KeyError('private_key')
  if (isCertificateDer(bytes)) throw new KeyError('certificate')
  if (bytes.length !== 91 || !startsWith(bytes, prefix) || bytes[26] !== uncompressed) {
    throw new KeyError(isMisshapenPoint(bytes) ? 'invalid_point' : 'not_p256')
  }
  const x = bytes.slice(27, 59)
  const y = bytes.slice(59, 91)
  if (!isOnCurve(toInteger(x), toInteger(y))) throw new KeyError('invalid_point')
  if (knownKeys.includes(toInteger(x))) throw new KeyError('known_key')
  return { spki: bytes, x, y }
}
