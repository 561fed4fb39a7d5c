// Owns: attacks by algorithms and references that prove nothing.
import { createHmac } from 'node:crypto'
import { algorithms, type signed } from '../idp.ts'
import { type Attack, edited, honestAnswer, signedBy, tampered, withObject, withSignature } from './tools.ts'

const signedWith = (changes: Partial<Parameters<typeof signed>[2]>): Attack['xml'] => signedBy(changes)
const { enveloped, exclusive } = algorithms

export const algorithmAttacks: readonly Attack[] = [
  { name: 'RSA with SHA-1', meets: ['saml_algorithm'], xml: signedWith({ method: algorithms.rsaSha1 }) },
  { name: 'a digest by SHA-1', meets: ['saml_algorithm'], xml: signedWith({ digest: algorithms.sha1 }) },
  { name: 'SHA-1 throughout', meets: ['saml_algorithm'], xml: signedWith({ method: algorithms.rsaSha1, digest: algorithms.sha1 }) },
  { name: 'inclusive canonicalization of SignedInfo', meets: ['saml_algorithm'], xml: signedWith({ canonicalization: algorithms.c14n }) },
  {
    name: 'canonicalization of SignedInfo with comments',
    meets: ['saml_algorithm'],
    xml: signedWith({ canonicalization: algorithms.exclusiveWithComments }),
  },
  {
    name: 'inclusive canonicalization with comments of SignedInfo',
    meets: ['saml_algorithm'],
    xml: signedWith({ canonicalization: algorithms.c14nWithComments }),
  },
  ...(
    [
      ['inclusive canonicalization', [enveloped, algorithms.c14n]],
      ['canonicalization with comments', [enveloped, algorithms.exclusiveWithComments]],
      ['no canonicalization', [enveloped]],
      ['canonicalization before the signature is taken out', [exclusive, enveloped]],
      ['canonicalization twice', [enveloped, exclusive, exclusive]],
    ] as const
  ).map(([what, transforms]): Attack => ({ name: `transforms: ${what}`, meets: ['saml_algorithm'], xml: signedWith({ transforms }) })),
  ...(
    [
      ['XSLT', 'http://www.w3.org/TR/1999/REC-xslt-19991116'],
      ['XPath', 'http://www.w3.org/TR/1999/REC-xpath-19991116'],
      ['an XPath filter', 'http://www.w3.org/2002/06/xmldsig-filter2'],
      ['Base64', 'http://www.w3.org/2000/09/xmldsig#base64'],
      ['one that nobody knows', 'urn:evil'],
    ] as const
  ).map(
    ([what, uri]): Attack => ({
      name: `a transform more: ${what}`,
      meets: ['saml_algorithm'],
      xml: tampered('</ds:Transforms>', `<ds:Transform Algorithm="${uri}"/></ds:Transforms>`),
    }),
  ),
  {
    name: 'an XPath in a transform',
    meets: ['saml_malformed'],
    xml: tampered(
      `<ds:Transform Algorithm="${enveloped}"/>`,
      `<ds:Transform Algorithm="${enveloped}"><ds:XPath>1</ds:XPath></ds:Transform>`,
    ),
  },
  ...(
    [
      ['HMAC-SHA1', 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'],
      ['HMAC-SHA256', 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'],
      ['RSA with MD5', 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5'],
      ['DSA', 'http://www.w3.org/2000/09/xmldsig#dsa-sha1'],
      ['no algorithm', ''],
      ['one that nobody knows', 'urn:evil'],
    ] as const
  ).map(
    ([what, uri]): Attack => ({
      name: `the signature said to be ${what}`,
      meets: ['saml_algorithm'],
      xml: tampered(`<ds:SignatureMethod Algorithm="${algorithms.rsaSha256}"`, `<ds:SignatureMethod Algorithm="${uri}"`),
    }),
  ),
  {
    name: 'an HMAC with the certificate as its secret',
    meets: ['saml_algorithm'],
    xml: (world) => {
      const xml = edited(honestAnswer(world), algorithms.rsaSha256, 'http://www.w3.org/2000/09/xmldsig#hmac-sha1')
      const info = /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/.exec(xml)?.[0] ?? ''
      const mac = createHmac('sha1', world.idp.key.certificate).update(info).digest('base64')
      return edited(xml, /(?<=<ds:SignatureValue>)[^<]*/, mac)
    },
  },
  {
    name: 'a digest by MD5',
    meets: ['saml_algorithm'],
    xml: tampered(
      `<ds:DigestMethod Algorithm="${algorithms.sha256}"`,
      '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#md5"',
    ),
  },
  {
    name: 'two references',
    meets: ['saml_malformed'],
    xml: withSignature((s) =>
      edited(s, /<ds:Reference[\s\S]*<\/ds:Reference>/, (/<ds:Reference[\s\S]*<\/ds:Reference>/.exec(s)?.[0] ?? '').repeat(2)),
    ),
  },
  { name: 'a reference to the whole document', meets: ['saml_signature'], xml: tampered(/URI="[^"]*"/, 'URI=""') },
  { name: 'a reference without an address', meets: ['saml_signature'], xml: tampered(/ URI="[^"]*"/, '') },
  { name: 'a reference to something elsewhere', meets: ['saml_signature'], xml: tampered(/URI="[^"]*"/, 'URI="https://evil.example/x"') },
  { name: 'a reference by XPointer', meets: ['saml_signature'], xml: tampered(/URI="[^"]*"/, 'URI="#xpointer(id(\'x\'))"') },
  { name: 'a reference with a quote', meets: ['saml_signature'], xml: tampered(/URI="[^"]*"/, "URI=\"#a' or '1'='1\"") },
  {
    name: 'two SignedInfo',
    meets: ['saml_malformed'],
    xml: withSignature((s) =>
      edited(s, /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/, (/<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/.exec(s)?.[0] ?? '').repeat(2)),
    ),
  },
  {
    name: 'two digests',
    meets: ['saml_malformed'],
    xml: tampered('<ds:DigestValue>', '<ds:DigestValue>AAAA</ds:DigestValue><ds:DigestValue>'),
  },
  {
    name: 'two signature values',
    meets: ['saml_malformed'],
    xml: tampered('<ds:SignatureValue>', '<ds:SignatureValue>AAAA</ds:SignatureValue><ds:SignatureValue>'),
  },
  { name: 'an element in the digest', meets: ['saml_malformed'], xml: tampered(/(?<=<ds:DigestValue>)/, '<x xmlns="urn:x">AAAA</x>') },
  { name: 'a manifest in the signature', meets: ['saml_malformed'], xml: withSignature((s) => withObject(s, '<ds:Manifest/>')) },
  {
    name: 'KeyInfo before SignedInfo, with another SignatureMethod in it',
    meets: ['saml_malformed'],
    xml: withSignature((s) =>
      edited(s, '<ds:SignedInfo>', `<ds:KeyInfo><ds:SignatureMethod Algorithm="${algorithms.rsaSha1}"/></ds:KeyInfo><ds:SignedInfo>`),
    ),
  },
  {
    name: 'SignedInfo after SignatureValue',
    meets: ['saml_malformed'],
    xml: withSignature((s) => {
      const value = /<ds:SignatureValue>[\s\S]*<\/ds:SignatureValue>/.exec(s)?.[0] ?? ''
      return edited(edited(s, value, ''), '<ds:SignedInfo>', `${value}<ds:SignedInfo>`)
    }),
  },
]
