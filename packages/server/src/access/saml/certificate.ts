// Owns: our own key pairs for SAML, and the self-signed certificates in which identity providers are given the public halves.
import { createPublicKey, generateKeyPair, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'

/** PEM. `privateKey`: PKCS8, not encrypted. */
export type CertifiedKey = { readonly certificate: string; readonly privateKey: string }

/** Longer than anybody keeps a connection without looking at it; identity providers warn before the end. */
const years = 5

// DER (X.690) of the little that a certificate without extensions is made of (RFC 5280, 4.1).
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), body])
}
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
const sha256WithRsa = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05))
const commonName = Buffer.from('550403', 'hex')

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, commonName), der(0x0c, Buffer.from(text)))))
}

/** UTCTime as long as its two digits of the year suffice (until 2049), then GeneralizedTime. */
function timeOf(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').replace(/\.\d+/, '')
  return Number(digits.slice(0, 4)) < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

/** A serial number is positive, and short enough for everybody (RFC 5280, 4.1.2.2). */
function newSerial(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return der(0x02, bytes)
}

const pemOf = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`

/**
 * Makes an RSA key pair (2048 bits, which every identity provider takes and which signs in a millisecond) with a certificate that signs itself, good from a day before `now` for five years.
 *
 * @param options.name  its common name, which tells people whose it is
 * @param options.now   Unix milliseconds
 */
export async function makeCertifiedKey({ name, now }: { name: string; now: number }): Promise<CertifiedKey> {
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const end = new Date(now)
  end.setUTCFullYear(end.getUTCFullYear() + years)
  const version3 = der(0xa0, der(0x02, Buffer.from([2])))
  const toBeSigned = sequence(
    version3,
    newSerial(),
    sha256WithRsa,
    nameOf(name),
    sequence(timeOf(now - 86_400_000), timeOf(end.getTime())),
    nameOf(name),
    createPublicKey(pair.publicKey).export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', toBeSigned, pair.privateKey)
  return {
    certificate: pemOf(sequence(toBeSigned, sha256WithRsa, der(0x03, Buffer.from([0]), signature))),
    privateKey: pair.privateKey,
  }
}
