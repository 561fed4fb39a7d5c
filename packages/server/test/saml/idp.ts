// Owns: an identity provider for tests, which signs whatever it is told to: also what no honest one would.
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { SignedXml } from 'xml-crypto'
import { type EncryptionAlgorithm, encrypt, type KeyEncryptionAlgorithm } from 'xml-encryption'
import { type CertifiedKey, makeCertifiedKey } from '../../src/access/saml/certificate.ts'

export type Facts = {
  /** Unix milliseconds. */
  now: number
  issuer: string
  acsUrl: string
  audience: string
  requestId: string | null
  responseId: string
  assertionId: string
  nameId: string
  nameIdFormat: string
  /** XML of the values, by the attributes' names. */
  attributes: Readonly<Record<string, readonly string[]>>
}

export const algorithms = {
  rsaSha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  rsaSha512: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  rsaPss: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  sha1: 'http://www.w3.org/2000/09/xmldsig#sha1',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha512: 'http://www.w3.org/2001/04/xmlenc#sha512',
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  c14n: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  c14nWithComments: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  exclusiveWithComments: 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
} as const

const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
export const instant = (ms: number): string => new Date(ms).toISOString()
export const newId = (): string => `_${randomBytes(16).toString('hex')}`

export const honest = {
  issuer: 'https://idp.aldermoor.example/metadata',
  acsUrl: 'https://live.example.com/saml/0198c0de-0000-7000-8000-000000000001/acs',
  audience: 'https://live.example.com/saml/0198c0de-0000-7000-8000-000000000001/metadata',
  attributes: {
    givenName: ['Amélie'],
    surname: ['Laurent'],
    mail: ['amelie.laurent@aldermoor.example'],
  },
} as const

/** What an honest identity provider would say, but for what is given. */
export function factsOf(given: Partial<Facts> & Pick<Facts, 'requestId'>): Facts {
  return {
    now: Date.now(),
    ...honest,
    responseId: newId(),
    assertionId: newId(),
    nameId: 'amelie.laurent@aldermoor.example',
    nameIdFormat: emailFormat,
    ...given,
  }
}

export function assertionXml(facts: Facts): string {
  const { now, issuer, acsUrl, audience, requestId, assertionId, nameId, nameIdFormat } = facts
  const until = instant(now + 300_000)
  const attributes = Object.entries(facts.attributes)
    .map(
      ([name, values]) =>
        `<saml:Attribute Name="${name}">${values
          .map(
            (value) =>
              `<saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">${value}</saml:AttributeValue>`,
          )
          .join('')}</saml:Attribute>`,
    )
    .join('')
  return (
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${assertionId}" Version="2.0" IssueInstant="${instant(now)}">` +
    `<saml:Issuer>${issuer}</saml:Issuer>` +
    `<saml:Subject><saml:NameID Format="${nameIdFormat}">${nameId}</saml:NameID>` +
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">' +
    `<saml:SubjectConfirmationData${requestId === null ? '' : ` InResponseTo="${requestId}"`} NotOnOrAfter="${until}" Recipient="${acsUrl}"/>` +
    '</saml:SubjectConfirmation></saml:Subject>' +
    `<saml:Conditions NotBefore="${instant(now - 30_000)}" NotOnOrAfter="${until}">` +
    `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${instant(now - 5_000)}" SessionIndex="_session"><saml:AuthnContext>` +
    '<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>' +
    '</saml:AuthnContext></saml:AuthnStatement>' +
    `<saml:AttributeStatement>${attributes}</saml:AttributeStatement></saml:Assertion>`
  )
}

export function responseXml(facts: Facts, assertion: string = assertionXml(facts)): string {
  const { now, issuer, acsUrl, requestId, responseId } = facts
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${responseId}" Version="2.0" ` +
    `IssueInstant="${instant(now)}" Destination="${acsUrl}"${requestId === null ? '' : ` InResponseTo="${requestId}"`}>` +
    `<saml:Issuer>${issuer}</saml:Issuer>` +
    '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>' +
    `${assertion}</samlp:Response>`
  )
}

export type SignOptions = {
  key: CertifiedKey
  method?: string
  digest?: string
  transforms?: readonly string[]
  canonicalization?: string
}

/** Puts a signature of the element with this id after its Issuer. */
export function signed(xml: string, id: string, options: SignOptions): string {
  const signer = new SignedXml({
    privateKey: options.key.privateKey,
    publicCert: options.key.certificate,
    signatureAlgorithm: options.method ?? algorithms.rsaSha256,
    canonicalizationAlgorithm: (options.canonicalization ?? algorithms.exclusive) as typeof algorithms.exclusive,
  })
  const xpath = `//*[@ID='${id}']`
  signer.addReference({
    xpath,
    transforms: [...(options.transforms ?? [algorithms.enveloped, algorithms.exclusive])],
    digestAlgorithm: options.digest ?? algorithms.sha256,
  })
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: `${xpath}/*[local-name(.)='Issuer']`, action: 'after' },
  })
  return signer.getSignedXml()
}

export type EncryptOptions = { certificate: string; algorithm?: EncryptionAlgorithm; keyAlgorithm?: KeyEncryptionAlgorithm }

/** The assertion as a cipher that only whoever holds the certificate's key reads. */
export async function encrypted(assertion: string, options: EncryptOptions): Promise<string> {
  const data = await promisify(encrypt)(assertion, {
    rsa_pub: createPublicKey(options.certificate).export({ type: 'spki', format: 'pem' }).toString(),
    pem: options.certificate,
    encryptionAlgorithm: options.algorithm ?? 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
    keyEncryptionAlgorithm: options.keyAlgorithm ?? 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    warnInsecureAlgorithm: false,
  })
  return `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${data}</saml:EncryptedAssertion>`
}

export const fieldOf = (xml: string): string => Buffer.from(xml).toString('base64')

/** An identity provider with keys of its own. */
export async function makeIdp({
  entityId = honest.issuer,
  ssoUrl = 'https://idp.aldermoor.example/sso',
}: {
  entityId?: string
  ssoUrl?: string
} = {}) {
  const key = await makeCertifiedKey({ name: 'idp.aldermoor.example', now: Date.now() })
  const keyDescriptor = (certificate: string): string =>
    `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate.replace(/-----[A-Z ]+-----|\n/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
  return {
    entityId,
    ssoUrl,
    key,
    /** The answer of an honest one: the assertion signed, or the response, or both. */
    answer(facts: Facts, what: 'assertion' | 'response' | 'both' = 'assertion'): string {
      let xml = responseXml(facts)
      if (what !== 'response') xml = signed(xml, facts.assertionId, { key })
      return what === 'assertion' ? xml : signed(xml, facts.responseId, { key })
    },
    metadata: (certificates: readonly string[] = [key.certificate]): string =>
      '<?xml version="1.0"?>\n<!-- made by a test -->\n' +
      `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">` +
      '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">' +
      certificates.map(keyDescriptor).join('') +
      `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoUrl}"/>` +
      '</md:IDPSSODescriptor></md:EntityDescriptor>',
  }
}

export type Idp = Awaited<ReturnType<typeof makeIdp>>

/** Signs bytes as the key of a certificate would, for signatures that no library makes. */
export const privateKeyOf = (key: CertifiedKey) => createPrivateKey(key.privateKey)
