// Owns: that answers of honest identity providers are accepted, in the forms in which they come.
import { X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CertifiedKey, makeCertifiedKey } from '../../src/access/saml/certificate.ts'
import { type ResponseKeys, verifyResponse } from '../../src/access/saml/response.ts'
import {
  algorithms,
  assertionXml,
  encrypted,
  type Facts,
  factsOf,
  fieldOf,
  honest,
  type Idp,
  makeIdp,
  newId,
  responseXml,
  signed,
} from './idp.ts'

let idp: Idp
let ours: CertifiedKey
let older: CertifiedKey
let keys: ResponseKeys
beforeAll(async () => {
  idp = await makeIdp()
  ours = await makeCertifiedKey({ name: 'Voilà', now: Date.now() })
  older = await makeCertifiedKey({ name: 'Voilà', now: Date.now() })
  keys = { idpCertificates: [idp.key.certificate], decryptionKeys: [ours.privateKey, older.privateKey] }
})

function verify(xml: string, facts: Facts, more: Partial<ResponseKeys> = {}) {
  const expected = {
    idpEntityId: honest.issuer,
    audience: honest.audience,
    acsUrl: honest.acsUrl,
    requestId: facts.requestId,
    now: Date.now(),
  }
  return verifyResponse(fieldOf(xml), expected, { ...keys, ...more })
}

describe('an honest answer', () => {
  test.each(['assertion', 'response', 'both'] as const)('is accepted where %s is signed', async (what) => {
    const facts = factsOf({ requestId: newId() })
    const verified = await verify(idp.answer(facts, what), facts)
    expect(verified).toEqual({
      assertionId: facts.assertionId,
      nameId: facts.nameId,
      nameIdFormat: facts.nameIdFormat,
      attributes: new Map(Object.entries(honest.attributes)),
      signed: what === 'both' ? ['response', 'assertion'] : [what],
      encrypted: false,
    })
  })

  test('that nobody asked for is accepted where it says so everywhere', async () => {
    const facts = factsOf({ requestId: null })
    expect((await verify(idp.answer(facts), facts)).nameId).toBe(facts.nameId)
  })

  test.each([algorithms.rsaSha256, algorithms.rsaSha512, algorithms.rsaPss])('signed with %s is accepted', async (method) => {
    const facts = factsOf({ requestId: newId() })
    const xml = signed(responseXml(facts), facts.assertionId, { key: idp.key, method, digest: algorithms.sha512 })
    expect((await verify(xml, facts)).nameId).toBe(facts.nameId)
  })

  test('signed with the next of two certificates is accepted', async () => {
    const next = await makeCertifiedKey({ name: 'next', now: Date.now() })
    const facts = factsOf({ requestId: newId() })
    const xml = signed(responseXml(facts), facts.assertionId, { key: next })
    await expect(verify(xml, facts, { idpCertificates: [idp.key.certificate, next.certificate] })).resolves.toBeDefined()
  })

  test.each([
    'http://www.w3.org/2009/xmlenc11#aes128-gcm',
    'http://www.w3.org/2009/xmlenc11#aes256-gcm',
    'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
    'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  ] as const)('encrypted with %s is accepted, the assertion signed inside', async (algorithm) => {
    const facts = factsOf({ requestId: newId() })
    const assertion = signed(assertionXml(facts), facts.assertionId, { key: idp.key })
    const xml = responseXml(facts, await encrypted(assertion, { certificate: ours.certificate, algorithm }))
    expect(await verify(xml, facts)).toMatchObject({ nameId: facts.nameId, signed: ['assertion'], encrypted: true })
  })

  test('encrypted is accepted where the response around it is signed', async () => {
    const facts = factsOf({ requestId: newId() })
    const cipher = await encrypted(assertionXml(facts), { certificate: ours.certificate })
    const xml = signed(responseXml(facts, cipher), facts.responseId, { key: idp.key })
    expect(await verify(xml, facts)).toMatchObject({ nameId: facts.nameId, signed: ['response'], encrypted: true })
  })

  test('encrypted for our certificate before the present one is accepted', async () => {
    const facts = factsOf({ requestId: newId() })
    const assertion = signed(assertionXml(facts), facts.assertionId, { key: idp.key })
    const xml = responseXml(facts, await encrypted(assertion, { certificate: older.certificate }))
    expect((await verify(xml, facts)).encrypted).toBe(true)
  })

  test.each<[string, (facts: Facts) => Facts]>([
    ['an accent and an entity in a name', (facts) => ({ ...facts, attributes: { givenName: ['Zo&#xeb; &amp; Bj&#246;rn'] } })],
    ['an attribute of several values', (facts) => ({ ...facts, attributes: { groups: ['a', 'b'] } })],
    ['a clock 50 s ahead of ours', (facts) => ({ ...facts, now: facts.now + 50_000 })],
    ['a clock 50 s behind ours', (facts) => ({ ...facts, now: facts.now - 50_000 })],
  ])('with %s is accepted', async (_what, change) => {
    const facts = change(factsOf({ requestId: newId() }))
    await expect(verify(idp.answer(facts), facts)).resolves.toBeDefined()
  })

  test('whose attribute holds an element gives no value for it', async () => {
    const facts = factsOf({ requestId: newId(), attributes: { targetedId: ['<saml:NameID>opaque</saml:NameID>'], mail: ['a@b.example'] } })
    const { attributes } = await verify(idp.answer(facts), facts)
    expect([attributes.get('targetedId'), attributes.get('mail')]).toEqual([[], ['a@b.example']])
  })

  test('with an XML declaration, lines between its elements and wrapped Base64 is accepted', async () => {
    const facts = factsOf({ requestId: newId() })
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${idp.answer(facts).replace('<samlp:Status>', '\n  <samlp:Status>')}\n`
    const field = fieldOf(xml).replace(/.{76}/g, '$&\r\n')
    const expected = {
      idpEntityId: honest.issuer,
      audience: honest.audience,
      acsUrl: honest.acsUrl,
      requestId: facts.requestId,
      now: Date.now(),
    }
    await expect(verifyResponse(field, expected, keys)).resolves.toBeDefined()
  })
})

test('our certificate is one that signs itself, good from now for five years', () => {
  const certificate = new X509Certificate(ours.certificate)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(certificate.subject).toBe('CN=Voilà')
  expect(certificate.issuer).toBe('CN=Voilà')
  expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now())
  expect(Date.parse(certificate.validTo) - Date.now()).toBeGreaterThan(4.9 * 365 * 86_400_000)
  expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
})
