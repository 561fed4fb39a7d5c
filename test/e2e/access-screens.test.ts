// Owns: the screens of who gets in, in Backstage and at the door: what they say and do, at both widths, light and dark.
import { readFileSync } from 'node:fs'
import type { Program } from '@voila/protocol'
import { signToken } from '@voila/tokens'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../require.ts'
import { openBrowser, type Visitor, visitor } from './browser.ts'
import { type Demo, startDemo } from './demo-process.ts'
import { keep, look, overflows } from './look.ts'

describe.skipIf(needs.chromium())('who gets in', { timeout: 60_000 }, () => {
  let browser: Browser
  let demo: Demo
  let team: Visitor
  let programId: string

  const api = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(`${demo.facts.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${demo.facts.adminSecret}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return (await answer.json()) as Answer
  }
  const linkOf = (sub: string, now = Math.floor(Date.now() / 1_000)): string => {
    const roles = [{ name: 'ROLE_ATTENDEE', eventId: programId }]
    const claims = { organization_id: demo.facts.organizationId, given_name: 'Lena', family_name: 'Brandt', sub, roles }
    const signed = signToken(claims, {
      privateKey: readFileSync(demo.facts.privateKeyFile, 'utf8'),
      kid: demo.facts.kid,
      expiresInSeconds: 3_600,
      now,
    })
    return `${demo.facts.baseUrl}/${programId}?token=${signed}`
  }
  const patch = (change: object) => api<Program>('PATCH', `/api/programs/${programId}`, change)
  async function expectGood(page: Page, name: string, options: { whole?: boolean } = {}): Promise<void> {
    expect(await look(page, `access-${name}`, options)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await overflows(page)).toBe(false)
    await page.setViewportSize({ width: 1440, height: 900 })
  }
  async function open(path: string): Promise<Page> {
    await team.page.goto(`${demo.facts.baseUrl}/backstage${path}`)
    return team.page
  }

  beforeAll(async () => {
    browser = await openBrowser()
    demo = await startDemo({ args: ['--no-source'] })
    const startsAt = new Date(Date.now() + 3_600_000).toISOString()
    programId = (await api<Program>('POST', `/api/organizations/${demo.facts.organizationId}/programs`, { title: 'Results', startsAt })).id
    await api('POST', `/api/programs/${programId}/state`, { to: 'scheduled' })
    team = await visitor(browser)
    await team.page.goto(demo.facts.backstageUrl)
    await team.page.getByRole('heading', { name: 'Programs' }).waitFor()
  }, 60_000)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keep(team.page, 'failed-access')
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  test('the Access tab saves once, newest, end at expiry and the doors', async () => {
    const page = await open(`/p/${programId}/access`)
    await page.getByRole('radio', { name: 'In one browser' }).check()
    await page.getByRole('radio', { name: 'One, the newest counts' }).check()
    await page.getByRole('radio', { name: 'They go' }).check()
    await page.getByRole('checkbox', { name: 'Doors open some time before the start' }).check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('You have unsaved changes.').waitFor({ state: 'hidden' })
    const saved = await api<Program>('GET', `/api/programs/${programId}`)
    expect(saved).toMatchObject({ tokenUse: 'once', concurrency: 'newest', atExpiry: 'end', doorsMinutes: 15 })
    await expectGood(page, 'tab')
  })

  test('before the doors, whoever has a token sees the countdown', async () => {
    const early = await visitor(browser)
    await early.page.goto(linkOf('early'))
    await early.page.getByRole('heading', { name: 'The doors are not open yet' }).waitFor()
    await expectGood(early.page, 'doors')
    await early.context.close()
    await patch({ doorsMinutes: null })
  })

  test('a link that takes one browser says so in a second one', async () => {
    const [first, second] = [await visitor(browser), await visitor(browser)]
    const link = linkOf('once')
    await first.page.goto(link)
    await first.page.getByRole('heading', { name: 'Results' }).waitFor()
    await second.page.goto(link)
    await second.page.getByText('used in another browser', { exact: false }).first().waitFor()
    await expectGood(second.page, 'used')
    await first.context.close()
    await second.context.close()
  })

  test('Keep out, beside whoever was refused, puts him out; his page says why; lifted, he comes in', async () => {
    await patch({ tokenUse: 'many' })
    const lena = await visitor(browser)
    await lena.page.goto(linkOf('lena'))
    await lena.page.getByRole('heading', { name: 'Results' }).waitFor()
    const old = await visitor(browser)
    await old.page.goto(linkOf('lena', Math.floor(Date.now() / 1_000) - 86_400))
    await old.context.close()
    // Written down once a second.
    const refusals = () =>
      api<{ items: unknown[] }>('GET', `/api/organizations/${demo.facts.organizationId}/partner-keys/${demo.facts.kid}/refusals`)
    await expect.poll(async () => JSON.stringify((await refusals()).items), { timeout: 10_000 }).toContain('"subject":"lena"')
    const page = await open(`/o/${demo.facts.organizationId}/keys/${demo.facts.kid}`)
    await page.getByRole('button', { name: 'Keep out lena' }).first().waitFor()
    await expectGood(page, 'refusals')
    await page.getByRole('button', { name: 'Keep out lena' }).first().click()
    const form = page.getByRole('dialog')
    expect(await form.getByRole('textbox', { name: 'Subject' }).inputValue()).toBe('lena')
    await expectGood(page, 'keep-out', { whole: false })
    await form.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('1 session ends at once.').waitFor()
    await page.getByRole('dialog').getByRole('textbox').fill('keep out')
    await page.getByRole('dialog').getByRole('button', { name: 'Keep out' }).click()
    await lena.page.getByText('ended by the organizer', { exact: false }).first().waitFor()
    await expectGood(lena.page, 'revoked')

    await open(`/o/${demo.facts.organizationId}/revocations`)
    await page.getByText('lena', { exact: true }).waitFor()
    await expectGood(page, 'revocations')
    await page.getByRole('button', { name: 'Lift' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Lift' }).click()
    await page.getByText('lifted', { exact: true }).waitFor()
    await lena.page.goto(linkOf('lena'))
    await lena.page.getByRole('heading', { name: 'Results' }).waitFor()
    await lena.context.close()
  })

  test('made public after a question, it lets a guest in by the name he chooses', async () => {
    const page = await open(`/p/${programId}/access`)
    await page.getByRole('button', { name: 'Make public' }).click()
    await expectGood(page, 'make-public', { whole: false })
    await page.getByRole('dialog').getByRole('button', { name: 'Make public' }).click()
    await page.getByRole('heading', { name: 'Public', exact: true }).waitFor()
    const guest = await visitor(browser)
    await guest.page.goto(`${demo.facts.baseUrl}/${programId}`)
    await guest.page.getByRole('button', { name: 'Enter as a guest' }).waitFor()
    await expectGood(guest.page, 'guest')
    await guest.page.getByRole('textbox').fill('Noor')
    await guest.page.getByRole('button', { name: 'Enter as a guest' }).click()
    await guest.page.getByRole('button', { name: 'Enter as a guest' }).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Make private' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Make private' }).click()
    await page.getByRole('heading', { name: 'Private', exact: true }).waitFor()
    await guest.context.close()
  })
})
