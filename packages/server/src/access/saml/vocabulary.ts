// Owns: which elements an answer may be made of, and which algorithms may have made it. What is not named here is refused.

export const namespaces = {
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xenc: 'http://www.w3.org/2001/04/xmlenc#',
  ec: 'http://www.w3.org/2001/10/xml-exc-c14n#',
} as const

/** text: no element inside. any: whatever, but see `nowhereElse`. Otherwise the elements that may be inside; `*` where more than one may. */
type Content = 'text' | 'any' | readonly string[]

/** Closed: an element that could hide another assertion or signature has no place to stand. */
export const contents: Readonly<Record<string, Content>> = {
  'samlp:Response': ['saml:Issuer', 'ds:Signature', 'samlp:Status', 'saml:Assertion', 'saml:EncryptedAssertion'],
  'samlp:Status': ['samlp:StatusCode', 'samlp:StatusMessage'],
  'samlp:StatusCode': ['samlp:StatusCode'],
  'samlp:StatusMessage': 'text',

  'saml:EncryptedAssertion': ['xenc:EncryptedData', 'xenc:EncryptedKey'],
  'saml:Assertion': ['saml:Issuer', 'ds:Signature', 'saml:Subject', 'saml:Conditions', 'saml:AuthnStatement*', 'saml:AttributeStatement*'],
  'saml:Issuer': 'text',
  'saml:Subject': ['saml:NameID', 'saml:SubjectConfirmation'],
  'saml:NameID': 'text',
  'saml:SubjectConfirmation': ['saml:SubjectConfirmationData'],
  'saml:SubjectConfirmationData': [],
  'saml:Conditions': ['saml:AudienceRestriction*', 'saml:OneTimeUse', 'saml:ProxyRestriction'],
  'saml:AudienceRestriction': ['saml:Audience*'],
  'saml:ProxyRestriction': ['saml:Audience*'],
  'saml:Audience': 'text',
  'saml:OneTimeUse': [],
  'saml:AuthnStatement': ['saml:SubjectLocality', 'saml:AuthnContext'],
  'saml:SubjectLocality': [],
  'saml:AuthnContext': ['saml:AuthnContextClassRef', 'saml:AuthnContextDeclRef', 'saml:AuthenticatingAuthority*'],
  'saml:AuthnContextClassRef': 'text',
  'saml:AuthnContextDeclRef': 'text',
  'saml:AuthenticatingAuthority': 'text',
  'saml:AttributeStatement': ['saml:Attribute*'],
  'saml:Attribute': ['saml:AttributeValue*'],
  'saml:AttributeValue': 'any',

  'ds:Signature': ['ds:SignedInfo', 'ds:SignatureValue', 'ds:KeyInfo'],
  'ds:SignedInfo': ['ds:CanonicalizationMethod', 'ds:SignatureMethod', 'ds:Reference'],
  'ds:CanonicalizationMethod': ['ec:InclusiveNamespaces'],
  'ds:SignatureMethod': [],
  'ds:Reference': ['ds:Transforms', 'ds:DigestMethod', 'ds:DigestValue'],
  'ds:Transforms': ['ds:Transform*'],
  'ds:Transform': ['ec:InclusiveNamespaces'],
  'ec:InclusiveNamespaces': [],
  'ds:DigestMethod': [],
  'ds:DigestValue': 'text',
  'ds:SignatureValue': 'text',
  // Never trusted: a signature is checked with the certificates of the connection alone.
  'ds:KeyInfo': ['ds:KeyName', 'ds:KeyValue', 'ds:X509Data*', 'ds:RetrievalMethod', 'xenc:EncryptedKey'],
  'ds:KeyName': 'text',
  'ds:KeyValue': ['ds:RSAKeyValue'],
  'ds:RSAKeyValue': ['ds:Modulus', 'ds:Exponent'],
  'ds:Modulus': 'text',
  'ds:Exponent': 'text',
  'ds:RetrievalMethod': [],
  'ds:X509Data': ['ds:X509Certificate*', 'ds:X509SubjectName', 'ds:X509IssuerSerial', 'ds:X509SKI'],
  'ds:X509Certificate': 'text',
  'ds:X509SubjectName': 'text',
  'ds:X509SKI': 'text',
  'ds:X509IssuerSerial': ['ds:X509IssuerName', 'ds:X509SerialNumber'],
  'ds:X509IssuerName': 'text',
  'ds:X509SerialNumber': 'text',

  'xenc:EncryptedData': ['xenc:EncryptionMethod', 'ds:KeyInfo', 'xenc:CipherData'],
  'xenc:EncryptedKey': ['xenc:EncryptionMethod', 'ds:KeyInfo', 'xenc:CipherData', 'xenc:ReferenceList', 'xenc:CarriedKeyName'],
  'xenc:EncryptionMethod': ['ds:DigestMethod'],
  'xenc:CipherData': ['xenc:CipherValue'],
  'xenc:CipherValue': 'text',
  'xenc:ReferenceList': ['xenc:DataReference*'],
  'xenc:DataReference': [],
  'xenc:CarriedKeyName': 'text',
}

/** By local name, in whatever namespace: even where anything may stand, these may not. */
export const nowhereElse: ReadonlySet<string> = new Set(
  [
    'samlp:Response',
    'saml:Assertion',
    'saml:EncryptedAssertion',
    'ds:Signature',
    'ds:SignedInfo',
    'xenc:EncryptedData',
    'xenc:EncryptedKey',
  ].map((name) => name.split(':')[1] ?? ''),
)

/** No SHA-1, nothing with a shared secret. */
export const signatureMethods: ReadonlySet<string> = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
])
export const digestMethods: ReadonlySet<string> = new Set([
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512',
])
export const canonicalization = 'http://www.w3.org/2001/10/xml-exc-c14n#'
/** In this order, and no other: what is signed is the element around the signature, and all of it. */
export const transforms: readonly string[] = ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', canonicalization]

export const contentEncryption: ReadonlySet<string> = new Set([
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
])
/** OAEP alone: RSA 1.5 lets who asks often enough read what he may not (Bleichenbacher). */
export const keyEncryption = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p'
/** Of OAEP, where SHA-1 is no weakness, and what the library and identity providers know. */
export const keyEncryptionDigest = 'http://www.w3.org/2000/09/xmldsig#sha1'

export const bearerMethod = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
export const successStatus = 'urn:oasis:names:tc:SAML:2.0:status:Success'
export const transientFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
