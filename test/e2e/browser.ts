// Owns: how tests open a real Chromium.
import { type Browser, type BrowserContext, chromium, type Frame, type Page } from 'playwright-core'
import { chromiumPath } from '../require.ts'

// Without the flags about the background, Chromium calls out by itself, which a machine without network refuses noisily.
export const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type Visitor = { page: Page; context: BrowserContext; problems: string[]; requests: string[] }

/** A browser that plays sound without being asked, unless a test is about that. `args`: further switches of Chromium's. */
export function openBrowser({ autoplay = true, args = [] }: { autoplay?: boolean; args?: readonly string[] } = {}): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('no Chromium')
  return chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: [...quiet, ...(autoplay ? ['--autoplay-policy=no-user-gesture-required'] : []), ...args],
  })
}

/** A person with a browser profile of his own. Keeps what went wrong on the page and what it asked for. */
export async function visitor(browser: Browser, options: { locale?: string; width?: number; height?: number } = {}): Promise<Visitor> {
  const context = await browser.newContext({
    locale: options.locale ?? 'en-GB',
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
  })
  const page = await context.newPage()
  const problems: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    // A page of somebody else's has no icon, and Chromium asks for one by itself.
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) problems.push(message.text())
  })
  page.on('request', (request) => requests.push(request.url()))
  return { page, context, problems, requests }
}

export type Playing = { currentTime: number; frames: number; readyState: number; error: string | null }

/** What the page's video does at this moment. */
export function playing(page: Page | Frame): Promise<Playing> {
  return page.evaluate(() => {
    const video = document.querySelector('video')
    return {
      currentTime: video?.currentTime ?? -1,
      frames: video?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
      readyState: video?.readyState ?? 0,
      error: video?.error?.message ?? null,
    }
  })
}

/** Waits until the picture moves: new frames are decoded and the time goes on. */
export async function untilPlaying(page: Page | Frame, timeoutMs = 30_000): Promise<Playing> {
  const deadline = Date.now() + timeoutMs
  let before = await playing(page)
  for (;;) {
    await page.waitForTimeout(500)
    const now = await playing(page)
    if (now.currentTime > before.currentTime && now.frames > before.frames && before.frames > 0) return now
    if (Date.now() > deadline) throw new Error(`the picture does not move: ${JSON.stringify({ before, now })}`)
    before = now
  }
}
