// Owns: whether an answer of an identity provider is genuine and ours: the one place where one is judged.
import { promisify } from 'node:util'
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml'
import { Refusal } from '@voila/protocol'
import { decrypt } from 'xml-encryption'
import {
  clockSkewMs,
  type Expected,
  type Facts,
  judgeAssertion,
  maxAssertionAgeMs,
  requireHead,
  requireInResponseTo,
  requireIssuer,
} from './assertion.ts'
import { malformed, shapeOfAssertion, shapeOfResponse } from './shape.ts'
import { namespaces, successStatus } from './vocabulary.ts'
import { childrenOf, parseXml, type XmlElement, XmlError } from './xml.ts'

/** What an answer is judged by, beside what it must say. */
export type ResponseKeys = {
  /** PEM certificates of the identity provider; any of them may have signed. */
  readonly idpCertificates: readonly string[]
  /** Our private keys (PKCS8 PEM), the present one first; any of them may be what the assertion is encrypted for. */
  readonly decryptionKeys: readonly string[]
}

/** `signed`, `encrypted`: what the answer was like, for whoever sets a connection up. */
export type Verified = Facts & { readonly signed: readonly ('response' | 'assertion')[]; readonly encrypted: boolean }

/** How long somebody has to sign in at his identity provider. */
export const requestMs = 600_000
/** Of the answer, decoded. */
export const maxResponseBytes = 256 * 1024

const base64Shape = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The text of the form's field. @throws Refusal saml_malformed */
function textOf(field: string): string {
  const base64 = field.replace(/[\r\n\t ]/g, '')
  if (base64 === '' || !base64Shape.test(base64)) throw malformed('It is not Base64.')
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length > maxResponseBytes) throw malformed('It is larger than 256 KB.')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw malformed('It is not UTF-8.')
  }
}

function parse(text: string): XmlElement {
  try {
    return parseXml(text, { plain: true })
  } catch (error) {
    if (error instanceof XmlError) throw malformed(error.message)
    throw error
  }
}

const lastPart = (urn: string | undefined): string => (urn ?? '').split(':').at(-1)?.slice(0, 100) ?? ''

/** Read before any signature: many identity providers do not sign a refusal, and it lets nobody in. @throws Refusal saml_status */
function requireSuccess(response: XmlElement): void {
  const [status] = childrenOf(response, namespaces.samlp, 'Status')
  const [code] = status === undefined ? [] : childrenOf(status, namespaces.samlp, 'StatusCode')
  if (status === undefined || code === undefined) throw malformed('There is no Status.')
  if (code.attributes.get('Value') === successStatus) return
  const [second] = childrenOf(code, namespaces.samlp, 'StatusCode')
  const said = [code, second].map((each) => lastPart(each?.attributes.get('Value'))).filter((part) => part !== '')
  throw new Refusal('saml_status', { detail: said.join(', ') })
}

const unreadable = (detail: string): Refusal => new Refusal('saml_signature', { detail })

const encryptedPart = /<(?:[\w.-]+:)?EncryptedAssertion[\s>][\s\S]*<\/(?:[\w.-]+:)?EncryptedAssertion\s*>/

/**
 * Opens the cipher with whichever of our keys fits, and judges the shape of what was in it. Until a signature has held, all that can go
 * wrong here is one refusal: a difference would tell whoever changes the cipher what became of it (padding oracles).
 */
async function open(text: string, keys: readonly string[]): Promise<{ key: string; signed: boolean }> {
  let reason = 'The assertion could not be decrypted.'
  const [cipher = ''] = encryptedPart.exec(text) ?? []
  for (const key of keys) {
    try {
      const plain = await promisify(decrypt)(cipher, { key, disallowDecryptionWithInsecureAlgorithm: true })
      return { key, signed: shapeOfAssertion(parse(plain)).signed }
    } catch (error) {
      // Another of our keys may be the one.
      if (error instanceof Refusal && error.detail !== undefined) reason = error.detail
    }
  }
  throw unreadable(reason)
}

/** The library, with our judgement of the assertion between its check of the signature and its own of the rest. */
class Verifier extends SAML {
  facts: Facts | undefined
  readonly #expected: Expected

  constructor({ expected, keys, signed, decryptionKey }: VerifierOptions) {
    super({
      issuer: expected.audience,
      audience: expected.audience,
      callbackUrl: expected.acsUrl,
      idpIssuer: expected.idpEntityId,
      idpCert: [...keys.idpCertificates],
      ...(decryptionKey === undefined ? {} : { decryptionPvk: decryptionKey }),
      // Whatever is signed must be so rightly; one of the two is.
      wantAuthnResponseSigned: signed.response,
      wantAssertionsSigned: signed.assertion,
      signatureAlgorithm: 'sha256',
      validateInResponseTo: expected.requestId === null ? ValidateInResponseTo.never : ValidateInResponseTo.always,
      requestIdExpirationPeriodMs: requestMs,
      acceptedClockSkewMs: clockSkewMs,
      maxAssertionAgeMs,
      disableRequestedAuthnContext: true,
      identifierFormat: null,
      // The one request that this browser was sent away with. That it is used once is the matter of whoever calls.
      cacheProvider: {
        saveAsync: async () => null,
        getAsync: async (id) => (id === expected.requestId ? new Date(expected.now).toISOString() : null),
        removeAsync: async () => null,
      },
    })
    this.#expected = expected
  }

  protected override async processValidlySignedAssertionAsync(
    this: Verifier,
    xml: string,
    samlResponseXml: string,
    inResponseTo: string | null,
  ): ReturnType<SAML['processValidlySignedAssertionAsync']> {
    const assertion = parse(xml)
    shapeOfAssertion(assertion)
    this.facts = judgeAssertion(assertion, this.#expected)
    return await super.processValidlySignedAssertionAsync(xml, samlResponseXml, inResponseTo)
  }
}

type VerifierOptions = {
  readonly expected: Expected
  readonly keys: ResponseKeys
  readonly signed: { readonly response: boolean; readonly assertion: boolean }
  readonly decryptionKey: string | undefined
}

/**
 * Judges an answer: shape, algorithms, signature, then what it says. Whether it was used before is not seen here.
 *
 * @param field  `SAMLResponse` of the form, as it came
 * @throws Refusal saml_malformed | saml_status | saml_unsolicited | saml_algorithm | saml_signature | saml_issuer | saml_recipient |
 * saml_audience | saml_expired | saml_not_yet_valid
 */
export async function verifyResponse(field: string, expected: Expected, keys: ResponseKeys): Promise<Verified> {
  const text = textOf(field)
  const root = parse(text)
  if (root.namespace === namespaces.samlp && root.name === 'Response') requireSuccess(root)
  const { response, responseSigned, assertion } = shapeOfResponse(root)
  requireHead(response, expected.now)
  requireIssuer(response, expected.idpEntityId, { required: false })
  if (response.attributes.get('Destination') !== expected.acsUrl) throw new Refusal('saml_recipient', { detail: 'Destination' })
  requireInResponseTo(response, expected.requestId)

  const cipher = assertion.kind === 'encrypted' ? await open(text, keys.decryptionKeys) : undefined
  const signed = { response: responseSigned, assertion: cipher?.signed ?? (assertion.kind === 'plain' && assertion.signed) }
  if (!signed.response && !signed.assertion) throw unreadable('Neither the response nor the assertion is signed.')

  const verifier = new Verifier({ expected, keys, signed, decryptionKey: cipher?.key })
  const { profile } = await verifier
    .validatePostResponseAsync({ SAMLResponse: Buffer.from(text).toString('base64') })
    .catch((error: unknown) => {
      if (error instanceof Refusal) throw error
      if (verifier.facts === undefined) throw unreadable('No certificate of the connection made this signature over this content.')
      throw malformed(`The library refused it: ${error instanceof Error ? error.message : error}`.slice(0, 300))
    })
  const { facts } = verifier
  // Two parsers have read the verified bytes; that they differ is what attacks are made of.
  if (facts === undefined || profile === null || (profile.nameID?.trim() ?? '') !== (facts.nameId ?? '')) {
    throw malformed('The subject reads in two ways.')
  }
  return {
    ...facts,
    signed: (['response', 'assertion'] as const).filter((part) => signed[part]),
    encrypted: cipher !== undefined,
  }
}
