// Owns: the embedded player as a customer's page has it: on another site, with third-party cookies blocked, under a strict policy.
import { readFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { signToken } from '@voila/tokens'
import type { BrowserContext, Frame, FrameLocator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { VoilaEventName } from '../../packages/web/src/embed/types.ts'
import { needs } from '../require.ts'
import { untilPlaying } from './browser.ts'
import { type Demo, startDemo } from './demo-process.ts'
import { type HostSite, startHostSite } from './host-site.ts'
import { openStrictBrowser } from './strict-browser.ts'

type Heard = { name: string; programId?: string; playerId: string; at: number; code?: string; message?: string }

const eventNames = ['ready', 'live', 'interrupted', 'ended', 'refused', 'token-expiring', 'error'] as const satisfies VoilaEventName[]

let demo: Demo
let context: BrowserContext
let closeBrowser: (() => Promise<void>) | undefined
/** A company's page whose origin may embed the program, and one whose may not. */
let allowed: HostSite
let stranger: HostSite
let otherProgramId: string
const problems: string[] = []
const urls: string[] = []

async function admin<Answer>(method: string, path: string, body: object): Promise<Answer> {
  const response = await fetch(`${demo.facts.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${demo.facts.adminSecret}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Answer
}

function tokenFor(name: string, options: { programId?: string; ageSeconds?: number } = {}): string {
  const [given_name = '', family_name = ''] = name.split(' ')
  return signToken(
    {
      organization_id: demo.facts.organizationId,
      sub: name,
      given_name,
      family_name,
      roles: [{ name: 'ROLE_ATTENDEE', eventId: options.programId ?? demo.facts.programId }],
    },
    {
      privateKey: readFileSync(demo.facts.privateKeyFile, 'utf8'),
      kid: demo.facts.kid,
      expiresInSeconds: 600,
      now: Math.floor(Date.now() / 1_000) - (options.ageSeconds ?? 0),
    },
  )
}

/** A page as the guide has it, with the policy that it names and nothing else. */
function hostPage(own = '', frames = ''): { body: string; headers: Record<string, string> } {
  const platform = demo.facts.baseUrl
  return {
    body: `<!doctype html><html lang="en"><title>Host</title><body><div id="one"></div><div id="two"></div>${own}<script src="${platform}/voila.js"></script></body></html>`,
    headers: { 'content-security-policy': `default-src 'none'; script-src 'self' ${platform}; frame-src ${platform} ${frames}` },
  }
}

async function openPage(url: string): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto(url)
  return page
}

/** Opens a host page and keeps what its players tell. */
async function openHost(path = '/'): Promise<Page> {
  const page = await openPage(`${allowed.origin}${path}`)
  await page.evaluate((names) => {
    const heard: object[] = []
    Object.assign(window, { heard })
    for (const name of names) voila.on(name, (event) => heard.push({ name, ...event }))
  }, eventNames)
  return page
}

const heardOn = (page: Page): Promise<Heard[]> => page.evaluate(() => (window as unknown as { heard: Heard[] }).heard)

async function untilHeard(page: Page, name: string, count = 1): Promise<Heard[]> {
  await page.waitForFunction(
    ([wanted, times]) => (window as unknown as { heard: Heard[] }).heard.filter((event) => event.name === wanted).length >= times,
    [name, count] as const,
  )
  return (await heardOn(page)).filter((event) => event.name === name)
}

const playerIn = (page: Page, target: string): FrameLocator => page.frameLocator(`${target} iframe`)
const writing = (player: FrameLocator) => player.getByRole('textbox', { name: /message/i })
const message = (player: FrameLocator | Page, text: string) => player.getByRole('log').getByText(text, { exact: true })

async function say(player: FrameLocator, text: string): Promise<void> {
  await writing(player).fill(text)
  await writing(player).press('Enter')
}

async function frameOf(page: Page, target: string): Promise<Frame> {
  const frame = await (await page.waitForSelector(`${target} iframe`)).contentFrame()
  if (frame === null) throw new Error('no frame')
  // Before that it is an empty page, and whatever is asked of it is lost with it.
  await frame.waitForURL('**/embed/**')
  return frame
}

describe.skipIf(needs.chromium())('the embedded player', () => {
  beforeAll(async () => {
    demo = await startDemo()
    const browser = await openStrictBrowser()
    context = browser.context
    closeBrowser = browser.close
    context.on('request', (request) => urls.push(request.url()))
    allowed = await startHostSite()
    stranger = await startHostSite()
    const { embedOrigins } = await admin<{ embedOrigins: string[] }>('PATCH', `/api/programs/${demo.facts.programId}`, {})
    await admin('PATCH', `/api/programs/${demo.facts.programId}`, { embedOrigins: [...embedOrigins, allowed.origin] })
    const other = await admin<{ id: string }>('POST', `/api/organizations/${demo.facts.organizationId}/programs`, {
      title: 'Works council, Hamburg',
      startsAt: new Date().toISOString(),
      embedOrigins: [allowed.origin],
    })
    otherProgramId = other.id
    for (const to of ['scheduled', 'live']) await admin('POST', `/api/programs/${otherProgramId}/state`, { to })
    allowed.pages.set('/', hostPage())
    stranger.pages.set('/', hostPage())
  })
  afterAll(async () => {
    await closeBrowser?.()
    await allowed?.close()
    await stranger?.close()
    expect(await demo?.stop()).toBe(0)
  })
  afterEach(async () => {
    for (const page of context.pages()) await page.close()
  })

  test('where the network lets no WebSocket through, people take part in the frame by requests, and hear announcements', async () => {
    const page = await context.newPage()
    await page.addInitScript(() => {
      Object.assign(window, {
        WebSocket: class extends EventTarget {
          constructor() {
            super()
            setTimeout(() => this.dispatchEvent(Object.assign(new Event('close'), { code: 1006, reason: '' })))
          }
          close(): void {}
        },
      })
    })
    await page.goto(`${allowed.origin}/`)
    await page.evaluate(
      ([token, programId]) => {
        voila.setToken({ token })
        voila.render({ target: '#one', programId })
      },
      [tokenFor('Wanda Whitlow'), demo.facts.programId] as const,
    )
    const player = playerIn(page, '#one')
    await say(player, 'By requests alone')
    await message(player, 'By requests alone').waitFor()
    expect(urls.filter((url) => url.includes('/stream')).length).toBeGreaterThan(0)
    await admin('POST', `/api/programs/${demo.facts.programId}/commands`, {
      id: crypto.randomUUID(),
      activity: 'announcements',
      command: {
        type: 'announce',
        text: 'The slides are there',
        style: 'highlight',
        link: { url: 'https://slides.example/', text: 'Open' },
      },
    })
    const announcement = player.getByRole('region', { name: 'Announcement from the team' })
    await announcement.getByText('The slides are there').waitFor()
    expect(await announcement.getByRole('link').getAttribute('href')).toBe('https://slides.example/')
    await announcement.getByRole('button').click()
    await announcement.waitFor({ state: 'detached' })
  })

  test('this browser does block third-party cookies: one that the site has is not sent from a frame on another', async () => {
    const widget = await startHostSite('localhost')
    const cookie = 'seen=yes; SameSite=None; Secure'
    widget.pages.set('/', (sent) => ({ body: `<p id="sent">${sent}</p>`, headers: { 'set-cookie': cookie } }))
    allowed.pages.set('/widget', { body: `<iframe src="${widget.origin}/"></iframe>` })
    const page = await openPage(`${widget.origin}/`)
    await page.reload()
    expect(await page.locator('#sent').innerText()).toBe('seen=yes')
    await page.goto(`${allowed.origin}/widget`)
    expect(await page.frameLocator('iframe').locator('#sent').innerText()).toBe('')
    await widget.close()
  })

  test('plays and chats on the intranet of another site, under the name in the token', async () => {
    const jonas = await openPage(demo.facts.attendeeUrls[1])
    const intranet = await openPage(demo.facts.embedUrl)
    expect(new URL(demo.facts.embedUrl).hostname).toBe('127.0.0.1')
    expect(new URL(demo.facts.baseUrl).hostname).toBe('localhost')
    const player = playerIn(intranet, '#all-hands')
    await untilPlaying(await frameOf(intranet, '#all-hands'))
    await say(player, 'Bonjour from the intranet')
    await message(jonas, 'Bonjour from the intranet').waitFor()
    expect(await jonas.getByRole('log').innerText()).toContain('Amélie Laurent')
    await jonas.getByRole('textbox', { name: /message/i }).fill('Hello intranet')
    await jonas.getByRole('textbox', { name: /message/i }).press('Enter')
    await message(player, 'Hello intranet').waitFor()
  })

  test('a reload of the intranet brings picture, chat and name back', async () => {
    const intranet = await openPage(demo.facts.embedUrl)
    const player = playerIn(intranet, '#all-hands')
    await say(player, 'Before the reload')
    await message(player, 'Before the reload').waitFor()
    await intranet.reload()
    await untilPlaying(await frameOf(intranet, '#all-hands'))
    await message(player, 'Before the reload').waitFor()
    await say(player, 'After the reload')
    await message(player, 'After the reload').waitFor()
  })

  test('the intranet’s policy is no wider than documented, and nothing on the page breaks it or axe’s rules', async () => {
    const broken: string[] = []
    const page = await context.newPage()
    page.on('console', (line) => line.type() === 'error' && broken.push(line.text()))
    const answer = await page.goto(demo.facts.embedUrl)
    const policy = (await answer?.allHeaders())?.['content-security-policy']?.split('; ') ?? []
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src 'self' ${demo.facts.baseUrl}`)
    expect(policy).toContain(`frame-src ${demo.facts.baseUrl}`)
    await writing(playerIn(page, '#all-hands')).waitFor()
    const frame = page.locator('#all-hands iframe')
    expect(await frame.getAttribute('title')).toBe('All-hands: the year ahead')
    expect(await frame.getAttribute('allow')).toBe('autoplay; fullscreen; picture-in-picture')
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ target }) => target) }))).toEqual([])
    expect(broken).toEqual([])
  })

  test('on a phone the chat is below the picture, on a wide page beside it', async () => {
    const page = await openPage(demo.facts.embedUrl)
    const player = playerIn(page, '#all-hands')
    const boxOf = async (place: string) => (await player.locator(place).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    // Tabs and reactions come a moment after the chat, and move both.
    const places = async () => {
      const [stage, chat] = [await boxOf('.stage'), await boxOf('.chat')]
      return {
        isBeside: chat.x >= stage.x + stage.width,
        isBelow: chat.y >= stage.y + stage.height,
        isTall: chat.height > 300,
        shape: Math.round((10 * stage.width) / stage.height),
      }
    }
    await writing(player).waitFor()
    await expect.poll(places, { timeout: 10_000 }).toMatchObject({ isBeside: true, isBelow: false })
    await page.setViewportSize({ width: 390, height: 844 })
    await expect.poll(places, { timeout: 10_000 }).toEqual({ isBeside: false, isBelow: true, isTall: true, shape: 18 })
  })

  test('two players on one page have a program and a name each; taking one out leaves the other', async () => {
    const page = await openHost()
    await page.evaluate(
      ({ one, two, programId, otherId }) => {
        voila.setToken({ token: one })
        voila.setToken({ token: two, programId: otherId })
        Object.assign(window, {
          first: voila.render({ programId, target: '#one' }),
          second: voila.render({ programId: otherId, target: '#two' }),
        })
      },
      {
        one: tokenFor('Camille Roux'),
        two: tokenFor('Ines Vogel', { programId: otherProgramId }),
        programId: demo.facts.programId,
        otherId: otherProgramId,
      },
    )
    const [first, second] = [playerIn(page, '#one'), playerIn(page, '#two')]
    await untilHeard(page, 'ready', 2)
    await untilPlaying(await frameOf(page, '#one'))
    await second.getByRole('heading', { name: 'Works council, Hamburg' }).waitFor()
    await say(second, 'Only for the council')
    await message(second, 'Only for the council').waitFor()
    await say(first, 'For everybody')
    await message(first, 'For everybody').waitFor()
    expect(await second.getByRole('log').innerText()).toContain('Ines Vogel')
    expect(await first.getByRole('log').innerText()).toContain('Camille Roux')
    expect(await first.getByText('Only for the council').count()).toBe(0)
    await page.evaluate(() => (window as unknown as { second: { destroy(): void } }).second.destroy())
    expect(await page.locator('#two iframe').count()).toBe(0)
    await say(first, 'Still here')
    await message(first, 'Still here').waitFor()
    expect(new Set((await untilHeard(page, 'ready', 2)).map(({ playerId, programId }) => `${playerId} ${programId}`))).toEqual(
      new Set([`voila-1 ${demo.facts.programId}`, `voila-2 ${otherProgramId}`]),
    )
  })

  test.each(['before', 'after'] as const)('a token set %s render lets the attendee in', async (when) => {
    const page = await openHost()
    await page.evaluate(
      ({ token, first, programId }) => {
        if (first === 'before') voila.setToken({ token })
        voila.render({ programId, target: '#one' })
      },
      { token: tokenFor('Camille Roux'), first: when, programId: demo.facts.programId },
    )
    if (when === 'after') {
      // The player is there and waits.
      await (await frameOf(page, '#one')).waitForSelector('.bone-title', { state: 'attached' })
      await page.waitForTimeout(1_500)
      expect(await heardOn(page)).toEqual([])
      await page.evaluate((token) => voila.setToken({ token }), tokenFor('Camille Roux'))
    }
    await untilPlaying(await frameOf(page, '#one'))
    const [ready] = await untilHeard(page, 'ready')
    expect(ready).toMatchObject({ programId: demo.facts.programId, playerId: 'voila-1', at: expect.any(Number) })
    await untilHeard(page, 'live')
  })

  test('calls made before the script is there are kept; without arguments the token names the program, beside the script', async () => {
    const stub = readFileSync(new URL('../../docs/embed.md', import.meta.url), 'utf8').match(/```js\n(window\.voila = [^`]*)```/)?.[1]
    allowed.pages.set('/early.js', {
      type: 'text/javascript',
      body: `${stub}\nvoila.setToken({ token: '${tokenFor('Camille Roux')}' })\nvoila.render()`,
    })
    allowed.pages.set('/early', hostPage('<script src="/early.js"></script>'))
    const page = await openPage(`${allowed.origin}/early`)
    await writing(playerIn(page, 'script[src$="voila.js"] + div')).waitFor()
  })

  test('a token that has run out is answered by the provider’s, without a refusal; leaving the listener ends what it hears', async () => {
    const page = await openHost()
    await page.evaluate(
      ({ old, fresh, programId }) => {
        const asked: unknown[] = []
        const stop = voila.on('ready', () => asked.push('never'))
        stop()
        Object.assign(window, { asked })
        voila.setTokenProvider(async (wanted) => {
          asked.push(wanted)
          return fresh
        })
        voila.setToken({ token: old })
        voila.render({ programId, target: '#one' })
      },
      { old: tokenFor('Camille Roux', { ageSeconds: 3_600 }), fresh: tokenFor('Camille Roux'), programId: demo.facts.programId },
    )
    await untilHeard(page, 'ready')
    expect(await page.evaluate(() => (window as unknown as { asked: unknown[] }).asked)).toEqual([{ programId: demo.facts.programId }])
    expect((await heardOn(page)).filter(({ name }) => name === 'refused')).toEqual([])
  })

  test('a refused token is told to the page and to the attendee in the same words, and a good one after it lets in', async () => {
    const page = await openHost()
    await page.evaluate(
      ({ token, programId }) => {
        Object.assign(window, { player: voila.render({ programId, target: '#one' }) })
        voila.setToken({ token })
      },
      { token: tokenFor('Camille Roux', { ageSeconds: 3_600 }), programId: demo.facts.programId },
    )
    const [refused] = await untilHeard(page, 'refused')
    expect(refused).toMatchObject({ code: 'expired', programId: demo.facts.programId })
    await playerIn(page, '#one').getByText('This link has expired').waitFor()
    expect(refused?.message).toContain('This link has expired')
    await page.evaluate(
      (token) => (window as unknown as { player: { setToken(token: string): void } }).player.setToken(token),
      tokenFor('Camille Roux'),
    )
    await writing(playerIn(page, '#one')).waitFor()
  })

  test('a program that has ended says so', async () => {
    const page = await openHost()
    await page.evaluate(
      ({ token, programId }) => {
        voila.setToken({ token, programId })
        voila.render({ programId, target: '#one' })
      },
      { token: tokenFor('Ines Vogel', { programId: otherProgramId }), programId: otherProgramId },
    )
    await untilHeard(page, 'ready')
    await admin('POST', `/api/programs/${otherProgramId}/state`, { to: 'ended' })
    await untilHeard(page, 'ended')
    await playerIn(page, '#one').getByText('This event has ended').waitFor()
    await admin('POST', `/api/programs/${otherProgramId}/state`, { to: 'live' })
  })

  test(
    'a page whose origin is not allowed gets a refusal that names no secret, and the token stays in it',
    { timeout: 40_000 },
    async () => {
      const page = await context.newPage()
      const sent: string[] = []
      page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
      const answers: { status: number; policy: string | undefined }[] = []
      page.on('response', (response) => {
        if (response.url().includes('/embed/')) {
          answers.push({ status: response.status(), policy: response.headers()['content-security-policy'] })
        }
      })
      await page.goto(`${stranger.origin}/`)
      const token = tokenFor('Mallory Smith')
      await page.evaluate(
        ({ given, programId }) => {
          Object.assign(window, { heard: [] })
          voila.on('refused', (event) => void (window as unknown as { heard: object[] }).heard.push({ name: 'refused', ...event }))
          voila.setToken({ token: given })
          voila.render({ programId, target: '#one' })
        },
        { given: token, programId: demo.facts.programId },
      )
      await page.getByText('The event cannot be shown on this page').waitFor()
      const [refused] = await untilHeard(page, 'refused')
      expect(refused).toMatchObject({ code: 'origin_denied', programId: demo.facts.programId })
      const shown = `${await page.locator('body').innerText()} ${JSON.stringify(refused)}`
      for (const secret of [token, token.slice(-20), allowed.origin, 'all-hands']) expect(shown).not.toContain(secret)
      // Looked at twice, as the platform might have been away.
      expect(answers).toHaveLength(2)
      for (const { policy } of answers) expect(policy).not.toContain(stranger.origin)
      expect(sent.filter((text) => text.includes(token.slice(-20)))).toEqual([])
    },
  )

  test('messages from other origins are ignored, by the page and by the player', async () => {
    // On a frame of the page beside the player's: it sends what it is told to, and keeps what it hears.
    stranger.pages.set('/evil.js', {
      type: 'text/javascript',
      body: `var got = []
        addEventListener('message', (event) => got.push(event.data))
        function attack(message) {
          parent.postMessage(message, '*')
          for (let at = 0; at < parent.length; at += 1) parent[at].postMessage(message, '*')
        }
        attack({ voila: 1, t: 'hello' })`,
    })
    stranger.pages.set('/evil', { body: '<script src="/evil.js"></script>' })
    allowed.pages.set('/attacked', hostPage(`<iframe id="evil" src="${stranger.origin}/evil"></iframe>`, stranger.origin))
    const page = await openHost('/attacked')
    const attacker = page.frames().find((frame) => frame.url().endsWith('/evil'))
    if (attacker === undefined) throw new Error('no attacker')
    const attack = (sent: object) => attacker.evaluate(`attack(${JSON.stringify(sent)})`)

    await page.evaluate((programId) => void voila.render({ programId, target: '#one' }), demo.facts.programId)
    const player = await frameOf(page, '#one')
    await player.waitForSelector('.bone-title', { state: 'attached' })
    await page.waitForTimeout(1_000)
    // A token that would be good, and words that the player might have said.
    const mallory = tokenFor('Mallory Smith')
    await attack({ voila: 1, t: 'token', token: mallory })
    await attack({ voila: 1, t: 'event', name: 'ended' })
    await attack({ voila: 1, t: 'token-please' })
    await page.waitForTimeout(1_500)
    expect(await heardOn(page)).toEqual([])
    expect(await writing(playerIn(page, '#one')).count()).toBe(0)

    await page.evaluate((token) => voila.setToken({ token }), tokenFor('Camille Roux'))
    await untilPlaying(player)
    await attack({ voila: 1, t: 'hello' })
    await attack({ voila: 1, t: 'token', token: mallory })
    await attack({ voila: 1, t: 'event', name: 'ended' })
    await say(playerIn(page, '#one'), 'Undisturbed')
    await message(playerIn(page, '#one'), 'Undisturbed').waitFor()
    expect(await playerIn(page, '#one').getByRole('log').innerText()).not.toContain('Mallory')
    expect((await heardOn(page)).map(({ name }) => name).filter((name) => name !== 'ready' && name !== 'live')).toEqual([])

    // The very frame, led to another origin: its window is the player's, its origin is not.
    await page.evaluate((url) => {
      const frame = document.querySelector<HTMLIFrameElement>('#one iframe')
      if (frame !== null) frame.src = url
    }, `${stranger.origin}/evil`)
    await expect.poll(() => page.frames().filter((frame) => frame.url().endsWith('/evil')).length).toBe(2)
    await page.waitForTimeout(1_000)
    for (const frame of page.frames().filter((each) => each.url().endsWith('/evil'))) {
      // What it sent to itself beside the others does not count.
      const got = (await frame.evaluate('got')) as { t?: string; token?: string }[]
      expect(got.filter(({ t, token }) => t === 'no-token' || (t === 'token' && token !== mallory))).toEqual([])
    }
  })

  test('where the browser keeps something for frames, the same token takes the same session up again', async () => {
    const browser = await openStrictBrowser({ strict: false })
    try {
      const page = await browser.context.newPage()
      const exchanges: string[] = []
      page.on('request', (request) => request.method() === 'POST' && request.url().endsWith('/sessions') && exchanges.push(request.url()))
      await page.goto(`${allowed.origin}/`)
      await page.evaluate(
        ({ token, programId }) => {
          voila.setToken({ token })
          voila.render({ programId, target: '#one' })
        },
        { token: tokenFor('Camille Roux'), programId: demo.facts.programId },
      )
      await writing(playerIn(page, '#one')).waitFor()
      await (await frameOf(page, '#one')).evaluate(() => location.reload())
      await say(playerIn(page, '#one'), 'Back in the frame')
      await message(playerIn(page, '#one'), 'Back in the frame').waitFor()
      expect(exchanges).toHaveLength(1)
    } finally {
      await browser.close()
    }
  })

  test('the frame’s page by itself leads to the program’s own address', async () => {
    const page = await openPage(`${demo.facts.baseUrl}/embed/${demo.facts.programId}`)
    await page.waitForURL(`${demo.facts.baseUrl}/${demo.facts.programId}`)
  })

  test('no address held a token but the link that an attendee opened, and no page failed', () => {
    expect(urls.length).toBeGreaterThan(100)
    expect(urls.filter((url) => /eyJ|token=/.test(url) && !demo.facts.attendeeUrls.includes(url))).toEqual([])
    expect(problems).toEqual([])
  })
})
