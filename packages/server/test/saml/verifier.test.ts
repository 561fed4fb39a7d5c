// Owns: that answers are judged in another thread as in this one, that no text takes one long, and that one that ends is replaced.
import { Refusal } from '@voila/protocol'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Expected } from '../../src/access/saml/assertion.ts'
import { makeCertifiedKey } from '../../src/access/saml/certificate.ts'
import { verifyResponse } from '../../src/access/saml/response.ts'
import { createVerifier } from '../../src/access/saml/verifier.ts'
import { factsOf, fieldOf, honest, type Idp, makeIdp, newId } from './idp.ts'

// Node 20 runs no .ts in a worker: the built one.
const file = new URL('../../dist/access/saml/verify-worker.js', import.meta.url)

let idp: Idp
let decryptionKeys: string[]
beforeAll(async () => {
  idp = await makeIdp()
  decryptionKeys = [(await makeCertifiedKey({ name: 'ours', now: Date.now() })).privateKey]
})
const facts = () => factsOf({ requestId: newId() })
const expectedOf = (requestId: string | null): Expected => ({
  idpEntityId: honest.issuer,
  audience: honest.audience,
  acsUrl: honest.acsUrl,
  requestId,
  now: Date.now(),
})
const keys = () => ({ idpCertificates: [idp.key.certificate], decryptionKeys })
const outcome = (judged: Promise<unknown>): Promise<unknown> =>
  judged.catch((error: unknown) => (error instanceof Refusal ? { code: error.code, detail: error.detail } : error))

describe('the threads', () => {
  let verifier: ReturnType<typeof createVerifier>
  const errors: unknown[] = []
  afterEach(async () => {
    await verifier.close()
    expect(errors).toEqual([])
  })

  test('judge as this one does, many at once, whatever comes of it', async () => {
    verifier = createVerifier({ file, onError: (error) => void errors.push(error) })
    const given = Array.from({ length: 12 }, (_, n) => {
      const one = facts()
      const said = [one, { ...one, audience: 'https://elsewhere.example' }, { ...one, now: one.now - 3_600_000 }][n % 3] ?? one
      return { field: fieldOf(idp.answer(said)), expected: expectedOf(one.requestId) }
    })
    const there = await Promise.all(given.map(({ field, expected }) => outcome(verifier.verify(field, expected, keys()))))
    const here = await Promise.all(given.map(({ field, expected }) => outcome(verifyResponse(field, expected, keys()))))
    expect(there).toEqual(here)
    expect(there.filter((one) => (one as { nameId?: string }).nameId !== undefined)).toHaveLength(4)
  })

  test('that are ended turn nobody away for good, and are replaced', async () => {
    verifier = createVerifier({ file, onError: (error) => void errors.push(error) })
    const one = facts()
    const first = outcome(verifier.verify(fieldOf(idp.answer(one)), expectedOf(one.requestId), keys()))
    await verifier.close()
    expect(await first).toMatchObject({ code: 'unavailable' })
    expect(await outcome(verifier.verify(fieldOf(idp.answer(one)), expectedOf(one.requestId), keys()))).toMatchObject({
      nameId: one.nameId,
    })
  })
})

const many = 240_000
const hostile: readonly (readonly [string, string])[] = [
  ['spaces in a tag', `<a${' '.repeat(many)}`],
  ['attributes without an end', `<a${' b="1"'.repeat(many / 6)}`],
  ['attributes with spaces around', `<a${' b  =  "1"'.repeat(many / 10)}<`],
  ['names that go on', `<${'a'.repeat(many)}`],
  ['names with colons', `<${'a:'.repeat(many / 2)}`],
  ['an attribute without its quote', `<a b="${'x'.repeat(many)}`],
  ['levels', '<a>'.repeat(many / 3)],
  ['elements', `<r>${'<a/>'.repeat(many / 4)}</r>`],
  ['attributes of one element', `<r ${Array.from({ length: 20_000 }, (_, n) => `a${n}=""`).join(' ')}/>`],
  ['namespaces', `<r ${Array.from({ length: 9_000 }, (_, n) => `xmlns:a${n}="urn:${n}"`).join(' ')}/>`],
  ['references', `<a>${'&amp;'.repeat(many / 5)}</a>`],
  ['numbers', `<a>${'&#x41;'.repeat(many / 6)}</a>`],
  ['ampersands', '&'.repeat(many)],
  ['what might be an encrypted assertion', '<EncryptedAssertion '.repeat(many / 20)],
  ['Base64 lines', '\n'.repeat(many)],
]
test.each(hostile)('a quarter of a megabyte of %s is refused in no time', async (_what, xml) => {
  const begun = process.cpuUsage()
  expect(await outcome(verifyResponse(fieldOf(xml), expectedOf('_a'), keys()))).toMatchObject({ code: 'saml_malformed' })
  const { user } = process.cpuUsage(begun)
  // CPU time, in microseconds: a square of its length would be minutes.
  expect(user).toBeLessThan(3_000_000)
})
