// Owns: signing in with a company account over HTTP, from the program's page to the session, and who is turned away on the way.
import { createVerify, X509Certificate } from 'node:crypto'
import type { AttendeeAnswer, ListAnswer, RefusalAnswer, SamlAnswer, SessionAnswer } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { needs } from '../../../../test/require.ts'
import { databases } from '../databases.ts'
import { makeProgram, type Running, start } from '../running.ts'
import { Browser, type Company, codeIn, factsFor, formOf, makeCompany, mapping, sentBy, sentTo } from './company.ts'
import { type Idp, makeIdp } from './idp.ts'

let idp: Idp
beforeAll(async () => {
  idp = await makeIdp()
})

const session = (programId: string): string => `/api/programs/${programId}/session`

describe.each(databases)('a company account on $kind', ({ kind, skip }) => {
  describe.skipIf(skip())('', () => {
    let running: Running
    let clock = 0
    beforeEach(async () => {
      clock = 0
      running = await start({ kind, now: () => Date.now() + clock })
    })
    afterEach(() => running.close())

    /** Signs in as an honest person does. */
    async function signIn(company: Company, more: Parameters<typeof factsFor>[2] = {}, browser = new Browser(running)) {
      const sent = await browser.leave(company.programId)
      const back = await browser.comeBack(
        company.organizationId,
        formOf(company.idp.answer(factsFor(company, sent, more)), sent.relayState),
      )
      return { browser, sent, back }
    }
    const attendees = async ({ programId }: Company): Promise<AttendeeAnswer[]> =>
      (await running.admin<ListAnswer<AttendeeAnswer>>('GET', `/api/programs/${programId}/attendees`)).body.items

    test('leads from the page of a private program to the identity provider, and back into the program', async () => {
      const company = await makeCompany(running, { idp })
      const { programId } = company
      const browser = new Browser(running)
      const page = await browser.open(`/${programId}`)
      expect([page.status, codeIn(page as never)]).toEqual([401, 'token_missing'])
      expect(page.text).toContain(`"samlUrl":"/${programId}/sign-in"`)

      const { back } = await signIn(company, {}, browser)
      expect([back.status, back.headers.get('location'), back.headers.get('cache-control')]).toEqual([303, `/${programId}`, 'no-store'])
      expect((await browser.open(`/${programId}`)).status).toBe(200)
      const { body } = await browser.open<SessionAnswer>(session(programId))
      expect(body.attendee).toMatchObject({ displayName: 'Amélie Laurent', roles: ['ROLE_ATTENDEE'] })
    })

    test('begins a few sign-ins of one browser at one program at once, and more later; another program or browser is not held up', async () => {
      const company = await makeCompany(running, { idp })
      const other = await makeProgram(running, company)
      await running.admin('PATCH', `/api/programs/${other}`, { saml: true })
      const browser = new Browser(running)
      const begin = async (programId: string, by = browser) => {
        const answer = await by.open(`/${programId}/sign-in`)
        return answer.status === 303 ? 'sent' : codeIn(answer as never)
      }
      for (let times = 0; times < 20; times++) expect(await begin(company.programId)).toBe('sent')
      expect(await begin(company.programId)).toBe('rate_limited')
      expect([await begin(other), await begin(company.programId, new Browser(running))]).toEqual(['sent', 'sent'])
      clock += 5_000
      expect([await begin(company.programId), await begin(company.programId)]).toEqual(['sent', 'rate_limited'])
    })

    test('a whole company signs in from one address at once', async () => {
      const company = await makeCompany(running, { idp })
      const answers = await Promise.all(Array.from({ length: 60 }, () => new Browser(running).open(`/${company.programId}/sign-in`)))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]))
    })

    test('sends a signed request that names us, and says nothing of where it leads', async () => {
      const company = await makeCompany(running, { idp })
      const { location, requestXml, relayState } = await new Browser(running).leave(company.programId)
      expect(location.origin + location.pathname).toBe(idp.ssoUrl)
      expect(requestXml).toContain(`>${company.saml.serviceProvider.entityId}</saml:Issuer>`)
      expect(requestXml).toContain(`AssertionConsumerServiceURL="${company.saml.serviceProvider.acsUrl}"`)
      expect(requestXml).not.toMatch(/RequestedAuthnContext|NameIDPolicy [^>]*Format/)
      expect(relayState).toMatch(/^[A-Za-z0-9_-]{22}$/)
      expect(location.searchParams.get('SigAlg')).toBe('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')
      const signed = /SAMLRequest=[^&]*&RelayState=[^&]*&SigAlg=[^&]*/.exec(location.search)?.[0] ?? ''
      const [own] = company.saml.serviceProvider.certificates
      const key = new X509Certificate(own?.pem ?? '').publicKey
      const signature = Buffer.from(location.searchParams.get('Signature') ?? '', 'base64')
      expect(createVerify('sha256').update(signed).verify(key, signature)).toBe(true)
    })

    test('is one attendee however often he comes, apart from who has the same subject in tokens', async () => {
      const company = await makeCompany(running, { idp })
      await signIn(company)
      await signIn(company, {
        attributes: { givenName: ['Amélie'], surname: ['Laurent-Roy'], mail: ['al@aldermoor.example'], share: ['true'] },
      })
      expect(await attendees(company)).toMatchObject([{ displayName: 'Amélie Laurent-Roy', email: 'al@aldermoor.example' }])
    })

    test.each([
      ['true', true],
      ['1', true],
      ['false', false],
      ['', false],
      ['maybe', false],
    ])('share %j by an attribute: the organizer reads the name %j', async (value, reads) => {
      const company = await makeCompany(running, { idp })
      await signIn(company, { attributes: { givenName: ['Amélie'], surname: ['Laurent'], mail: ['al@aldermoor.example'], share: [value] } })
      const [one] = await attendees(company)
      expect(one?.displayName === 'Amélie Laurent').toBe(reads)
    })

    describe('where the person is asked', () => {
      const facts = /<script type="application\/json" id="voila-consent">(.*?)<\/script>/s
      test.each([true, false])('says %j, is in, and is not asked again', async (share) => {
        const company = await makeCompany(running, { idp, patch: { consent: 'ask' } })
        const { programId } = company
        const { browser, back } = await signIn(company)
        expect(back.headers.get('location')).toBe(`/${programId}/consent`)
        expect((await browser.open(`/${programId}`)).status).toBe(401)
        const page = await browser.open(`/${programId}/consent`)
        expect(JSON.parse(facts.exec(page.text)?.[1] ?? '')).toEqual({
          displayName: 'Amélie Laurent',
          email: 'amelie.laurent@aldermoor.example',
          asks: true,
        })
        expect((await browser.post<{ code: string }>(`/api/programs/${programId}/consent`, {})).body.code).toBe('invalid_request')
        expect((await browser.post(`/api/programs/${programId}/consent`, { share })).status).toBe(204)
        expect((await browser.open(`/${programId}`)).status).toBe(200)
        const [one] = await attendees(company)
        expect(one?.email).toBe(share ? 'amelie.laurent@aldermoor.example' : null)
        // What was kept of him is gone.
        expect((await browser.open(`/${programId}/consent`)).status).toBe(303)

        const again = await signIn(company)
        expect(again.back.headers.get('location')).toBe(`/${programId}`)
        expect((await attendees(company))[0]?.email).toBe(share ? 'amelie.laurent@aldermoor.example' : null)
      })

      test('nobody else can say it for him: not another site, not another browser, not at another program, not later', async () => {
        const company = await makeCompany(running, { idp, patch: { consent: 'ask' } })
        const { programId } = company
        const { browser } = await signIn(company)
        const path = `/api/programs/${programId}/consent`
        expect(codeIn(await browser.post(path, { share: true }, 'https://evil.example'))).toBe('origin_denied')
        expect(codeIn(await new Browser(running).post(path, { share: true }))).toBe('saml_browser')
        const other = await makeProgram(running, company)
        await running.admin('PATCH', `/api/programs/${other}`, { saml: true })
        expect(codeIn(await browser.post(`/api/programs/${other}/consent`, { share: true }))).toBe('saml_browser')
        clock = 11 * 60_000
        expect(codeIn(await browser.post(path, { share: true }))).toBe('saml_browser')
      })
    })

    describe('is turned away', () => {
      test('saml_replayed: by an answer that was used, from the same browser and with a new request', async () => {
        const company = await makeCompany(running, { idp })
        const { browser, sent } = await signIn(company)
        const used = factsFor(company, sent)
        const form = formOf(company.idp.answer(used), sent.relayState)
        // The browser has forgotten that it was sent away.
        expect(codeIn(await browser.comeBack(company.organizationId, form))).toBe('saml_browser')
        const next = await browser.leave(company.programId)
        const again = company.idp.answer(factsFor(company, next, { assertionId: used.assertionId }))
        expect((await browser.comeBack(company.organizationId, formOf(again, next.relayState))).status).toBe(303)
        const third = await browser.leave(company.programId)
        const replayed = company.idp.answer(factsFor(company, third, { assertionId: used.assertionId }))
        expect(codeIn(await browser.comeBack(company.organizationId, formOf(replayed, third.relayState)))).toBe('saml_replayed')
      })

      test('saml_replayed: all but one of fifty that come with one answer at once', async () => {
        const company = await makeCompany(running, { idp })
        const browser = new Browser(running)
        const sent = await browser.leave(company.programId)
        const form = formOf(company.idp.answer(factsFor(company, sent)), sent.relayState)
        const codes = await Promise.all(
          Array.from({ length: 50 }, async () => codeIn(await browser.comeBack(company.organizationId, form))),
        )
        expect(codes.filter((code) => code === '303')).toHaveLength(1)
        expect(codes.filter((code) => code === 'saml_replayed')).toHaveLength(49)
      })

      test('saml_replayed: a second assertion to one request', async () => {
        const company = await makeCompany(running, { idp })
        const browser = new Browser(running)
        const sent = await browser.leave(company.programId)
        const forms = [1, 2, 3].map(() => formOf(company.idp.answer(factsFor(company, sent)), sent.relayState))
        const codes = await Promise.all(forms.map(async (form) => codeIn(await browser.comeBack(company.organizationId, form))))
        expect(codes.sort()).toEqual(['303', 'saml_replayed', 'saml_replayed'])
      })

      test('saml_browser: in another browser than he began in, also one that was sent away itself', async () => {
        const company = await makeCompany(running, { idp })
        const attacker = new Browser(running)
        const victim = new Browser(running)
        const sent = await attacker.leave(company.programId)
        const form = formOf(company.idp.answer(factsFor(company, sent)), sent.relayState)
        expect(codeIn(await victim.comeBack(company.organizationId, form))).toBe('saml_browser')
        const own = await victim.leave(company.programId)
        expect(codeIn(await victim.comeBack(company.organizationId, form))).toBe('saml_browser')
        expect(codeIn(await victim.comeBack(company.organizationId, { ...form, RelayState: own.relayState }))).toBe('saml_unsolicited')
      })

      test('saml_browser: more than ten minutes after he was sent away', async () => {
        const company = await makeCompany(running, { idp })
        const browser = new Browser(running)
        const sent = await browser.leave(company.programId)
        clock = 10 * 60_000 + 1
        const form = formOf(company.idp.answer(factsFor(company, sent)), sent.relayState)
        expect(codeIn(await browser.comeBack(company.organizationId, form))).toBe('saml_browser')
      })

      test('saml_browser: with a cookie that was changed, or is that of another sign-in', async () => {
        const company = await makeCompany(running, { idp })
        const [one, two] = [new Browser(running), new Browser(running)]
        const [sentOne] = [await one.leave(company.programId), await two.leave(company.programId)]
        const form = formOf(company.idp.answer(factsFor(company, sentOne)), sentOne.relayState)
        const name = `voila_saml_${sentOne.relayState.slice(0, 8)}`
        for (const value of ['x', 'A'.repeat(300), '']) {
          const answer = await running.call(`/saml/${company.organizationId}/acs`, {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: `${name}=${value}` },
            body: new URLSearchParams(form).toString(),
          })
          expect(codeIn(answer as never)).toBe('saml_browser')
        }
      })

      test('saml_unsolicited: where nobody was sent away, unless the organization takes that', async () => {
        const company = await makeCompany(running, { idp })
        const xml = company.idp.answer(factsFor(company, null))
        for (const relayState of ['', company.programId, 'https://elsewhere.example/', 'x'.repeat(500)]) {
          const form = { ...formOf(xml, relayState) }
          expect(codeIn(await new Browser(running).comeBack(company.organizationId, form))).toBe('saml_unsolicited')
        }
      })

      test('saml_off: where the program, or the organization, does not do this', async () => {
        const company = await makeCompany(running, { idp })
        const { programId, organizationId } = company
        const browser = new Browser(running)
        const sent = await browser.leave(programId)
        const other = await makeProgram(running, company)
        expect(codeIn((await browser.open(`/${other}/sign-in`)) as never)).toBe('saml_off')
        expect((await browser.open(`/${other}`)).text).not.toContain('samlUrl')
        await running.admin('PATCH', `/api/organizations/${organizationId}/saml`, { enabled: false })
        expect(codeIn((await browser.open(`/${programId}/sign-in`)) as never)).toBe('saml_off')
        const form = formOf(company.idp.answer(factsFor(company, sent)), sent.relayState)
        expect(codeIn(await browser.comeBack(organizationId, form))).toBe('saml_off')
      })

      test('by another organization’s identity provider, and at another organization’s address', async () => {
        const [ours, theirs] = [await makeCompany(running, { idp }), await makeCompany(running)]
        const browser = new Browser(running)
        const sent = await browser.leave(ours.programId)
        const forged = theirs.idp.answer(factsFor(ours, sent))
        expect(codeIn(await browser.comeBack(ours.organizationId, formOf(forged, sent.relayState)))).toBe('saml_signature')
        const genuine = formOf(ours.idp.answer(factsFor(ours, sent)), sent.relayState)
        expect(codeIn(await browser.comeBack(theirs.organizationId, genuine))).toBe('saml_browser')
      })

      test('by the state of the program, once it is known who he is', async () => {
        const company = await makeCompany(running, { idp })
        const draft = await makeProgram(running, company, { state: 'draft' })
        await running.admin('PATCH', `/api/programs/${draft}`, { saml: true })
        const { back } = await signIn({ ...company, programId: draft })
        expect(codeIn(back)).toBe('program_not_open')
      })

      test.each<[string, Parameters<typeof factsFor>[2]]>([
        ['a NameID that is another each time', { nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }],
        ['no name', { attributes: { mail: ['a@b.example'] } }],
        ['a name of nothing to see', { attributes: { givenName: ['\u200b \u202e'] } }],
        ['a name of 201 characters', { attributes: { givenName: ['a'.repeat(201)] } }],
        ['a NameID of 257 characters', { nameId: 'a'.repeat(257) }],
        ['an empty NameID', { nameId: ' ' }],
      ])('saml_attribute: %s', async (_what, more) => {
        const company = await makeCompany(running, { idp })
        expect(codeIn((await signIn(company, more)).back)).toBe('saml_attribute')
      })

      test.each<[string, string]>([
        ['nothing', ''],
        ['no answer', 'RelayState=x'],
        ['JSON', '{"SAMLResponse":"x"}'],
        ['the relay state twice', 'SAMLResponse=AAAA&RelayState=a&RelayState=b'],
      ])('by a form with %s', async (_what, body) => {
        const company = await makeCompany(running, { idp })
        expect(codeIn(await new Browser(running).comeBack(company.organizationId, body))).toMatch(/saml_unsolicited|saml_malformed/)
      })

      test('saml_malformed: with the answer twice, or none; too_large: with more than any answer', async () => {
        const company = await makeCompany(running, { idp })
        const browser = new Browser(running)
        const { relayState } = await browser.leave(company.programId)
        const send = async (body: string) => codeIn(await browser.comeBack(company.organizationId, body))
        expect(await send(`RelayState=${relayState}&SAMLResponse=AAAA&SAMLResponse=BBBB`)).toBe('saml_malformed')
        expect(await send(`RelayState=${relayState}`)).toBe('saml_malformed')
        expect(await send(`RelayState=${relayState}&SAMLResponse=${'A'.repeat(400_000)}`)).toBe('too_large')
      })
    })

    test('a refusal is a page with the way to sign in again, and stands in the book with the rule that failed', async () => {
      const company = await makeCompany(running, { idp })
      const { programId } = company
      const { back } = await signIn(company, { audience: 'https://elsewhere.example' })
      expect([back.status, back.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8'])
      expect(back.text).toContain(`"samlUrl":"/${programId}/sign-in"`)
      const { back: nameless } = await signIn(company, { attributes: {} })
      expect(nameless.status).toBe(403)
      const read = async () => (await running.admin<ListAnswer<RefusalAnswer>>('GET', `/api/programs/${programId}/refusals`)).body.items
      await expect.poll(read).toMatchObject([
        { code: 'saml_attribute', claim: 'givenName: there is no givenName', subject: 'amelie.laurent@aldermoor.example', kid: null },
        { code: 'saml_audience', claim: 'AudienceRestriction', subject: null, kid: null },
      ])
      expect(running.log()).not.toMatch(/SAMLResponse|PHNhbWxw|amelie\.laurent/)
    })

    describe('begun at the identity provider, where the organization takes that', () => {
      const unasked = async (company: Company, relayState: string, browser = new Browser(running)) => ({
        browser,
        back: await browser.comeBack(company.organizationId, formOf(company.idp.answer(factsFor(company, null)), relayState)),
      })
      test('asks whether to go on as this person, and lets in who says yes', async () => {
        const company = await makeCompany(running, { idp, patch: { idpInitiated: true } })
        const { browser, back } = await unasked(company, company.programId)
        expect(back.headers.get('location')).toBe(`/${company.programId}/consent`)
        expect((await browser.open(`/${company.programId}`)).status).toBe(401)
        expect((await browser.open(`/${company.programId}/consent`)).text).toContain('"asks":false')
        expect((await browser.post(`/api/programs/${company.programId}/consent`, {})).status).toBe(204)
        expect((await browser.open(`/${company.programId}`)).status).toBe(200)
      })

      test('is used once', async () => {
        const company = await makeCompany(running, { idp, patch: { idpInitiated: true } })
        const form = formOf(company.idp.answer(factsFor(company, null)), company.programId)
        const codes = await Promise.all(
          Array.from({ length: 20 }, async () => codeIn(await new Browser(running).comeBack(company.organizationId, form))),
        )
        expect(codes.filter((code) => code === '303')).toHaveLength(1)
        expect(codes.filter((code) => code === 'saml_replayed')).toHaveLength(19)
      })

      test('leads nowhere but to a program of this organization that people sign in to', async () => {
        const company = await makeCompany(running, { idp, patch: { idpInitiated: true } })
        const other = await makeCompany(running)
        const closed = await makeProgram(running, company)
        expect(codeIn((await unasked(company, 'https://evil.example')).back)).toBe('saml_unsolicited')
        expect(codeIn((await unasked(company, '')).back)).toBe('saml_unsolicited')
        expect(codeIn((await unasked(company, other.programId)).back)).toBe('saml_off')
        expect(codeIn((await unasked(company, closed)).back)).toBe('saml_off')
        expect(codeIn((await unasked(company, 'zzzzzzzzzzzz')).back)).toBe('program_unknown')
      })

      test('takes no answer to a request that somebody was sent away with', async () => {
        const company = await makeCompany(running, { idp, patch: { idpInitiated: true } })
        const attacker = new Browser(running)
        const sent = await attacker.leave(company.programId)
        const form = formOf(company.idp.answer(factsFor(company, sent)), company.programId)
        expect(codeIn(await new Browser(running).comeBack(company.organizationId, form))).toBe('saml_unsolicited')
      })
    })

    test('two tabs that sign in at the same time do not meet, and a browser that begins often keeps a few', async () => {
      const company = await makeCompany(running, { idp })
      const browser = new Browser(running)
      const first = await browser.leave(company.programId)
      const second = await browser.leave(company.programId)
      for (const sent of [second, first]) {
        const back = await browser.comeBack(company.organizationId, formOf(company.idp.answer(factsFor(company, sent)), sent.relayState))
        expect(back.status).toBe(303)
      }
      for (let n = 0; n < 12; n += 1) await browser.leave(company.programId)
      expect(browser.cookieNames().filter((name) => name.startsWith('voila_saml_')).length).toBeLessThanOrEqual(5)
    })

    test('the sessions of a browser at other programs stay its own', async () => {
      const company = await makeCompany(running, { idp })
      const other = await makeProgram(running, company)
      await running.admin('PATCH', `/api/programs/${other}`, { saml: true })
      const browser = new Browser(running)
      await signIn(company, {}, browser)
      await signIn({ ...company, programId: other }, {}, browser)
      for (const id of [company.programId, other]) expect((await browser.open(`/${id}`)).status).toBe(200)
    })

    test('switched off, nobody new comes in and who is in stays; removed, he is out', async () => {
      const company = await makeCompany(running, { idp })
      const { programId, organizationId } = company
      const path = `/api/organizations/${organizationId}/saml`
      const { browser } = await signIn(company)
      await running.admin('PATCH', path, { enabled: false })
      expect((await browser.open(session(programId))).status).toBe(200)
      expect((await running.admin<SamlAnswer>('GET', path)).body.openSessions).toBe(1)
      expect((await running.admin('DELETE', path)).status).toBe(204)
      expect(codeIn((await browser.open(session(programId))) as never)).toBe('session_revoked')
      expect((await running.admin('GET', path)).body).toMatchObject({ code: 'saml_connection_unknown' })
      // Set up anew it has other keys, and admits again.
      expect((await running.admin('POST', path)).status).toBe(201)
      await running.admin('PATCH', path, { metadata: { xml: idp.metadata() }, mapping, consent: 'attribute', enabled: true })
      expect((await signIn(company)).back.status).toBe(303)
    })

    test('on https its cookie is one that no other host and no plain page can set, and that goes along from another site', async () => {
      const secure = await start({ kind, env: { PUBLIC_URL: 'https://live.example.com' } })
      try {
        const company = await makeCompany(secure, { idp })
        expect(company.saml.serviceProvider.acsUrl).toBe(`https://live.example.com/saml/${company.organizationId}/acs`)
        const browser = new Browser(secure)
        const begun = await browser.open(`/${company.programId}/sign-in`)
        const cookie = begun.headers.getSetCookie().find((set) => set.includes('voila_saml_')) ?? ''
        expect(cookie).toMatch(
          /^__Host-voila_saml_[A-Za-z0-9_-]{8}=[A-Za-z0-9_-]{100,}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=None$/,
        )
        const sent = sentBy(begun)
        const back = await browser.comeBack(company.organizationId, formOf(idp.answer(factsFor(company, sent)), sent.relayState))
        expect([back.status, back.headers.get('location')]).toEqual([303, `/${company.programId}`])
        expect(browser.cookieNames()).toEqual(['__Host-voila_browser'])
      } finally {
        await secure.close()
      }
    })

    test('HEAD begins nothing', async () => {
      const company = await makeCompany(running, { idp })
      const head = await running.call(`/${company.programId}/sign-in`, { method: 'HEAD' })
      expect([head.status, head.headers.getSetCookie()]).toEqual([405, []])
    })
  })
})

describe.skipIf(needs.postgres())('two nodes over one PostgreSQL', () => {
  let one: Running
  let two: Running
  beforeAll(async () => {
    one = await start({ kind: 'postgres' })
    two = await start({ kind: 'postgres', database: one.database, env: { PUBLIC_URL: `http://localhost:${one.platform.port}` } })
  })
  afterAll(async () => {
    await two.platform.close()
    await one.close()
  })

  test('admit one of fifty that come with one answer, half to each', async () => {
    const company = await makeCompany(one, { idp })
    await expect.poll(async () => (await two.call(`/${company.programId}/sign-in`)).status).toBe(303)
    const begun = await one.call(`/${company.programId}/sign-in`)
    const cookie = begun.headers
      .getSetCookie()
      .map((set) => set.split(';', 1)[0])
      .join('; ')
    const sent = sentTo(begun.headers.get('location') ?? '')
    const body = new URLSearchParams(formOf(company.idp.answer(factsFor(company, sent)), sent.relayState)).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', cookie }
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async (_, n) =>
        (n % 2 === 0 ? one : two).call(`/saml/${company.organizationId}/acs`, { method: 'POST', headers, body }),
      ),
    )
    const codes = statuses.map((answer) => codeIn(answer as never))
    expect(codes.filter((code) => code === '303')).toHaveLength(1)
    expect(codes.filter((code) => code === 'saml_replayed')).toHaveLength(49)
  })
})
