// Owns: people who sign in with their company account at a real identity provider, SimpleSAMLphp, through Chromium.
import type { AttendeeAnswer, ListAnswer, Organization, Program, SamlAnswer } from '@voila/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../require.ts'
import { openBrowser, type Visitor, visitor } from './browser.ts'
import { look, overflows } from './look.ts'
import { type PlatformProcess, startPlatform } from './platform-process.ts'
import { people, type SimpleSaml, startSimpleSaml } from './simplesaml.ts'

const adminSecret = `va_${'s'.repeat(40)}`
const title = 'The year ahead'
const patience = { timeout: 15_000 }

describe.skipIf(needs.chromium() || needs.openssl() || needs.simplesamlphp())('a company account', { timeout: 90_000 }, () => {
  let browser: Browser
  let platform: PlatformProcess
  let provider: SimpleSaml
  let organizationId: string
  let programId: string

  async function api<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${platform.baseUrl}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${adminSecret}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
    return (response.status === 204 ? undefined : await response.json()) as Answer
  }
  const saml = (): string => `organizations/${organizationId}/saml`
  const attendees = async (): Promise<AttendeeAnswer[]> =>
    (await api<ListAnswer<AttendeeAnswer>>('GET', `programs/${programId}/attendees`)).items

  beforeAll(async () => {
    platform = await startPlatform({ VOILA_ADMIN_SECRET: adminSecret })
    organizationId = (await api<Organization>('POST', 'organizations', { name: 'Aldermoor Instruments' })).id
    const program = await api<Program>('POST', `organizations/${organizationId}/programs`, {
      title,
      startsAt: '2030-05-01T18:00:00+02:00',
      saml: true,
    })
    programId = program.id
    for (const to of ['scheduled', 'live']) await api('POST', `programs/${programId}/state`, { to })
    const { serviceProvider } = await api<SamlAnswer>('POST', saml())
    const ours = await (await fetch(serviceProvider.metadataUrl)).text()
    // As strict as it can be: it verifies our requests, signs response and assertion, and encrypts.
    provider = await startSimpleSaml({ serviceProvider: ours, more: { 'validate.authnrequest': true, 'assertion.encryption': true } })
    await api('PATCH', saml(), {
      metadata: { xml: provider.metadata },
      mapping: { subject: 'uid', givenName: 'givenName', familyName: 'sn', email: 'mail', share: null },
      consent: 'ask',
      enabled: true,
    })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await provider?.stop()
    await platform?.stop()
  })

  const company = (page: Page) => page.getByRole('link', { name: 'Sign in with your company account' })
  async function signIn(page: Page, name: keyof typeof people, password = `${name}-pass`): Promise<void> {
    await page.getByRole('textbox', { name: /username/i }).fill(name)
    await page.locator('input[type=password]').fill(password)
    await page.getByRole('button', { name: /login/i }).click()
  }

  let amelie: Visitor
  test('leads from the page of a private event to the company’s own sign-in', async () => {
    amelie = await visitor(browser)
    const { page } = amelie
    await page.goto(`${platform.baseUrl}/${programId}`)
    await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent(), patience).toBe('This event is private')
    expect(await look(page, 'saml-refused')).toEqual([])
    await company(page).click()
    await page.waitForURL((url) => url.origin === provider.origin)
    await signIn(page, 'amelie', 'not her password')
    expect(new URL(page.url()).origin).toBe(provider.origin)
    expect(await attendees()).toEqual([])
  })

  test('and back: who has signed in is asked once what he shares, and is in', async () => {
    const { page } = amelie
    await signIn(page, 'amelie')
    await page.waitForURL(`${platform.baseUrl}/${programId}/consent`)
    await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent(), patience).toBe('You are signed in as Amélie Laurent')
    expect(await look(page, 'saml-consent')).toEqual([])
    expect(await overflows(page)).toBe(false)
    await page.getByRole('button', { name: 'Yes, share them' }).click()
    await page.waitForURL(`${platform.baseUrl}/${programId}`)
    await expect.poll(() => page.title(), patience).toBe(title)
    await page.getByRole('textbox', { name: 'Write a message' }).fill('Good evening from the company')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByRole('log').getByText('Good evening from the company').count()).toBe(1)
    expect(await attendees()).toMatchObject([{ displayName: 'Amélie Laurent', email: people.amelie.mail }])
    // The cookie of the way there is gone, and nothing of it is in the address.
    const names = (await amelie.context.cookies(platform.baseUrl)).map(({ name }) => name)
    expect(names.filter((name) => name.startsWith('voila_saml'))).toEqual([])
    expect(page.url()).toBe(`${platform.baseUrl}/${programId}`)
  })

  test('knows him again: neither the company nor the platform asks a second time', async () => {
    const { page, context } = amelie
    await context.clearCookies({ domain: 'localhost' })
    await page.goto(`${platform.baseUrl}/${programId}`)
    await company(page).click()
    await page.waitForURL(`${platform.baseUrl}/${programId}`)
    await expect.poll(() => page.title(), patience).toBe(title)
    expect(await attendees()).toHaveLength(1)
  })

  test('lets another person in, who shares nothing, by a link of the company’s own that begins at once', async () => {
    const bo = await visitor(browser)
    await bo.page.goto(`${platform.baseUrl}/${programId}/sign-in`)
    await signIn(bo.page, 'bo')
    await bo.page.getByRole('button', { name: 'No, keep them to myself' }).click()
    await expect.poll(() => bo.page.title(), patience).toBe(title)
    expect((await attendees()).map(({ email }) => email)).toEqual([people.amelie.mail, null])
  })

  test('admits nobody who goes back in his history to the answer that let him in', async () => {
    const cleo = await visitor(browser)
    const answers: { url: string; body: string }[] = []
    cleo.page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/acs'))
        answers.push({ url: request.url(), body: request.postData() ?? '' })
    })
    await cleo.page.goto(`${platform.baseUrl}/${programId}/sign-in`)
    await signIn(cleo.page, 'bo')
    await expect.poll(() => cleo.page.title(), patience).toBe(title)
    const [answer] = answers
    const again = await cleo.context.request.post(answer?.url ?? '', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      data: answer?.body ?? '',
    })
    expect([again.status(), /"code":"(\w+)"/.exec(await again.text())?.[1]]).toEqual([401, 'saml_browser'])
  })

  test('removed, it is offered no more, and whoever came in by it is out', async () => {
    await api('DELETE', saml())
    const { page } = amelie
    await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent(), patience).toMatch(/ended by its organizer/)
    const stranger = await visitor(browser)
    await stranger.page.goto(`${platform.baseUrl}/${programId}`)
    await expect.poll(() => stranger.page.getByRole('heading', { level: 1 }).textContent(), patience).toBe('This event is private')
    expect(await company(stranger.page).count()).toBe(0)
  })
})
