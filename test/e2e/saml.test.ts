// Owns: people who sign in with their company account at a real identity provider, SimpleSAMLphp, through Chromium.
import type { AttendeeAnswer, ListAnswer, Program } from '@voila/protocol'
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
  let maren: Visitor
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
  const attendees = async (): Promise<AttendeeAnswer[]> =>
    (await api<ListAnswer<AttendeeAnswer>>('GET', `programs/${programId}/attendees`)).items

  beforeAll(async () => {
    platform = await startPlatform({ VOILA_ADMIN_SECRET: adminSecret })
    browser = await openBrowser()
    maren = await visitor(browser)
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

  describe('is set up in Backstage', () => {
    const done = (page: Page, words: string | RegExp) => page.getByText(words).first().waitFor()
    test('by an owner, who tells the identity provider first', async () => {
      const { page } = maren
      await page.goto(platform.setupUrl)
      await page.getByRole('textbox', { name: 'Organization' }).fill('Aldermoor Instruments')
      await page.getByRole('textbox', { name: 'Your name' }).fill('Maren Holt')
      await page.getByRole('textbox', { name: 'E-mail' }).fill('maren.holt@aldermoor.example')
      await page.getByRole('textbox', { name: 'Password' }).fill('a long enough password')
      await page.getByRole('button', { name: /Create owner/ }).click()
      await page.getByRole('heading', { level: 1, name: 'Programs' }).waitFor()
      organizationId = /\/o\/([0-9a-f-]{36})\/programs$/.exec(page.url())?.[1] ?? ''
      const program = await api<Program>('POST', `organizations/${organizationId}/programs`, {
        title,
        startsAt: '2030-05-01T18:00:00+02:00',
      })
      programId = program.id
      for (const to of ['scheduled', 'live']) await api('POST', `programs/${programId}/state`, { to })

      await page.getByRole('link', { name: 'Company sign-in' }).click()
      expect(await look(page, 'saml-empty')).toEqual([])
      await page.getByRole('button', { name: 'Set up company sign-in' }).click()
      await page.getByRole('heading', { name: /Tell your identity provider/ }).waitFor()
      const metadataUrl = await page.getByRole('textbox', { name: 'Metadata address' }).inputValue()
      // As strict as it can be: it verifies our requests, signs response and assertion, and encrypts.
      provider = await startSimpleSaml({
        serviceProvider: await (await fetch(metadataUrl)).text(),
        more: { 'validate.authnrequest': true, 'assertion.encryption': true },
      })
      expect(await page.getByRole('button', { name: 'Switch on' }).isDisabled()).toBe(true)
    })

    test('then gives its metadata, and is told what is wrong with a part of it', async () => {
      const { page } = maren
      await page.getByText('Paste it', { exact: true }).click()
      const field = page.getByRole('textbox', { name: 'Metadata', exact: true })
      await field.fill(provider.metadata.slice(0, 400))
      await page.getByRole('button', { name: 'Read metadata' }).click()
      await done(page, 'It is not XML, or holds a DOCTYPE.')
      expect(await look(page, 'saml-metadata')).toEqual([])
      await field.fill(provider.metadata)
      await page.getByRole('button', { name: 'Read metadata' }).click()
      await page.getByText(`${provider.origin}/saml2/idp/SSOService.php`).waitFor()
    })

    test('tries it, and sees what came and which rule failed', async () => {
      const { page } = maren
      await page.getByRole('button', { name: 'Sign in as a test' }).click()
      await page.waitForURL((url) => url.origin === provider.origin)
      await signIn(page, 'amelie')
      await page.waitForURL(`${platform.baseUrl}/backstage/o/${organizationId}/saml?test=*`)
      await done(page, /subject: there is no http/)
      await page.getByRole('table', { name: 'What came' }).getByText(people.amelie.mail).waitFor()
      await done(page, 'assertion signed')
      await done(page, 'encrypted')
    })

    test('maps what came to who it is, tries again, and switches it on', async () => {
      const { page } = maren
      for (const [label, value] of Object.entries({
        'Who it is': 'uid',
        'Given name': 'givenName',
        'Family name': 'sn',
        'E-mail address': 'mail',
      })) {
        await page.getByRole('textbox', { name: label }).fill(value)
      }
      await page.getByRole('button', { name: 'Save' }).click()
      await done(page, /Saved\./)
      await page.getByRole('button', { name: 'Sign in as a test' }).click()
      await done(page, 'This person would be let in. The test has let nobody in.')
      await page.getByRole('table', { name: 'Who that is here' }).getByText('Amélie').waitFor()
      expect(await look(page, 'saml-page')).toEqual([])
      expect(await overflows(page)).toBe(false)
      await page.getByRole('button', { name: 'Switch on' }).click()
      await page.getByRole('button', { name: 'Switch off' }).waitFor()
      expect(await attendees()).toEqual([])
    })

    test('and lets people sign in to a program', async () => {
      const { page } = maren
      await page.goto(`${platform.baseUrl}/backstage/p/${programId}/access`)
      const accounts = page.getByRole('switch', { name: 'Company accounts' })
      await accounts.waitFor()
      expect(await accounts.isChecked()).toBe(false)
      await accounts.click({ force: true })
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await expect.poll(async () => (await api<Program>('GET', `programs/${programId}`)).saml, patience).toBe(true)
      // What a test has left there belongs to it: people come without.
      await maren.context.clearCookies({ domain: '127.0.0.1' })
    })
  })

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
    const team = maren.page
    await team.goto(`${platform.baseUrl}/backstage/o/${organizationId}/saml`)
    await team.getByRole('button', { name: 'More' }).click()
    await team.getByRole('menuitem', { name: /Remove company sign-in/ }).click()
    await team.getByText(/sessions? that began with it end/).waitFor()
    await team.getByRole('textbox', { name: /Type/ }).fill('Aldermoor Instruments')
    await team.getByRole('button', { name: 'Remove company sign-in' }).click()
    await team.getByRole('button', { name: 'Set up company sign-in' }).waitFor()
    const { page } = amelie
    await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent(), patience).toMatch(/ended by its organizer/)
    const stranger = await visitor(browser)
    await stranger.page.goto(`${platform.baseUrl}/${programId}`)
    await expect.poll(() => stranger.page.getByRole('heading', { level: 1 }).textContent(), patience).toBe('This event is private')
    expect(await company(stranger.page).count()).toBe(0)
  })
})
