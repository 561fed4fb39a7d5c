// Owns: the proof that every request of the player carries the credential of now, and is asked again after a 401.
import type { HlsConfig, LoadPolicy } from 'hls.js'
import { describe, expect, test, vi } from 'vitest'
import { hlsConfig } from '../src/attendee/player/playback.ts'
import { createMediaAccess } from '../src/live/media-access.ts'
import { createServerClock } from '../src/live/server-clock.ts'

const stale = 'https://h.example/media/abcdefghijkl/old/Ing1/s7.2.m4s'

function setUp() {
  const clock = createServerClock()
  let made = 0
  const renew = vi.fn(async () => {
    made += 1
    return { url: `/media/abcdefghijkl/new${made}/live.m3u8`, expiresAt: clock.now() + 60_000 }
  })
  const access = createMediaAccess({ renew, clock })
  access.offer({ url: '/media/abcdefghijkl/first/live.m3u8', expiresAt: clock.now() + 30_000 })
  const config = hlsConfig(access)
  const open = vi.fn()
  /** What hls.js does before it sends a request; answers the address that was opened. */
  async function request(url: string): Promise<string> {
    const context = { url } as Parameters<NonNullable<HlsConfig['xhrSetup']>>[2]
    await config.xhrSetup?.({ open } as unknown as XMLHttpRequest, url, context)
    expect(open.mock.lastCall).toEqual(['GET', context.url, true])
    return context.url
  }
  return { access, renew, config, request, clock }
}

function retries(policy: LoadPolicy | undefined, answer: { code: number; url: string }, count = 0): boolean {
  const retry = policy?.default.errorRetry
  if (retry?.shouldRetry === undefined) throw new Error('nothing decides about retries')
  // The last argument is what hls.js itself would do: never again after a 4xx.
  return retry.shouldRetry(retry, count, false, { data: '', ...answer }, answer.code >= 500)
}

describe('a request of the player', () => {
  test('carries the credential of now, whatever hls.js remembers', async () => {
    const { access, request } = setUp()
    expect(await request(stale)).toBe('https://h.example/media/abcdefghijkl/first/Ing1/s7.2.m4s')
    await access.renew(undefined)
    expect(await request(stale)).toBe('https://h.example/media/abcdefghijkl/new1/Ing1/s7.2.m4s')
    access.close()
  })

  test('waits for a renewal only once the credential has run out', async () => {
    const { access, renew, request, clock } = setUp()
    await request(stale)
    expect(renew).not.toHaveBeenCalled()
    clock.told(clock.now() + 31_000)
    expect(await request(stale)).toContain('/new1/')
    access.close()
  })

  test.each([
    'manifestLoadPolicy',
    'playlistLoadPolicy',
    'fragLoadPolicy',
  ] as const)('%s: a 401 is renewed, once, and asked again', async (name) => {
    const { access, renew, config, request } = setUp()
    const refused = await request(stale)
    expect(retries(config[name], { code: 401, url: refused })).toBe(true)
    expect(retries(config[name], { code: 401, url: refused })).toBe(true)
    const again = await Promise.all([request(refused), request(refused)])
    expect(again).toEqual(Array(2).fill('https://h.example/media/abcdefghijkl/new1/Ing1/s7.2.m4s'))
    expect(renew).toHaveBeenCalledTimes(1)
    access.close()
  })

  test.each([
    [403, false],
    [404, false],
    [503, true],
  ])('%i is left to hls.js', (code, expected) => {
    const { access, config } = setUp()
    expect(retries(config.fragLoadPolicy, { code, url: stale })).toBe(expected)
    access.close()
  })

  test('a 401 is not asked again for ever', () => {
    const { access, config } = setUp()
    expect(retries(config.playlistLoadPolicy, { code: 401, url: stale }, 100)).toBe(false)
    access.close()
  })
})
