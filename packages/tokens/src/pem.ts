// Owns: finding the one public key in what somebody pasted, and refusing everything else by name.
import { decodeBase64 } from './base64.ts'
import { KeyError } from './errors.ts'
import { isPrivateKeyDer, type P256Key, readSpki } from './spki.ts'

/** The largest text that is looked at, in bytes of UTF-8. */
const maxPemBytes = 16 * 1024

// All repetitions are bounded or exclude each other's characters, so that a large text costs linear time.
const privateLabel =
  /\b(?:BEGIN|END)[ \t]{1,4}(?:[A-Z0-9]{1,16}[ \t]{1,4}){0,4}PRIVATE[ \t]{1,4}KEY|^PuTTY-User-Key-File-|^Private-Lines:|"d"\s{0,8}:\s{0,8}"/im
const certificateLabel = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}CERTIFICATE-----/
const beginKey = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PUBLIC KEY-----/g
const block = /(?<!-)-----BEGIN PUBLIC KEY-----(?!-)([^-]*)-----END PUBLIC KEY-----(?!-)/
const space = /[ \t\r\n\f\v]+/g
const base64Word = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,64}/g

/** True where the text holds the first line of a private key without its BEGIN line, or under another one. */
function holdsBarePrivateKey(text: string): boolean {
  for (const [word] of text.matchAll(base64Word)) {
    const bytes = decodeBase64(word.slice(0, word.length - (word.length % 4)))
    if (bytes !== undefined && isPrivateKeyDer(bytes)) return true
  }
  return false
}

/**
 * Reads one P-256 public key from PEM text (RFC 7468, SubjectPublicKeyInfo).
 *
 * CRLF, a byte order mark, a body on one line and text around the block are accepted; a private key anywhere in the text is not.
 *
 * @param text  at most 16 KiB
 * @throws KeyError any of `keyErrorCodes`
 */
export function readPublicKeyPem(text: string): P256Key {
  if (typeof text !== 'string') throw new KeyError('not_pem')
  // Before the size: whoever pastes a private key must hear that it is burnt, however much came with it.
  if (privateLabel.test(text)) throw new KeyError('private_key')
  if (text.length > maxPemBytes || new TextEncoder().encode(text).length > maxPemBytes) throw new KeyError('too_large')
  if (holdsBarePrivateKey(text)) throw new KeyError('private_key')
  if (certificateLabel.test(text)) throw new KeyError('certificate')
  const begins = text.match(beginKey)?.length ?? 0
  if (begins > 1) throw new KeyError('several_keys')
  const body = block.exec(text)?.[1]
  const bytes = body === undefined ? undefined : decodeBase64(body.replace(space, ''))
  if (bytes === undefined || bytes.length === 0) throw new KeyError('not_pem')
  return readSpki(bytes)
}
