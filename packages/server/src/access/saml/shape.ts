// Owns: whether a document has the shape of an answer, and each of its signatures and ciphers the form that may be trusted with a key.
import { Refusal } from '@voila/protocol'
import {
  canonicalization,
  contentEncryption,
  contents,
  digestMethods,
  keyEncryption,
  keyEncryptionDigest,
  namespaces,
  nowhereElse,
  signatureMethods,
  transforms,
} from './vocabulary.ts'
import { childrenOf, everyElement, type XmlElement } from './xml.ts'

const prefixes = new Map<string, string>(Object.entries(namespaces).map(([prefix, namespace]) => [namespace, prefix]))
/** The name that the vocabulary has for an element, whatever prefix the document gives it. */
const nameOf = ({ namespace, name }: XmlElement): string => `${prefixes.get(namespace) ?? '(other)'}:${name}`

export const malformed = (detail: string): Refusal => new Refusal('saml_malformed', { detail })

function requireContent(element: XmlElement): void {
  const name = nameOf(element)
  const content = contents[name]
  if (content === undefined) throw malformed(`${name} has no place here.`)
  if (content === 'any') {
    for (const inside of everyElement(element)) {
      if (nowhereElse.has(inside.name)) throw malformed(`${inside.name} has no place in ${name}.`)
    }
    return
  }
  if (content === 'text') {
    if (element.children.length > 0) throw malformed(`${name} holds an element.`)
    return
  }
  if (element.text.trim() !== '') throw malformed(`${name} holds text.`)
  const seen = new Set<string>()
  for (const child of element.children) {
    const childName = nameOf(child)
    const repeats = content.includes(`${childName}*`)
    if (!repeats && !content.includes(childName)) throw malformed(`${childName} has no place in ${name}.`)
    if (!repeats && seen.has(childName)) throw malformed(`${name} holds more than one ${childName}.`)
    seen.add(childName)
    requireContent(child)
  }
}

const idPattern = /^[A-Za-z_][A-Za-z0-9_.-]{0,255}$/

/** Each id once, by whatever spelling an XML library might look for it. */
function requireIds(root: XmlElement): void {
  const ids = new Set<string>()
  for (const { attributes } of everyElement(root)) {
    for (const [name, value] of attributes) {
      if (name.startsWith('xml:') && name !== 'xml:lang') throw malformed(`The attribute ${name} has no place here.`)
      if (!/(?:^|:)id$/i.test(name)) continue
      if (!idPattern.test(value)) throw malformed('An id is not one.')
      if (ids.has(value)) throw malformed('An id is there twice.')
      ids.add(value)
    }
  }
}

function only(element: XmlElement, prefix: keyof typeof namespaces, name: string): XmlElement {
  const [found] = childrenOf(element, namespaces[prefix], name)
  if (found === undefined) throw malformed(`${element.name} holds no ${name}.`)
  return found
}

const weak = (detail: string): Refusal => new Refusal('saml_algorithm', { detail })
const algorithmOf = (element: XmlElement): string => element.attributes.get('Algorithm') ?? ''

/** The signature of an element covers it, whole, by algorithms that nobody forges. */
function requireSoundSignature(signature: XmlElement, signed: XmlElement): void {
  const info = only(signature, 'ds', 'SignedInfo')
  only(signature, 'ds', 'SignatureValue')
  if (signature.children[0] !== info) throw malformed('SignedInfo is not first in Signature.')
  const canonical = only(info, 'ds', 'CanonicalizationMethod')
  if (algorithmOf(canonical) !== canonicalization) throw weak('The canonicalization of SignedInfo is not exclusive C14N without comments.')
  if (canonical.children.length > 0) throw malformed('The canonicalization of SignedInfo names prefixes.')
  if (!signatureMethods.has(algorithmOf(only(info, 'ds', 'SignatureMethod'))))
    throw weak('The signature is not RSA with SHA-256 or SHA-512.')

  const reference = only(info, 'ds', 'Reference')
  if (reference.attributes.get('URI') !== `#${signed.attributes.get('ID')}`) {
    throw new Refusal('saml_signature', { detail: `The signature in ${signed.name} is of something else.` })
  }
  const steps = only(reference, 'ds', 'Transforms').children
  if (steps.length !== transforms.length || !steps.every((step, index) => algorithmOf(step) === transforms[index])) {
    throw weak('The transforms are not enveloped-signature and exclusive C14N.')
  }
  if (steps[0]?.children.length !== 0) throw malformed('The first transform holds something.')
  if (!digestMethods.has(algorithmOf(only(reference, 'ds', 'DigestMethod')))) throw weak('The digest is not SHA-256 or SHA-512.')
  only(reference, 'ds', 'DigestValue')
}

function signatureOf(element: XmlElement): XmlElement | undefined {
  const [signature] = childrenOf(element, namespaces.ds, 'Signature')
  if (signature === undefined) return undefined
  requireSoundSignature(signature, element)
  return signature
}

function requireSoundCipher(encrypted: XmlElement): void {
  const data = only(encrypted, 'xenc', 'EncryptedData')
  if (!contentEncryption.has(algorithmOf(only(data, 'xenc', 'EncryptionMethod'))))
    throw weak('The assertion is not encrypted with AES in GCM or CBC mode.')
  only(only(data, 'xenc', 'CipherData'), 'xenc', 'CipherValue')
  const keys = [...everyElement(encrypted)].filter((each) => each.name === 'EncryptedKey')
  const [key] = keys
  if (key === undefined || keys.length > 1) throw malformed('An encrypted assertion needs one encrypted key.')
  const method = only(key, 'xenc', 'EncryptionMethod')
  const digest = childrenOf(method, namespaces.ds, 'DigestMethod')[0]
  if (algorithmOf(method) !== keyEncryption || (digest !== undefined && algorithmOf(digest) !== keyEncryptionDigest)) {
    throw weak('The key of the encrypted assertion is not encrypted with RSA-OAEP (MGF1, SHA-1).')
  }
  only(only(key, 'xenc', 'CipherData'), 'xenc', 'CipherValue')
}

/** An answer whose shape holds: which parts are signed, and the one assertion or what it is encrypted in. */
export type ShapedResponse = {
  readonly response: XmlElement
  readonly responseSigned: boolean
  readonly assertion: { readonly kind: 'plain'; readonly signed: boolean } | { readonly kind: 'encrypted' }
}

/**
 * Judges the shape of a whole answer; nothing of what it says counts yet.
 *
 * @throws Refusal saml_malformed | saml_algorithm | saml_signature
 */
export function shapeOfResponse(response: XmlElement): ShapedResponse {
  if (nameOf(response) !== 'samlp:Response') throw malformed('It is not a SAML response.')
  requireContent(response)
  requireIds(response)
  const plain = childrenOf(response, namespaces.saml, 'Assertion')
  const encrypted = childrenOf(response, namespaces.saml, 'EncryptedAssertion')
  if (plain.length + encrypted.length !== 1) throw malformed('It holds not exactly one assertion.')
  const responseSigned = signatureOf(response) !== undefined
  if (plain[0] !== undefined) return { response, responseSigned, assertion: { kind: 'plain', signed: signatureOf(plain[0]) !== undefined } }
  if (encrypted[0] !== undefined) requireSoundCipher(encrypted[0])
  return { response, responseSigned, assertion: { kind: 'encrypted' } }
}

/**
 * Judges the shape of an assertion by itself, as it comes out of a cipher or from under a signature.
 *
 * @throws Refusal saml_malformed | saml_algorithm | saml_signature
 */
export function shapeOfAssertion(assertion: XmlElement): { readonly signed: boolean } {
  if (nameOf(assertion) !== 'saml:Assertion') throw malformed('What was encrypted is not an assertion.')
  requireContent(assertion)
  requireIds(assertion)
  return { signed: signatureOf(assertion) !== undefined }
}
