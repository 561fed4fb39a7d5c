// Owns: that the API's documentation reads in a real browser, asks nobody but the platform, and can call it with a key that somebody enters.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../require.ts'
import { openBrowser, visitor } from './browser.ts'
import { type Demo, startDemo } from './demo-process.ts'

describe.skipIf(needs.chromium())('the API’s documentation', () => {
  let demo: Demo
  let browser: Browser
  beforeAll(async () => {
    demo = await startDemo({ args: ['--no-source'] })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  const operation = (route: string): string => `${demo.facts.baseUrl}/api/docs#?route=${route}`
  const declareKey = 'post-/api/organizations/-organizationId-/partner-keys'

  test.each([
    { width: 390, height: 844 },
    { width: 1440, height: 900 },
  ])('reads at $width pixels, and asks nobody else', async (size) => {
    const reader = await visitor(browser, size)
    await reader.page.goto(operation(declareKey))
    await reader.page.getByText('/api/organizations/{organizationId}/partner-keys').first().waitFor()
    await reader.page.getByText('BEGIN and END lines included').first().waitFor()
    const wide = await reader.page.evaluate('document.documentElement.scrollWidth - innerWidth')
    expect(wide).toBeLessThanOrEqual(0)
    expect(reader.requests.filter((url) => !url.startsWith(`${demo.facts.baseUrl}/`) && !url.startsWith('data:'))).toEqual([])
    expect(reader.problems).toEqual([])
    await reader.context.close()
  })

  test('calls the API with a key that is entered there', async () => {
    const { page, problems, context } = await visitor(browser)
    await page.goto(operation('auth'))
    await page.getByPlaceholder('api-token').first().fill(demo.facts.adminSecret)
    await page.getByRole('button', { name: 'Set' }).first().click()
    await page.goto(operation('get-/api/organizations/-organizationId-'))
    await page.getByRole('textbox').filter({ visible: true }).last().fill(demo.facts.organizationId)
    const answered = page.waitForResponse((response) => response.url().endsWith(`/api/organizations/${demo.facts.organizationId}`))
    await page.getByRole('button', { name: 'Execute' }).click()
    expect(await (await answered).json()).toMatchObject({ id: demo.facts.organizationId, name: 'Aldermoor Instruments' })
    expect(problems).toEqual([])
    await context.close()
  })
})
