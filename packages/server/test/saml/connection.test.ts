// Owns: how a connection is set up: metadata pasted and fetched, our certificates and their change, the mapping, and the test sign-in.
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AuditAnswer,
  type ListAnswer,
  metadataProblems,
  type SamlAnswer,
  type SamlMapping,
  type SamlTestAnswer,
  type SamlTestMade,
  samlPresets,
} from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeCertifiedKey } from '../../src/access/saml/certificate.ts'
import { type KeyServer, startKeyServer } from '../jwks/key-server.ts'
import { makeSigner, type Running, start } from '../running.ts'
import { Browser, type Company, codeIn, factsFor, formOf, makeCompany, sentTo } from './company.ts'
import { assertionXml, encrypted, type Facts, type Idp, makeIdp, responseXml, signed } from './idp.ts'

let folder: string
let server: KeyServer
let idp: Idp
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voila-saml-'))
  server = await startKeyServer(folder)
  idp = await makeIdp()
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

let running: Running
let clock = 0
beforeEach(async () => {
  clock = 0
  running = await start({ env: { FETCH_PRIVATE_HOSTS: server.host, FETCH_CA_FILE: server.caFile }, now: () => Date.now() + clock })
})
afterEach(() => running.close())

const pathOf = (organizationId: string): string => `/api/organizations/${organizationId}/saml`
const publish = (xml: string): void => server.answers((_request, response) => response.writeHead(200).end(xml))
/** Signs in and says how it went: where to, or the code. */
async function signIn(company: Company, answer: (facts: Facts) => string | Promise<string> = (facts) => company.idp.answer(facts)) {
  const browser = new Browser(running)
  const sent = await browser.leave(company.programId)
  const back = await browser.comeBack(company.organizationId, formOf(await answer(factsFor(company, sent)), sent.relayState))
  return back.status === 303 ? (back.headers.get('location') ?? '') : codeIn(back)
}

describe('a connection', () => {
  test('is prepared first, so that the identity provider can be told of us', async () => {
    const { organizationId } = await makeSigner(running)
    const path = pathOf(organizationId)
    expect((await running.admin('GET', path)).body).toMatchObject({ code: 'saml_connection_unknown' })
    const { status, body } = await running.admin<SamlAnswer>('POST', path)
    expect(status).toBe(201)
    const base = `http://localhost:${running.platform.port}/saml/${organizationId}`
    expect(body).toMatchObject({
      enabled: false,
      identityProvider: null,
      serviceProvider: { entityId: `${base}/metadata`, acsUrl: `${base}/acs`, metadataUrl: `${base}/metadata` },
      consent: 'ask',
      idpInitiated: false,
    })
    expect((await running.admin('POST', path)).body).toMatchObject({ code: 'conflict' })
    expect((await running.admin('PATCH', path, { enabled: true })).body).toMatchObject({ code: 'conflict' })

    const metadata = await running.call(`/saml/${organizationId}/metadata`)
    expect(metadata.headers.get('content-type')).toBe('application/samlmetadata+xml; charset=utf-8')
    expect(metadata.text).toContain(`entityID="${base}/metadata"`)
    expect(metadata.text).toContain(`Location="${base}/acs"`)
    expect(metadata.text).toContain('AuthnRequestsSigned="true"')
    const [own] = body.serviceProvider.certificates
    const base64 = (own?.pem ?? '').replace(/-----[A-Z ]+-----|\s/g, '')
    expect(metadata.text.replace(/\s/g, '').split(base64)).toHaveLength(3)
    expect(new X509Certificate(own?.pem ?? '').subject).toBe('CN=Voilà Aldermoor')
    expect((await running.call(`/saml/${'0'.repeat(36)}/metadata`)).status).toBe(404)
  })

  test('keeps its private keys sealed, and shows them nowhere', async () => {
    const { organizationId } = await makeCompany(running, { idp })
    const store = await running.database.open()
    const row = await store.db
      .selectFrom('saml_connections')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toMatch(/PRIVATE KEY/)
    expect(JSON.parse(row.keys)[0].privateKey).toMatch(/^[A-Za-z0-9_-]{1500,}$/)
    expect((await running.admin('GET', pathOf(organizationId))).text).not.toMatch(/PRIVATE/)
    const audit = await running.admin<ListAnswer<AuditAnswer>>('GET', `/api/organizations/${organizationId}/audit`)
    expect(audit.body.items.map(({ action }) => action)).toEqual(expect.arrayContaining(['saml.prepared', 'saml.changed']))
    expect(audit.text).not.toMatch(/BEGIN|PRIVATE/)
  })
})

/** Self-signed, made with openssl: of a P-256 key, and of one with 1,024 bits. */
const ellipticCertificate =
  'MIIBdDCCARmgAwIBAgIURF4337RfTZyKn+EmJqTwyIhYOwkwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjQwODIwMzlaFw0zNjExMjEwODIwMzlaMA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARtGk7zkszcvAYW4HMpxu3MA2oNSsZ1ciZsJRmPQD/nC88K0ds0Dg993v/ef7ar8oVJ90ZIuNowHeuhVRW91QKlo1MwUTAdBgNVHQ4EFgQUjAMqheLMJ80quek/O1uCCPaXo8YwHwYDVR0jBBgwFoAUjAMqheLMJ80quek/O1uCCPaXo8YwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA83d9YwPLk8vH5RVc46ySuxmShOqZ7H27NyCs5/bjPDYCIQDG++qkTVcN0Dioy5E7HyvIrxRczyv+fnjszV3VyjUh5Q=='
const shortCertificate =
  'MIIB+jCCAWOgAwIBAgIUbSmAMsJOOKBr+TkQRXQ/J5m9DdwwDQYJKoZIhvcNAQELBQAwDzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjQwODIwMzlaFw0zNjExMjEwODIwMzlaMA8xDTALBgNVBAMMBHRlc3QwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBALxeZeNuq2dz+/XPSelB4Pu8B06S8A5oRZ8lr2dw3eVWeEbwU2M1FIZEVgi+lbYOHu1ANXtVdur2LrALLbv6lQdv3EPo8W+vRobIk2WNL3c59is7AP9znwRxTPijlmZQfadGjS9y4YzLeLfIOhBFAHn0JyoSIiM8d8vVKVPlv/nTAgMBAAGjUzBRMB0GA1UdDgQWBBS8bYrBO4GYukwnzJSWfi2rmJsAITAfBgNVHSMEGDAWgBS8bYrBO4GYukwnzJSWfi2rmJsAITAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4GBAANrJZA0fi0iG0QYXQeT6bXzCjcXeopHZst/CCX1s/XVe9ydxIioUBLPuwNfZhH0uiimmS+xOUO9sgn0h0sipwq5ugCQbLDI0P9kbvC/9LBMDYCua36wXLedb7rMneuF6Y0oqJ25yVUj83SNtM81D9JQ+vCPg/QuNw7XZV3E/FdB'
const good = (await makeIdp()).metadata()
const badMetadata: readonly (readonly [problem: keyof typeof metadataProblems, what: string, xml: string])[] = [
  ['not_xml', 'a page', '<html><body>Sign in<br></body></html>'],
  ['not_xml', 'nothing much', ' '],
  ['not_xml', 'a DOCTYPE', `<!DOCTYPE md [<!ENTITY e SYSTEM "file:///etc/passwd">]>${good.replace(/^<\?xml[^>]*\?>/, '')}`],
  ['not_metadata', 'another document', '<a xmlns="urn:b"/>'],
  ['no_identity_provider', 'a service provider’s', good.replaceAll('IDPSSODescriptor', 'SPSSODescriptor')],
  ['no_identity_provider', 'one of SAML 1.1', good.replaceAll('SAML:2.0:protocol', 'SAML:1.1:protocol')],
  ['no_identity_provider', 'one without a name', good.replace(/entityID="[^"]*"/, 'entityID=""')],
  [
    'several_identity_providers',
    'a federation’s',
    `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${good.replace(/^<\?xml[^>]*\?>/, '').repeat(2)}</md:EntitiesDescriptor>`,
  ],
  ['no_redirect', 'one that takes POST alone', good.replaceAll('HTTP-Redirect', 'HTTP-POST')],
  ['no_redirect', 'one on plain http', good.replace('Location="https:', 'Location="http:')],
  ['no_redirect', 'one that runs a script', good.replace(/Location="[^"]*"/, 'Location="javascript:alert(1)"')],
  ['no_certificate', 'one without', good.replace(/<md:KeyDescriptor[\s\S]*<\/md:KeyDescriptor>/, '')],
  ['no_certificate', 'one that only encrypts', good.replaceAll('use="signing"', 'use="encryption"')],
  ['no_certificate', 'a broken one', good.replace(/(?<=<ds:X509Certificate>)[^<]*/, 'AAAA')],
  ['weak_certificate', 'an elliptic key', good.replace(/(?<=<ds:X509Certificate>)[^<]*/, ellipticCertificate)],
  ['weak_certificate', 'a short key', good.replace(/(?<=<ds:X509Certificate>)[^<]*/, shortCertificate)],
  ['outdated', 'one of last year', good.replace('<md:EntityDescriptor ', '<md:EntityDescriptor validUntil="2020-01-01T00:00:00Z" ')],
  ['outdated', 'one that never says when', good.replace('<md:EntityDescriptor ', '<md:EntityDescriptor validUntil="soon" ')],
]

describe('metadata', () => {
  test.each(badMetadata)('%s: %s', async (problem, _what, xml) => {
    const { organizationId } = await makeSigner(running)
    await running.admin('POST', pathOf(organizationId))
    const answer = await running.admin('PATCH', pathOf(organizationId), { metadata: { xml } })
    expect([answer.status, answer.body]).toEqual([
      400,
      expect.objectContaining({ code: 'saml_metadata', detail: metadataProblems[problem] }),
    ])
  })

  test('of a federation with one identity provider, with comments, a signature and lines, is read', async () => {
    const { organizationId } = await makeSigner(running)
    await running.admin('POST', pathOf(organizationId))
    const inner = good
      .replace(/^<\?xml[^>]*\?>/, '')
      .replace('<md:IDPSSODescriptor', '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/><md:IDPSSODescriptor')
    const xml = `\uFEFF<?xml version="1.0"?><md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${inner}</md:EntitiesDescriptor>`
    const answer = await running.admin<SamlAnswer>('PATCH', pathOf(organizationId), { metadata: { xml } })
    expect(answer.body.identityProvider).toMatchObject({
      entityId: 'https://idp.aldermoor.example/metadata',
      certificates: [{ subject: 'CN=idp.aldermoor.example' }],
    })
  })

  test('by an address is fetched under guard, and looked at again every day: a new certificate is known before it counts', async () => {
    const company = await makeCompany(running, { idp })
    const next = await makeCertifiedKey({ name: 'next', now: Date.now() })
    publish(idp.metadata())
    const path = pathOf(company.organizationId)
    const set = await running.admin<SamlAnswer>('PATCH', path, { metadata: { url: server.url } })
    expect(set.body.metadata).toMatchObject({ url: server.url, problem: null })
    const signedByNext = (facts: Facts) => signed(responseXml(facts), facts.assertionId, { key: next })
    expect(await signIn(company, signedByNext)).toBe('saml_signature')
    publish(idp.metadata([idp.key.certificate, next.certificate]))
    const looked = await running.admin<SamlAnswer>('POST', `${path}/refresh`)
    expect(looked.body.identityProvider?.certificates).toHaveLength(2)
    expect([await signIn(company), await signIn(company, signedByNext)]).toEqual([`/${company.programId}`, `/${company.programId}`])
  })

  test('that can’t be fetched, or is another’s now, leaves what there was and says why', async () => {
    const company = await makeCompany(running, { idp })
    const path = pathOf(company.organizationId)
    publish(idp.metadata())
    await running.admin('PATCH', path, { metadata: { url: server.url } })
    server.answers((_request, response) => response.writeHead(503).end())
    expect((await running.admin<SamlAnswer>('POST', `${path}/refresh`)).body.metadata.problem).toBe(metadataProblems.status)
    publish((await makeIdp({ entityId: 'https://other.example/metadata' })).metadata())
    const other = await running.admin<SamlAnswer>('POST', `${path}/refresh`)
    expect(other.body.metadata.problem).toBe(metadataProblems.another_identity_provider)
    expect(other.body.identityProvider?.entityId).toBe(idp.entityId)
    expect(await signIn(company)).toBe(`/${company.programId}`)
    publish(idp.metadata())
    expect((await running.admin<SamlAnswer>('POST', `${path}/refresh`)).body.metadata.problem).toBeNull()
  })

  test.each([
    ['https://10.0.0.1/metadata', metadataProblems.address_refused],
    ['https://[::1]/metadata', metadataProblems.address_refused],
  ])('is not fetched from %s', async (url, detail) => {
    const { organizationId } = await makeSigner(running)
    await running.admin('POST', pathOf(organizationId))
    expect((await running.admin('PATCH', pathOf(organizationId), { metadata: { url } })).body).toMatchObject({
      code: 'saml_metadata',
      detail,
    })
  })

  test('that was pasted has no address to look at', async () => {
    const company = await makeCompany(running, { idp })
    expect((await running.admin('POST', `${pathOf(company.organizationId)}/refresh`)).body).toMatchObject({ code: 'conflict' })
  })
})

describe('our certificate', () => {
  const certificates = ({ body }: { body: SamlAnswer }) => body.serviceProvider.certificates
  test('is changed in two steps, both shown between them, and what is encrypted for the one before is read', async () => {
    const company = await makeCompany(running, { idp })
    const path = pathOf(company.organizationId)
    const [first] = company.saml.serviceProvider.certificates
    const cipher = (pem: string) => async (facts: Facts) =>
      responseXml(facts, await encrypted(signed(assertionXml(facts), facts.assertionId, { key: idp.key }), { certificate: pem }))
    expect(await signIn(company, cipher(first?.pem ?? ''))).toBe(`/${company.programId}`)
    expect((await running.admin('POST', `${path}/certificates/activate`)).body).toMatchObject({ code: 'conflict' })

    const both = certificates(await running.admin<SamlAnswer>('POST', `${path}/certificates`))
    expect(both.map(({ state }) => state)).toEqual(['current', 'next'])
    expect((await running.admin('POST', `${path}/certificates`)).body).toMatchObject({ code: 'conflict' })
    const metadata = (await running.call(`/saml/${company.organizationId}/metadata`)).text
    expect(metadata.match(/use="signing"/g)).toHaveLength(2)
    const second = both[1]?.pem ?? ''
    expect(await signIn(company, cipher(second))).toBe(`/${company.programId}`)

    const changed = certificates(await running.admin<SamlAnswer>('POST', `${path}/certificates/activate`))
    expect(changed.map(({ state, pem }) => [state, pem])).toEqual([
      ['current', second],
      ['previous', first?.pem],
    ])
    expect(await signIn(company, cipher(first?.pem ?? ''))).toBe(`/${company.programId}`)
    expect(await signIn(company, cipher(second))).toBe(`/${company.programId}`)
    const sent = await new Browser(running).leave(company.programId)
    expect(sent.location.searchParams.get('Signature')).not.toBeNull()

    await running.admin('POST', `${path}/certificates`)
    expect(await signIn(company, cipher(first?.pem ?? ''))).toBe('saml_signature')
  })
})

/** What each sends where nobody has changed it. */
const samples: Readonly<Record<keyof typeof samlPresets, Partial<Facts>>> = {
  entra: {
    nameId: 'amelie@aldermoor.onmicrosoft.example',
    attributes: {
      'http://schemas.microsoft.com/identity/claims/tenantid': ['b1f0c0de-0000-4000-8000-000000000000'],
      'http://schemas.microsoft.com/identity/claims/objectidentifier': ['6a1f7c1e-0000-4000-8000-00000000a11e'],
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname': ['Amélie'],
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname': ['Laurent'],
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress': ['amelie@aldermoor.example'],
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name': ['amelie@aldermoor.onmicrosoft.example'],
    },
  },
  okta: {
    nameId: 'amelie@aldermoor.example',
    attributes: { firstName: ['Amélie'], lastName: ['Laurent'], email: ['amelie@aldermoor.example'] },
  },
  keycloak: {
    nameId: 'amelie',
    attributes: {
      'urn:oid:2.5.4.42': ['Amélie'],
      'urn:oid:2.5.4.4': ['Laurent'],
      'urn:oid:1.2.840.113549.1.9.1': ['amelie@aldermoor.example'],
      Role: ['offline_access', 'uma_authorization'],
    },
  },
}
const subjects = { entra: '6a1f7c1e-0000-4000-8000-00000000a11e', okta: 'amelie@aldermoor.example', keycloak: 'amelie' }

describe('a test sign-in', () => {
  async function tried(company: Company, facts: Partial<Facts> = {}, answer = (all: Facts) => company.idp.answer(all)) {
    const made = await running.admin<SamlTestMade>('POST', `${pathOf(company.organizationId)}/tests`)
    const cookie = made.headers
      .getSetCookie()
      .map((set) => set.split(';', 1)[0])
      .join('; ')
    const sent = sentTo(made.body.url)
    const back = await running.call(`/saml/${company.organizationId}/acs`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
      body: new URLSearchParams(formOf(answer(factsFor(company, sent, facts)), sent.relayState)).toString(),
    })
    expect(back.headers.get('location')).toBe(`/backstage/o/${company.organizationId}/saml?test=${made.body.id}`)
    const shown = await running.admin<SamlTestAnswer>('GET', `${pathOf(company.organizationId)}/tests/${made.body.id}`)
    return { ...shown.body, back }
  }

  test.each(Object.keys(samples) as (keyof typeof samples)[])('shows what %s sends, and who that is', async (preset) => {
    const patch: { mapping: SamlMapping; consent: 'ask'; enabled: false } = {
      mapping: samlPresets[preset].mapping,
      consent: 'ask',
      enabled: false,
    }
    const company = await makeCompany(running, { idp, patch })
    const result = await tried(company, samples[preset])
    expect(result).toMatchObject({
      state: 'accepted',
      refusal: null,
      came: { nameId: samples[preset].nameId, signed: ['assertion'], encrypted: false },
      person: { subject: subjects[preset], givenName: 'Amélie', familyName: 'Laurent', email: 'amelie@aldermoor.example', share: null },
    })
    expect(result.came?.attributes).toEqual(Object.entries(samples[preset].attributes ?? {}).map(([name, values]) => ({ name, values })))
    // Nobody was admitted.
    expect(result.back.headers.getSetCookie().join()).not.toMatch(/voila_browser/)
  })

  test('says the rule that failed, and what came where it was genuine', async () => {
    const company = await makeCompany(running, { idp })
    expect(await tried(company, { audience: 'https://elsewhere.example' })).toMatchObject({
      state: 'refused',
      refusal: { code: 'saml_audience', detail: 'AudienceRestriction' },
      came: null,
      person: null,
    })
    expect(await tried(company, { attributes: { mail: ['a@b.example'] } })).toMatchObject({
      refusal: { code: 'saml_attribute', detail: 'givenName: there is no givenName' },
      came: { attributes: [{ name: 'mail', values: ['a@b.example'] }] },
      person: null,
    })
    const stranger = await makeIdp()
    expect(await tried(company, {}, (facts) => stranger.answer(facts))).toMatchObject({ refusal: { code: 'saml_signature' }, came: null })
  })

  test('is waited for, is the organization’s own, and is gone after an hour', async () => {
    const [company, other] = [await makeCompany(running, { idp }), await makeCompany(running)]
    const made = await running.admin<SamlTestMade>('POST', `${pathOf(company.organizationId)}/tests`)
    const show = (organizationId: string) => running.admin('GET', `${pathOf(organizationId)}/tests/${made.body.id}`)
    expect((await show(company.organizationId)).body).toMatchObject({ state: 'waiting' })
    expect((await show(other.organizationId)).body).toMatchObject({ code: 'saml_test_unknown' })
    clock = 3_600_001
    expect((await show(company.organizationId)).body).toMatchObject({ code: 'saml_test_unknown' })
  })

  test('lets nobody in: its answer is no answer to a real sign-in', async () => {
    const company = await makeCompany(running, { idp })
    const made = await running.admin<SamlTestMade>('POST', `${pathOf(company.organizationId)}/tests`)
    const tested = sentTo(made.body.url)
    const browser = new Browser(running)
    const sent = await browser.leave(company.programId)
    const form = formOf(company.idp.answer(factsFor(company, tested)), sent.relayState)
    expect(codeIn(await browser.comeBack(company.organizationId, form))).toBe('saml_unsolicited')
  })
})
