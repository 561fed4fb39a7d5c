// Owns: how old the picture is when an attendee sees it.
import { signToken } from '@voila/tokens'
import type { Page } from 'playwright-core'
import { openBrowser, untilPlaying } from '../test/e2e/browser.ts'
import { chromiumPath, needs } from '../test/require.ts'
import { publishClock, readAges } from './clock.ts'
import { type Row, type RowOptions, versioned } from './row.ts'
import { openStage } from './stage.ts'

/** A browser, an encoder and a server on a busy machine take their time. */
const patienceMs = 120_000

type Age = { readonly medianMs: number; readonly p95Ms: number; readonly frames: number }

async function ageOn(page: Page, { settle, seconds }: { settle: number; seconds: number }): Promise<Age> {
  await untilPlaying(page, patienceMs)
  // The player closes in on the live edge by playing a little faster.
  await page.waitForTimeout(settle * 1_000)
  // The compiler of this file gives functions their names with a function that the page does not have.
  await page.evaluate('globalThis.__name = (named) => named')
  const ages = (await page.evaluate(readAges, seconds)).sort((a, b) => a - b)
  const at = (share: number): number => ages[Math.floor(ages.length * share)] ?? Number.NaN
  return { medianMs: at(0.5), p95Ms: at(0.95), frames: ages.length }
}

/** The attendee's page as it is, and the same page whose player is given the plain playlist, as any HLS player would play it. */
async function both({ quick, say }: RowOptions): Promise<{ mine: Age; plain: Age; browser: string }> {
  const stage = await openStage()
  const clock = publishClock(stage.feedUrl)
  const browser = await openBrowser()
  try {
    const { url, organizationId, programId, kid, privateKey } = stage.invitation
    const token = (name: string): string =>
      signToken(
        { organization_id: organizationId, given_name: name, sub: name, roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }] },
        { privateKey, kid, expiresInSeconds: 3_600 },
      )
    const times = quick ? { settle: 0, seconds: 1 } : { settle: 15, seconds: 20 }
    async function visit(name: string, { isPlain }: { isPlain: boolean }): Promise<Age> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
      const page = await context.newPage()
      if (isPlain)
        await page.route('**/stream.m3u8*', (route) =>
          route.continue({
            url: route
              .request()
              .url()
              .replace(/stream\.m3u8.*/, 'plain.m3u8'),
          }),
        )
      await page.goto(`${url}/${programId}?token=${token(name)}`)
      try {
        return await ageOn(page, times)
      } finally {
        await context.close()
      }
    }
    say('the attendee’s page')
    const mine = await visit('Ada', { isPlain: false })
    say('the same page with the plain playlist')
    return { mine, plain: await visit('Grace', { isPlain: true }), browser: `Chromium ${browser.version()}` }
  } finally {
    await browser.close()
    await clock.stop()
    await stage.close()
  }
}

export const glass: Row = {
  title: 'glass to glass: from a clock drawn, encoded live and pushed, to the frame shown in Chromium',
  async run(options) {
    const missing = [chromiumPath === undefined ? 'Chromium' : '', needs.ffmpeg() ? 'ffmpeg' : ''].filter((name) => name !== '')
    if (missing.length > 0) return { skipped: `it needs ${missing.join(' and ')}, which this machine does not have` }
    const { mine, plain, browser } = await both(options)
    const peer = `${versioned('hls.js')}, plain playlist, ${browser}`
    return {
      measured: [
        { what: 'ours: median', value: mine.medianMs, unit: 'ms' },
        { what: 'ours: p95', value: mine.p95Ms, unit: 'ms' },
        { what: 'ours: frames read', value: mine.frames, unit: '' },
        { what: 'peer: median', peer, value: plain.medianMs, unit: 'ms', ratio: plain.medianMs / mine.medianMs },
        { what: 'peer: p95', peer, value: plain.p95Ms, unit: 'ms', ratio: plain.p95Ms / mine.p95Ms },
      ],
      claims: [{ says: 'glass to glass, median', is: mine.medianMs, unit: 'ms', atMost: 1_800 }],
    }
  },
}
