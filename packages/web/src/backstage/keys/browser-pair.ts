// Owns: what WebCrypto does with keys in this browser. No private key made or read here is ever sent.

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const

function pemOf(label: 'PUBLIC KEY' | 'PRIVATE KEY', der: ArrayBuffer): string {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(der)))
  return `-----BEGIN ${label}-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`
}

/** A P-256 pair as PEM. Needs a secure context. */
export async function makePair(): Promise<{ publicPem: string; privatePem: string }> {
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [spki, pkcs8] = await Promise.all([
    crypto.subtle.exportKey('spki', pair.publicKey),
    crypto.subtle.exportKey('pkcs8', pair.privateKey),
  ])
  return { publicPem: pemOf('PUBLIC KEY', spki), privatePem: pemOf('PRIVATE KEY', pkcs8) }
}

/** RFC 7638, SHA-256, base64url. Needs a secure context. */
export async function thumbprintOf(jwk: { crv: string; kty: string; x: string; y: string }): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(jwk)))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
