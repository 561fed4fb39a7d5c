// Owns: the embedded player where pages and networks are as they are found: tokens that run out, hosts that bar it, single pages that come and
// go, networks that are slow, fail or let no WebSocket through. Third-party cookies are blocked in all of it.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { signToken } from '@voila/tokens'
import type { BrowserContext, Frame, FrameLocator, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { VoilaEvent, VoilaEventName } from '../../packages/web/src/embed/types.ts'
import { needs } from '../require.ts'
import { untilPlaying } from './browser.ts'
import { type Demo, startDemo } from './demo-process.ts'
import { type HostSite, startHostSite } from './host-site.ts'
import { type PoorNetwork, startPoorNetwork } from './poor-network.ts'
import { openStrictBrowser } from './strict-browser.ts'

type Heard = VoilaEvent & { readonly name: VoilaEventName }

const eventNames = ['ready', 'live', 'interrupted', 'ended', 'refused', 'token-expiring', 'error'] as const satisfies VoilaEventName[]
const sessionMs = 9_000

let demo: Demo
let context: BrowserContext
let closeBrowser: (() => Promise<void>) | undefined
let host: HostSite
let network: PoorNetwork

function tokenFor(name: string, programId = demo.facts.programId): string {
  return signToken(
    { organization_id: demo.facts.organizationId, sub: name, given_name: name, roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }] },
    { privateKey: readFileSync(demo.facts.privateKeyFile, 'utf8'), kid: demo.facts.kid, expiresInSeconds: 600 },
  )
}

/** A host page under the policy that the guide names. `platform`: as it is reached from there; `frames`: what may be in them. */
function hostPage(options: { platform?: string; frames?: string } = {}): { body: string; headers: Record<string, string> } {
  const { platform = demo.facts.baseUrl } = options
  return {
    body: `<!doctype html><html lang="en"><title>Host</title><body><div id="one"></div><script src="${platform}/voila.js"></script></body></html>`,
    headers: { 'content-security-policy': `default-src 'none'; script-src 'self' ${platform}; frame-src ${options.frames ?? platform}` },
  }
}

async function openHost(path: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${host.origin}${path}`)
  await listen(page)
  return page
}

const listen = (page: Page | Frame): Promise<void> =>
  page.evaluate((names) => {
    const heard: object[] = []
    Object.assign(window, { heard })
    for (const name of names) voila.on(name, (event) => heard.push({ name, ...event }))
  }, eventNames)

const heardOn = (page: Page | Frame): Promise<Heard[]> => page.evaluate(() => (window as unknown as { heard: Heard[] }).heard)

async function untilHeard(page: Page | Frame, name: VoilaEventName, timeout = 30_000): Promise<Heard> {
  await page.waitForFunction((wanted) => (window as unknown as { heard: Heard[] }).heard.some((event) => event.name === wanted), name, {
    timeout,
  })
  const found = (await heardOn(page)).find((event) => event.name === name)
  if (found === undefined) throw new Error(`${name} was not heard`)
  return found
}

const show = (page: Page | Frame, name: string, programId = demo.facts.programId): Promise<void> =>
  page.evaluate(
    ([token, program]) => {
      voila.setToken({ token, programId: program })
      voila.render({ programId: program, target: '#one' })
    },
    [tokenFor(name, programId), programId] as const,
  )

const playerIn = (page: Page, target = '#one'): FrameLocator => page.frameLocator(`${target} iframe`)
const writing = (player: FrameLocator | Page) => player.getByRole('textbox', { name: /message/i })
const message = (player: FrameLocator | Page, text: string) => player.getByRole('log').getByText(text, { exact: true })

async function say(player: FrameLocator, text: string): Promise<void> {
  await writing(player).fill(text)
  await writing(player).press('Enter')
}

async function frameOf(page: Page, target = '#one'): Promise<Frame> {
  const frame = await (await page.waitForSelector(`${target} iframe`)).contentFrame()
  if (frame === null) throw new Error('no frame')
  return frame
}

describe.skipIf(needs.chromium())('the embedded player in the wild', () => {
  beforeAll(async () => {
    demo = await startDemo({ env: { SESSION_HOURS: String(sessionMs / 3_600_000) } })
    const browser = await openStrictBrowser()
    context = browser.context
    closeBrowser = browser.close
    host = await startHostSite()
    network = await startPoorNetwork(demo.facts.baseUrl)
    const answer = await fetch(`${demo.facts.baseUrl}/api/programs/${demo.facts.programId}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${demo.facts.adminSecret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ embedOrigins: [host.origin] }),
    })
    expect(answer.status).toBe(200)
    host.pages.set('/', hostPage())
  })
  afterEach(async () => {
    network?.slow(undefined)
    network?.down(false)
    for (const page of context.pages()) await page.close()
  })
  afterAll(async () => {
    await closeBrowser?.()
    await host?.close()
    await network?.close()
    expect(await demo?.stop()).toBe(0)
  })

  test(
    'somebody whose time runs out while he watches goes on by the provider’s tokens, ten times: no stall over half a second, no request refused, one session, one socket',
    // The feed is encoded on this machine too: where that is too busy for it, the picture stalls for everybody.
    { timeout: 180_000, retry: 2 },
    async () => {
      const page = await openHost('/')
      const refused: string[] = []
      const posted: string[] = []
      let sockets = 0
      page.on('response', (response) => response.status() >= 400 && refused.push(`${response.status()} ${response.url()}`))
      page.on('request', (request) => request.method() === 'POST' && posted.push(new URL(request.url()).pathname.replace(/^.*\//, '')))
      page.on('websocket', () => (sockets += 1))
      await page.evaluate(
        ([tokens, programId]) => {
          let asked = 0
          voila.setTokenProvider(async () => tokens[asked++] ?? '')
          voila.render({ programId, target: '#one' })
        },
        [Array.from({ length: 20 }, () => tokenFor('Tess')), demo.facts.programId] as const,
      )
      const frame = await frameOf(page)
      await untilPlaying(frame)
      // A tick that comes late says that the machine was busy, and nothing of the picture.
      await frame.evaluate(() => {
        const video = document.querySelector('video')
        const watched = { stalledMs: 0, longestMs: 0, sameVideo: true }
        Object.assign(window, { watched })
        let time = video?.currentTime ?? 0
        let tick = performance.now()
        setInterval(() => {
          const now = performance.now()
          const lateMs = now - tick
          tick = now
          const next = video?.currentTime ?? 0
          watched.stalledMs = next > time ? 0 : watched.stalledMs + Math.min(lateMs, 100)
          watched.longestMs = Math.max(watched.longestMs, watched.stalledMs)
          watched.sameVideo &&= document.querySelector('video') === video
          time = next
        }, 50)
      })
      await expect
        .poll(() => posted.filter((name) => name === 'renew').length, { timeout: 120_000, interval: 500 })
        .toBeGreaterThanOrEqual(10)
      // Another try finds what this one has written.
      const said = `Ten times later, ${randomUUID()}`
      await say(playerIn(page), said)
      await message(playerIn(page), said).waitFor()
      const watched = await frame.evaluate(() => (window as unknown as { watched: object }).watched)
      expect(watched).toMatchObject({ sameVideo: true })
      expect((watched as { longestMs: number }).longestMs).toBeLessThanOrEqual(500)
      expect(refused).toEqual([])
      expect(posted.filter((name) => name === 'sessions')).toHaveLength(1)
      expect(sockets).toBe(1)
      const heard = await heardOn(page)
      expect(heard.filter(({ name }) => name === 'token-expiring').length).toBeGreaterThanOrEqual(10)
      expect(heard.filter(({ name }) => name === 'refused' || name === 'error' || name === 'interrupted')).toEqual([])
      expect(heard.filter(({ name }) => name === 'ready')).toHaveLength(1)
    },
  )

  test('a token of somebody else, set while somebody watches, is refused to the page, and he stays', async () => {
    const page = await openHost('/')
    await page.evaluate(
      ([token, programId]) => {
        voila.setTokenProvider(async () => token)
        voila.render({ programId, target: '#one' })
      },
      [tokenFor('Tess'), demo.facts.programId] as const,
    )
    await untilPlaying(await frameOf(page))
    await page.evaluate((token) => voila.setToken({ token }), tokenFor('Eve'))
    // The provider's comes before it; the player's own does not.
    await page.evaluate(([token, programId]) => Object.assign(window, { other: voila.render({ programId, target: 'body' }), token }), [
      tokenFor('Eve'),
      demo.facts.programId,
    ] as const)
    await untilHeard(page, 'ready')
    await page.evaluate(() => {
      const { other, token } = window as unknown as { other: { setToken(token: string): void }; token: string }
      setTimeout(() => other.setToken(token), 3_000)
    })
    const error = await untilHeard(page, 'error')
    expect(error).toMatchObject({ code: 'subject_mismatch', playerId: 'voila-2' })
    await say(playerIn(page), 'Still Tess')
    await message(playerIn(page), 'Still Tess').waitFor()
    expect(await playerIn(page).getByRole('log').innerText()).not.toContain('Eve')
  })

  test('a program that there is not is told at once, in words, inside the player', async () => {
    const page = await openHost('/')
    await show(page, 'Uma', 'zzzzzzzzzzzz')
    expect(await untilHeard(page, 'refused', 8_000)).toMatchObject({ code: 'program_unknown', programId: 'zzzzzzzzzzzz' })
    await playerIn(page).getByText('There is no event at this address').waitFor()
  })

  test('a page whose own policy bars frames is told that it does, at once', async () => {
    host.pages.set('/barred', hostPage({ frames: "'none'" }))
    const page = await openHost('/barred')
    await show(page, 'Uma')
    expect(await untilHeard(page, 'refused', 8_000)).toMatchObject({ code: 'host_policy' })
    await page.getByText('The event cannot be shown on this page').waitFor()
  })

  test('a page in a sandbox without an origin gets a refusal that says so, and asks for nothing', async () => {
    host.pages.set('/sandboxed', { body: '<iframe sandbox="allow-scripts" src="/"></iframe>' })
    const page = await context.newPage()
    const asked: string[] = []
    page.on('request', (request) => request.url().includes('/embed/') && asked.push(request.url()))
    await page.goto(`${host.origin}/sandboxed`)
    const inner = page.frames().find((frame) => frame !== page.mainFrame())
    if (inner === undefined) throw new Error('no frame')
    await inner.waitForFunction(() => 'voila' in window)
    await listen(inner)
    await show(inner, 'Uma')
    expect(await untilHeard(inner, 'refused', 8_000)).toMatchObject({ code: 'origin_opaque' })
    await inner.getByText('The event cannot be shown on this page').waitFor()
    expect(asked).toEqual([])
  })

  test('in a sandbox that leaves the page its origin, the player is there', async () => {
    host.pages.set('/roomy', { body: '<iframe sandbox="allow-scripts allow-same-origin" src="/" width="900" height="700"></iframe>' })
    const page = await context.newPage()
    await page.goto(`${host.origin}/roomy`)
    const inner = page.frames().find((frame) => frame !== page.mainFrame())
    if (inner === undefined) throw new Error('no frame')
    await inner.waitForFunction(() => 'voila' in window)
    await listen(inner)
    await show(inner, 'Uma')
    await untilHeard(inner, 'ready')
  })

  test('a platform that is away is told as that, is tried again, and then the player comes by itself', { timeout: 120_000 }, async () => {
    host.pages.set('/poor', hostPage({ platform: network.origin }))
    const page = await openHost('/poor')
    network.down(true)
    await show(page, 'Vera')
    expect(await untilHeard(page, 'error', 20_000)).toMatchObject({ code: 'unavailable' })
    await page.getByText('It is being tried again').waitFor()
    network.down(false)
    await untilHeard(page, 'ready', 60_000)
    expect(await page.locator('.voila-message').count()).toBe(0)
    expect((await heardOn(page)).filter(({ name }) => name === 'refused')).toEqual([])
  })

  test('where a proxy turns every WebSocket away, people watch and chat by requests alone, and nothing is said of it', async () => {
    host.pages.set('/poor', hostPage({ platform: network.origin }))
    const others = await context.newPage()
    await others.goto(demo.facts.attendeeUrls[1])
    const page = await openHost('/poor')
    await show(page, 'Wim')
    await untilPlaying(await frameOf(page))
    const player = playerIn(page)
    await say(player, 'Behind a proxy')
    await message(player, 'Behind a proxy').waitFor()
    await message(others, 'Behind a proxy').waitFor()
    await writing(others).fill('Heard you')
    await writing(others).press('Enter')
    await message(player, 'Heard you').waitFor()
    expect(network.refused()).toBeGreaterThan(0)
    expect(
      await player
        .getByRole('status')
        .filter({ hasText: /connect/i })
        .count(),
    ).toBe(0)
    expect((await heardOn(page)).map(({ name }) => name).filter((name) => name === 'error' || name === 'refused')).toEqual([])
  })

  test('over a slow network the player comes late, and is not taken for one that is kept out', { timeout: 180_000 }, async () => {
    host.pages.set('/poor', hostPage({ platform: network.origin }))
    const page = await openHost('/poor')
    network.slow({ latencyMs: 1_500, bytesPerSecond: 100_000 })
    await show(page, 'Xaver')
    await untilHeard(page, 'ready', 150_000)
    expect((await heardOn(page)).filter(({ name }) => name === 'refused')).toEqual([])
  })

  test('a network that fails while somebody watches costs him a pause, and no refusal', { timeout: 180_000 }, async () => {
    host.pages.set('/poor', hostPage({ platform: network.origin }))
    const page = await openHost('/poor')
    await page.evaluate(
      ([tokens, programId]) => {
        let asked = 0
        voila.setTokenProvider(async () => tokens[asked++] ?? '')
        voila.render({ programId, target: '#one' })
      },
      [Array.from({ length: 40 }, () => tokenFor('Yann')), demo.facts.programId] as const,
    )
    const frame = await frameOf(page)
    await untilPlaying(frame)
    network.down(true)
    // Longer than the session that he has.
    await page.waitForTimeout(sessionMs + 3_000)
    network.down(false)
    await untilPlaying(frame, 60_000)
    await say(playerIn(page), 'Back again')
    await message(playerIn(page), 'Back again').waitFor()
    expect((await heardOn(page)).filter(({ name }) => name === 'refused')).toEqual([])
  })

  describe('as a React component in a single-page app', () => {
    beforeAll(async () => {
      const folder = fileURLToPath(new URL('../../examples/react/', import.meta.url))
      const built = await build({
        configFile: false,
        logLevel: 'warn',
        define: { 'process.env.NODE_ENV': '"development"' },
        plugins: [
          {
            name: 'the-app',
            resolveId: (id) => (id.endsWith('/app-of-the-test.js') ? id : undefined),
            load: (id) =>
              id.endsWith('/app-of-the-test.js')
                ? `import { createElement as h, StrictMode, useState } from 'react'
                   import { createRoot } from 'react-dom/client'
                   import { VoilaPlayer } from ${JSON.stringify(`${folder}voila-player.tsx`)}
                   window.heard = []
                   function App() {
                     const [isOpen, setOpen] = useState(false)
                     const [count, setCount] = useState(0)
                     Object.assign(window, { setOpen, setCount })
                     return isOpen && h('div', { id: 'one' }, h(VoilaPlayer, {
                       ...window.facts,
                       title: 'All hands',
                       getToken: async () => (window.asked = (window.asked ?? 0) + 1, window.facts.token),
                       onEvent: (name, event) => window.heard.push({ name, count, ...event }),
                     }))
                   }
                   createRoot(document.getElementById('app')).render(h(StrictMode, null, h(App)))`
                : undefined,
          },
        ],
        root: fileURLToPath(new URL('../../packages/web/', import.meta.url)),
        build: { write: false, minify: false, lib: { entry: 'app-of-the-test.js', formats: ['iife'], name: 'app' } },
      })
      const [output] = [built].flat()
      const code = output !== undefined && 'output' in output ? output.output[0].code : ''
      expect(code).toContain('/voila.js')
      const { baseUrl: platform, programId } = demo.facts
      const facts = JSON.stringify({ platform, programId, token: tokenFor('Zoe') })
      host.pages.set('/facts.js', { type: 'text/javascript', body: `window.facts = ${facts}` })
      host.pages.set('/app.js', { type: 'text/javascript', body: code })
      const policy = hostPage().headers
      host.pages.set('/app', {
        body: '<!doctype html><div id="app"></div><script src="/facts.js"></script><script src="/app.js"></script>',
        headers: policy,
      })
    })

    const open = (page: Page, isOpen: boolean) =>
      page.evaluate((to) => (window as unknown as { setOpen(to: boolean): void }).setOpen(to), isOpen)

    /** What the page's own window and document are listened to for. */
    async function listenersOn(page: Page): Promise<string[]> {
      const devtools = await context.newCDPSession(page)
      const names: string[] = []
      for (const expression of ['window', 'document']) {
        const { result } = await devtools.send('Runtime.evaluate', { expression })
        const { listeners } = await devtools.send('DOMDebugger.getEventListeners', { objectId: result.objectId ?? '' })
        names.push(...listeners.map(({ type }) => `${expression} ${type}`))
      }
      await devtools.detach()
      return names.sort()
    }

    test('it plays, keeps its player over renderings, and leaves neither frames nor listeners when it goes, however often', async () => {
      const page = await context.newPage()
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(String(error)))
      await page.goto(`${host.origin}/app`)
      await open(page, true)
      const first = await frameOf(page)
      await untilPlaying(first)
      expect(await page.locator('#one iframe').getAttribute('title')).toBe('All hands')
      await page.evaluate(() => (window as unknown as { setCount(to: number): void }).setCount(7))
      await page.waitForTimeout(500)
      expect(await frameOf(page)).toBe(first)
      await open(page, false)
      await page.locator('iframe').waitFor({ state: 'detached' })
      const before = await listenersOn(page)
      for (let round = 0; round < 20; round += 1) {
        await open(page, true)
        // Some go before the frame has come, others after.
        if (round % 2 === 0) await page.locator('#one iframe').waitFor({ state: 'attached' })
        await open(page, false)
        await page.locator('#one').waitFor({ state: 'detached' })
      }
      expect(await page.locator('iframe').count()).toBe(0)
      expect(await listenersOn(page)).toEqual(before)
      expect(before).not.toContain('window message')
      await open(page, true)
      await say(playerIn(page), 'Mounted again')
      await message(playerIn(page), 'Mounted again').waitFor()
      expect(problems).toEqual([])
    })
  })
})
