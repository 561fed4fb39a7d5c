// Owns: the main job as people do it: the demo, two attendees in Chromium, one picture, one chat.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../require.ts'
import { openBrowser, playing, untilPlaying, type Visitor, visitor } from './browser.ts'
import { type Demo, freePort, startDemo } from './demo-process.ts'

const credentialSeconds = 10

async function say(page: Page, text: string): Promise<void> {
  const box = page.getByRole('textbox', { name: /message/i })
  await box.fill(text)
  await box.press('Enter')
}

/** The message with this text, as the page shows it. */
const message = (page: Page, text: string) => page.getByRole('log').getByText(text, { exact: true })

/** Kills a publisher as a crash would: no goodbye. */
function publishInProcess(url: string): { kill(): Promise<void> } {
  const script = `import { demoClip, publishFlv } from '@voila/media'
    import { fileURLToPath } from 'node:url'
    await publishFlv({ url: process.argv[1], source: fileURLToPath(demoClip), loop: true }).done`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, url], {
    cwd: fileURLToPath(new URL('../../packages/server', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return {
    kill() {
      child.kill('SIGKILL')
      return ended
    },
  }
}

describe.skipIf(needs.chromium())('the demo in Chromium', () => {
  let browser: Browser
  let demo: Demo
  let amelie: Visitor
  let jonas: Visitor

  beforeAll(async () => {
    browser = await openBrowser()
    demo = await startDemo({ env: { MEDIA_CREDENTIAL_SECONDS: String(credentialSeconds) } })
    amelie = await visitor(browser)
    jonas = await visitor(browser, { width: 390, height: 844 })
    await amelie.page.goto(demo.facts.attendeeUrls[0])
    await jonas.page.goto(demo.facts.attendeeUrls[1])
  })
  afterAll(async () => {
    await browser?.close()
    expect(await demo?.stop()).toBe(0)
  })

  test('both attendees see the picture move, and their address bars hold no token', async () => {
    for (const { page } of [amelie, jonas]) {
      await untilPlaying(page)
      expect(new URL(page.url()).pathname).toBe(`/${demo.facts.programId}`)
      expect(page.url()).not.toContain('token')
    }
  })

  test('they chat with each other under the names in their tokens', async () => {
    await say(amelie.page, 'Good morning from Lyon')
    await message(jonas.page, 'Good morning from Lyon').waitFor()
    await say(jonas.page, 'Guten Morgen')
    await message(amelie.page, 'Guten Morgen').waitFor()
    expect(await amelie.page.getByRole('log').innerText()).toContain('Jonas Weber')
    expect(await jonas.page.getByRole('log').innerText()).toContain('Amélie Laurent')
  })

  test('a reload keeps the session, the chat and the picture', async () => {
    await amelie.page.reload()
    await untilPlaying(amelie.page)
    await message(amelie.page, 'Guten Morgen').waitFor()
    await say(amelie.page, 'Back again')
    await message(jonas.page, 'Back again').waitFor()
  })

  test('the picture goes on for longer than three lifetimes of a media credential', { timeout: 90_000 }, async () => {
    const before = await playing(jonas.page)
    await jonas.page.waitForTimeout(credentialSeconds * 3_000 + 2_000)
    const after = await playing(jonas.page)
    expect(after.currentTime - before.currentTime).toBeGreaterThan(credentialSeconds * 3 - 3)
    expect(after.frames).toBeGreaterThan(before.frames + 300)
    expect(after.error).toBeNull()
    const credentials = new Set(jonas.requests.flatMap((url) => /\/media\/[^/]+\/([^/]+)\//.exec(url)?.[1] ?? []))
    expect(credentials.size).toBeGreaterThan(3)
  })

  test('nothing was asked of anybody but the platform, and no request but the first carried the token', () => {
    for (const { requests } of [amelie, jonas]) {
      const hosts = new Set(requests.filter((url) => url.startsWith('http')).map((url) => new URL(url).hostname))
      expect([...hosts].filter((host) => !['localhost', '127.0.0.1'].includes(host))).toEqual([])
      expect(requests.filter((url) => url.includes('token='))).toHaveLength(1)
    }
  })

  test('nothing went wrong on the pages', () => {
    expect([...amelie.problems, ...jonas.problems]).toEqual([])
  })

  test.each([
    ['the attendee page', () => amelie.page],
    ['the attendee page on a phone', () => jonas.page],
  ])('%s has no accessibility violation that axe can find', async (_name, page) => {
    const { violations } = await new AxeBuilder({ page: page() }).analyze()
    expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ target }) => target) }))).toEqual([])
  })

  test('a first visit loads at most 300 KB until the picture moves, media excepted', async () => {
    const fresh = await visitor(browser)
    const session = await fresh.context.newCDPSession(fresh.page)
    await session.send('Network.enable')
    const urls = new Map<string, string>()
    let bytes = 0
    session.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url))
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (!urls.get(requestId)?.includes('/media/')) bytes += encodedDataLength
    })
    await fresh.page.goto(demo.facts.attendeeUrls[0])
    await untilPlaying(fresh.page)
    expect(bytes).toBeGreaterThan(100_000)
    expect(bytes).toBeLessThanOrEqual(300 * 1024)
    await fresh.context.close()
  })

  test('French is spoken to a French browser', async () => {
    const fresh = await visitor(browser, { locale: 'fr-FR' })
    await fresh.page.goto(demo.facts.attendeeUrls[0])
    await fresh.page.getByRole('textbox', { name: /message/i }).waitFor()
    expect(await fresh.page.locator('html').getAttribute('lang')).toBe('fr')
    expect(await fresh.page.getByRole('log').innerText()).not.toContain('This is where')
    await fresh.context.close()
  })

  test('a damaged link is refused in words, with the status of its code and a trace id, and without the token', async () => {
    const fresh = await visitor(browser)
    const link = demo.facts.attendeeUrls[0]
    const damaged = `${link.slice(0, -6)}AAAAAA`
    const answer = await fresh.page.goto(damaged)
    expect(answer?.status()).toBe(401)
    await fresh.page.getByText('This link could not be verified', { exact: false }).first().waitFor()
    const token = damaged.split('token=')[1] ?? ''
    expect(await fresh.page.locator('body').innerText()).not.toContain(token.slice(0, 20))
    expect(await fresh.page.locator('body').innerText()).toMatch(/[0-9a-f]{16}/)
    await fresh.context.close()
  })

  test('a revoked key ends the visit of everybody it let in, and the page says why', async () => {
    await fetch(`${demo.facts.baseUrl}/api/organizations/${demo.facts.organizationId}/partner-keys/${demo.facts.kid}/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${demo.facts.adminSecret}` },
    })
    for (const { page } of [amelie, jonas]) await page.getByText('access', { exact: false }).first().waitFor()
    const frozen = await playing(amelie.page)
    expect(frozen.readyState === 0 || frozen.currentTime >= 0).toBe(true)
    const again = await visitor(browser)
    expect((await again.page.goto(demo.facts.attendeeUrls[0]))?.status()).toBe(403)
    await again.context.close()
  })
})

describe.skipIf(needs.chromium())('a feed that drops', () => {
  test('is said, and playback resumes by itself when the publisher is back', { timeout: 90_000 }, async () => {
    const browser = await openBrowser()
    const demo = await startDemo({ args: ['--no-source'] })
    const { page, context } = await visitor(browser)
    const url = `${demo.facts.rtmpUrl}/${demo.facts.streamKey}`
    try {
      await page.goto(demo.facts.attendeeUrls[0])
      await page.getByRole('textbox', { name: /message/i }).waitFor()
      const first = publishInProcess(url)
      await untilPlaying(page)
      await first.kill()
      await page
        .getByText(/interrupted/i)
        .first()
        .waitFor({ timeout: 20_000 })
      const second = publishInProcess(url)
      const resumed = await untilPlaying(page)
      expect(resumed.error).toBeNull()
      await page
        .getByText(/interrupted/i)
        .first()
        .waitFor({ state: 'hidden' })
      await second.kill()
      // Reloads would show as another navigation.
      expect(await page.evaluate(() => performance.getEntriesByType('navigation').length)).toBe(1)
    } finally {
      await context.close()
      await browser.close()
      await demo.stop()
    }
  })
})

describe('the demo as a command', () => {
  test('keeps what it made: a second start has the same program and new links', async () => {
    const first = await startDemo({ args: ['--no-source'] })
    const { mkdtempSync, cpSync, rmSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const { join } = await import('node:path')
    const kept = mkdtempSync(join(tmpdir(), 'voila-kept-'))
    first.process.kill('SIGINT')
    await new Promise((resolve) => first.process.once('close', resolve))
    cpSync(first.dataDir, kept, { recursive: true })
    const second = await startDemo({ args: ['--no-source'], dataDir: kept })
    expect(second.facts.programId).toBe(first.facts.programId)
    expect(second.facts.kid).toBe(first.facts.kid)
    expect(second.facts.attendeeUrls[0]).not.toBe(first.facts.attendeeUrls[0])
    expect((await fetch(second.facts.attendeeUrls[0], { redirect: 'manual' })).status).toBe(303)
    await second.stop()
    rmSync(kept, { recursive: true, force: true })
    rmSync(first.dataDir, { recursive: true, force: true })
  })

  test('a port in use is named, with exit code 1', async () => {
    const port = await freePort()
    const blocker = createServer().listen(port, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    await expect(startDemo({ args: ['--port', String(port), '--no-source'] })).rejects.toThrow(`Port ${port} is in use already`)
    blocker.close()
  })

  test('a data folder that can’t be written is named, with exit code 1', async () => {
    await expect(startDemo({ dataDir: '/dev/null/voila', args: ['--no-source'] })).rejects.toThrow(
      /can't be written to: \/dev\/null\/voila/,
    )
  })
})
