// Owns: that a program's policies hold for people who sign in with their company account as they do for those with tokens.
import type { DoorFacts, Organization, ProgramPatch, RevocationAnswer, SessionAnswer } from '@voila/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { databases } from '../databases.ts'
import { type Running, start } from '../running.ts'
import { Browser, type Company, codeIn, factsFor, formOf, makeCompany } from '../saml/company.ts'
import { type Idp, makeIdp } from '../saml/idp.ts'

let idp: Idp
beforeAll(async () => {
  idp = await makeIdp()
})

describe.each(databases)('with a company account on $kind', ({ kind, skip }) => {
  describe.skipIf(skip())('', () => {
    let running: Running
    let company: Company
    beforeAll(async () => {
      running = await start({ kind })
    })
    afterAll(() => running.close())

    async function setUp(policy: z.infer<typeof ProgramPatch>): Promise<void> {
      company = await makeCompany(running, { idp })
      await running.admin('PATCH', `/api/programs/${company.programId}`, policy)
    }
    async function signIn(browser = new Browser(running)): Promise<{ browser: Browser; outcome: string }> {
      const sent = await browser.leave(company.programId)
      const xml = company.idp.answer(factsFor(company, sent))
      const back = await browser.comeBack(company.organizationId, formOf(xml, sent.relayState))
      return { browser, outcome: back.status === 303 ? 'in' : codeIn(back) }
    }
    const sessionOf = (browser: Browser) => browser.open<SessionAnswer & { code?: string }>(`/api/programs/${company.programId}/session`)

    test('a public program offers it beside the open door, and knows who signs in', async () => {
      await setUp({ access: 'public' })
      const page = await new Browser(running).open(`/${company.programId}`)
      const facts = JSON.parse(/id="voila-door">([^<]+)</.exec(page.text)?.[1] ?? 'null') as DoorFacts
      expect(facts).toEqual({ guests: 'name', samlUrl: `/${company.programId}/sign-in` })
      const { browser } = await signIn()
      expect((await sessionOf(browser)).body.attendee).not.toHaveProperty('guest')
    })

    test('doors: nobody is in before they open', async () => {
      const made = await makeCompany(running, { idp })
      company = made
      const organization = await running.admin<Organization>('GET', `/api/organizations/${made.organizationId}`)
      const program = await running.admin<{ id: string }>('POST', `/api/organizations/${organization.body.id}/programs`, {
        title: 'Later',
        startsAt: new Date(Date.now() + 3_600_000).toISOString(),
        saml: true,
        doorsMinutes: 15,
      })
      await running.admin('POST', `/api/programs/${program.body.id}/state`, { to: 'scheduled' })
      company = { ...made, programId: program.body.id }
      expect((await signIn()).outcome).toBe('doors_closed')
      await running.admin('PATCH', `/api/programs/${program.body.id}`, { doorsMinutes: 60 })
      expect((await signIn()).outcome).toBe('in')
    })

    test('once: it is no token, and signs in as often as he likes', async () => {
      await setUp({ tokenUse: 'once' })
      expect([(await signIn()).outcome, (await signIn()).outcome]).toEqual(['in', 'in'])
    })

    test('newest: the older browser is told that he is somewhere else', async () => {
      await setUp({ concurrency: 'newest' })
      const first = await signIn()
      const second = await signIn()
      expect([(await sessionOf(first.browser)).body.code, (await sessionOf(second.browser)).status]).toEqual(['session_replaced', 200])
    })

    test('refuse: the second browser is refused, the same one is not', async () => {
      await setUp({ concurrency: 'refuse' })
      const first = await signIn()
      expect((await signIn()).outcome).toBe('already_here')
      expect((await signIn(first.browser)).outcome).toBe('in')
    })

    test('a person who is revoked is out and refused by it, until that is lifted', async () => {
      await setUp({})
      const { browser } = await signIn()
      const { attendee } = (await sessionOf(browser)).body
      const path = `/api/organizations/${company.organizationId}/revocations`
      const { body } = await running.admin<RevocationAnswer>('POST', path, { kind: 'attendee', attendeeId: attendee.id })
      expect((await sessionOf(browser)).body.code).toBe('attendee_revoked')
      expect((await signIn()).outcome).toBe('attendee_revoked')
      await running.admin('POST', `${path}/${body.id}/lift`)
      expect((await signIn()).outcome).toBe('in')
    })

    test('who signed in before a time is out, and may sign in again', async () => {
      await setUp({})
      const { browser } = await signIn()
      const before = new Date(Date.now() + 50).toISOString()
      await running.admin('POST', `/api/organizations/${company.organizationId}/revocations`, { kind: 'before', before })
      expect((await sessionOf(browser)).body.code).toBe('issued_before')
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect((await signIn()).outcome).toBe('in')
    })
  })
})
