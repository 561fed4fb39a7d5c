// Owns: signing a test token in this browser. The private key is read here, used here, and forgotten with the page.

/** Why a file is not the private key that is needed, in words for a person. */
export class PrivateKeyFault extends Error {}

const block = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64.replace(/\s/g, '')), (character) => character.charCodeAt(0))
}

/** Reads PKCS8 PEM; the key cannot be taken out of the browser's keeping again. @throws PrivateKeyFault */
export async function readPrivateKey(pem: string): Promise<CryptoKey> {
  if (/BEGIN PUBLIC KEY/.test(pem)) throw new PrivateKeyFault('This is the public half. Choose private.pem.')
  if (/BEGIN EC PRIVATE KEY/.test(pem)) {
    throw new PrivateKeyFault('This is private.key, in another form. Choose private.pem, which openssl pkcs8 -topk8 -nocrypt makes of it.')
  }
  if (/BEGIN ENCRYPTED PRIVATE KEY/.test(pem)) throw new PrivateKeyFault('This key has a password. Make private.pem with -nocrypt.')
  const [, body] = block.exec(pem) ?? []
  if (body === undefined) throw new PrivateKeyFault('This is not a private key in PEM. Choose private.pem.')
  try {
    return await crypto.subtle.importKey('pkcs8', bytesOf(body), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  } catch {
    throw new PrivateKeyFault('This is not a P-256 private key. Make the pair with openssl ecparam -name prime256v1.')
  }
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

const encoded = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text))

/** An ES256 token of these claims. */
export async function signInBrowser(claims: object, { kid, privateKey }: { kid: string; privateKey: CryptoKey }): Promise<string> {
  const part = (value: object): string => base64url(encoded(JSON.stringify(value)))
  const input = `${part({ alg: 'ES256', typ: 'JWT', kid })}.${part(claims)}`
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, encoded(input))
  return `${input}.${base64url(new Uint8Array(signature))}`
}
