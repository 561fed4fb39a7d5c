// Owns: attacks by signatures that are missing, broken, or somebody else’s.
import { createPublicKey } from 'node:crypto'
import { factsOf, instant, responseXml, signed } from '../idp.ts'
import { type Attack, afterIssuer, edited, honestAnswer, mallory, minute, signatureIn, signedBy, tampered, withSignature } from './tools.ts'

export const signatures: readonly Attack[] = [
  { name: 'no signature at all', meets: ['saml_signature'], xml: ({ facts }) => responseXml(facts) },
  { name: 'the signature taken away', meets: ['saml_signature'], xml: withSignature(() => '') },
  {
    name: 'the signature of the response taken away, and the assertion changed',
    meets: ['saml_signature'],
    xml: ({ idp, facts }) => {
      const xml = idp.answer(facts, 'both')
      return edited(edited(xml, signatureIn(xml), ''), facts.nameId, mallory)
    },
  },
  {
    name: 'an empty signature',
    meets: ['saml_malformed'],
    xml: withSignature(() => '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'),
  },
  {
    name: 'a signature without SignedInfo',
    meets: ['saml_malformed'],
    xml: withSignature((s) => edited(s, /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/, '')),
  },
  {
    name: 'a signature without SignatureValue',
    meets: ['saml_malformed'],
    xml: withSignature((s) => edited(s, /<ds:SignatureValue>[\s\S]*<\/ds:SignatureValue>/, '')),
  },
  {
    name: 'an empty SignatureValue',
    meets: ['saml_signature', 'saml_malformed'],
    xml: withSignature((s) => edited(s, /(?<=<ds:SignatureValue>)[^<]*/, '')),
  },
  {
    name: 'an empty DigestValue',
    meets: ['saml_signature', 'saml_malformed'],
    xml: withSignature((s) => edited(s, /(?<=<ds:DigestValue>)[^<]*/, '')),
  },
  {
    name: 'a signature of a key that nobody declared',
    meets: ['saml_signature'],
    xml: (world) => signedBy({ key: world.stranger })(world),
  },
  {
    name: 'a signature of such a key that says it is the declared one',
    meets: ['saml_signature'],
    xml: (world) => signedBy({ key: { privateKey: world.stranger.privateKey, certificate: world.idp.key.certificate } })(world),
  },
  {
    name: 'a signature that holds its own public key as KeyValue',
    meets: ['saml_signature'],
    xml: (world) => {
      const { n, e } = createPublicKey(world.stranger.certificate).export({ format: 'jwk' })
      const base64 = (text: string | undefined): string => Buffer.from(text ?? '', 'base64url').toString('base64')
      const value = `<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${base64(n)}</ds:Modulus><ds:Exponent>${base64(e)}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>`
      return edited(signedBy({ key: world.stranger })(world), /<ds:KeyInfo>[\s\S]*?<\/ds:KeyInfo>/, value)
    },
  },
  {
    name: 'a signature of our own key, whose certificate the metadata shows',
    meets: ['saml_signature'],
    xml: (world) => signedBy({ key: world.ours })(world),
  },
  {
    name: 'the signature of another assertion',
    meets: ['saml_signature'],
    xml: (world) => withSignature(() => signatureIn(world.idp.answer(factsOf({ requestId: world.facts.requestId }))))(world),
  },
  {
    name: 'the response signed by a stranger, the assertion by the identity provider',
    meets: ['saml_signature'],
    xml: (world) => signed(honestAnswer(world), world.facts.responseId, { key: world.stranger }),
  },
  {
    name: 'the response signed by the identity provider, the assertion by a stranger',
    meets: ['saml_signature'],
    xml: ({ idp, stranger, facts }) =>
      signed(signed(responseXml(facts), facts.assertionId, { key: stranger }), facts.responseId, { key: idp.key }),
  },
  { name: 'two signatures', meets: ['saml_malformed'], xml: withSignature((s) => s + s) },
  {
    name: 'a forged signature before the real one',
    meets: ['saml_malformed'],
    xml: (world) => withSignature((s) => signatureIn(signedBy({ key: world.stranger })(world)) + s)(world),
  },
  {
    name: 'the signature not in the assertion but beside it',
    meets: ['saml_malformed', 'saml_signature'],
    xml: (world) => {
      const xml = honestAnswer(world)
      const signature = signatureIn(xml)
      return afterIssuer(edited(xml, signature, ''), signature)
    },
  },
  ...(
    [
      ['NameID', '>amelie.laurent@aldermoor.example</saml:NameID>', `>${mallory}</saml:NameID>`],
      ['an attribute', 'Amélie', 'Mallory'],
      ['the audience', /(?<=<saml:Audience>)[^<]*/, 'https://elsewhere.example/metadata'],
      ['the time of the end', /NotOnOrAfter="[^"]*"/, `NotOnOrAfter="${instant(Date.now() + 4 * minute)}"`],
      ['the recipient', /Recipient="[^"]*"/, 'Recipient="https://elsewhere.example/acs"'],
      ['the format of NameID', 'nameid-format:emailAddress', 'nameid-format:persistent'],
      ['the name of an attribute', 'Name="mail"', 'Name="sub"'],
      ['the session index', 'SessionIndex="_session"', 'SessionIndex="_other"'],
      ['the digest', /(?<=<ds:DigestValue>)...../, 'AAAAA'],
      ['the signature', /(?<=<ds:SignatureValue>)...../, 'AAAAA'],
      ['what is signed', /<ds:SignedInfo>/, '<ds:SignedInfo Id="_i">'],
    ] as const
  ).map(
    ([what, from, to]): Attack => ({ name: `${what} changed after it was signed`, meets: ['saml_signature'], xml: tampered(from, to) }),
  ),
]
