// Owns: key pairs in Node: making them, importing the public half, reading the private half to sign with.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, KeyObject } from 'node:crypto'
import { KeyError } from './errors.ts'
import { readPublicKeyPem } from './pem.ts'

/** A public key that passed every check. */
export interface ImportedKey {
  readonly publicKey: KeyObject
  /** The key in the one form that all imports of it come to: LF, 64 columns, BEGIN and END lines. */
  readonly pem: string
  /** RFC 7638, SHA-256, base64url: 43 characters. */
  readonly thumbprint: string
}

/** A key pair as PEM text. */
export interface KeyPair {
  /** PKCS8, not encrypted. It stays on the server that signs. */
  readonly privateKey: string
  /** SubjectPublicKeyInfo. It is what the organization declares. */
  readonly publicKey: string
}

/**
 * Imports a P-256 public key from PEM text.
 *
 * @param pem  at most 16 KiB; CRLF, a byte order mark, a body on one line and text around the block are accepted
 * @throws KeyError any of `keyErrorCodes`
 */
export function importPublicKey(pem: string): ImportedKey {
  const { spki, x, y } = readPublicKeyPem(pem)
  const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  const jwk = { crv: 'P-256', kty: 'EC', x: Buffer.from(x).toString('base64url'), y: Buffer.from(y).toString('base64url') }
  return {
    publicKey,
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    thumbprint: createHash('sha256').update(JSON.stringify(jwk)).digest('base64url'),
  }
}

/** Makes a P-256 key pair, as the openssl commands of the partner guide do. */
export function generateKeyPair(): KeyPair {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
}

/**
 * Reads a P-256 private key, PKCS8 or SEC1 (`openssl ecparam -genkey`), to sign with.
 *
 * @param key  PEM text, or a KeyObject, which is faster where many tokens are signed
 * @throws KeyError not_pem | not_p256
 */
export function readPrivateKey(key: string | KeyObject): KeyObject {
  let privateKey: KeyObject
  try {
    privateKey = key instanceof KeyObject ? key : createPrivateKey(key)
  } catch {
    // The library's own message may quote the input, so it is not passed on.
    throw new KeyError('not_pem', { says: 'This is not a PEM private key without a password (openssl pkcs8 -topk8 -nocrypt).' })
  }
  if (privateKey.type !== 'private') throw new KeyError('not_pem', { says: 'This is not a private key.' })
  if (privateKey.asymmetricKeyType !== 'ec' || privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new KeyError('not_p256', { says: 'This is not a P-256 (prime256v1) private key.' })
  }
  return privateKey
}
