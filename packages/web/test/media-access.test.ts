// Owns: the proof that the picture's address is renewed in time, by one request, and that nobody waits without need.
import { type MediaAccess, Refusal } from '@voila/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMediaAccess } from '../src/live/media-access.ts'
import { createServerClock } from '../src/live/server-clock.ts'

const urlOf = (credential: string): string => `/media/abcdefghijkl/${credential}/live.m3u8`

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

function keeper(lifetimeMs = 120_000) {
  const clock = createServerClock()
  let made = 0
  const renew = vi.fn(async (): Promise<MediaAccess> => {
    made += 1
    return { url: urlOf(`renewed${made}`), expiresAt: clock.now() + lifetimeMs }
  })
  const access = createMediaAccess({ renew, clock })
  access.offer({ url: urlOf('first'), expiresAt: clock.now() + lifetimeMs })
  return { access, renew, clock }
}

describe('media access', () => {
  test('is renewed when a sixth of its lifetime is left, again and again', async () => {
    const { access, renew } = keeper()
    await vi.advanceTimersByTimeAsync(99_000)
    expect(renew).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(renew).toHaveBeenCalledTimes(1)
    expect(access.current()?.url).toBe(urlOf('renewed1'))
    await vi.advanceTimersByTimeAsync(100_000)
    expect(access.current()?.url).toBe(urlOf('renewed2'))
    access.close()
  })

  test('a good address is given at once; one that has run out is waited for, by all through one request', async () => {
    const { access, renew, clock } = keeper()
    expect(await access.good()).toMatchObject({ url: urlOf('first') })
    clock.told(clock.now() + 500_000)
    const both = await Promise.all([access.good(), access.good()])
    expect(both.map(({ url }) => url)).toEqual([urlOf('renewed1'), urlOf('renewed1')])
    expect(renew).toHaveBeenCalledTimes(1)
    access.close()
  })

  test('an address answered 401 is renewed once, however many requests it was in', async () => {
    const { access, renew } = keeper()
    const refused = '/media/abcdefghijkl/first/x/s1.0.m4s'
    await Promise.all([access.renew(refused), access.renew(refused)])
    await access.renew(refused)
    expect(renew).toHaveBeenCalledTimes(1)
    access.close()
  })

  test('every address below the stream gets the credential of now, and nothing else is touched', async () => {
    const { access } = keeper()
    await access.renew(undefined)
    expect(access.rewrite('https://h.example/media/abcdefghijkl/old/In-1/s12.3.m4s?x=1')).toBe(
      'https://h.example/media/abcdefghijkl/renewed1/In-1/s12.3.m4s?x=1',
    )
    expect(access.rewrite('https://h.example/assets/app.js')).toBe('https://h.example/assets/app.js')
    access.offer({ url: urlOf('1$&2'), expiresAt: Date.now() + 900_000 })
    expect(access.rewrite('/media/abcdefghijkl/old/stream.m3u8')).toBe('/media/abcdefghijkl/1$&2/stream.m3u8')
    access.close()
  })

  test('of two addresses the one that lasts longer stays', () => {
    const { access } = keeper()
    access.offer({ url: urlOf('stale'), expiresAt: 1_000_001 })
    expect(access.current()?.url).toBe(urlOf('first'))
    access.close()
  })

  test('a renewal that fails is tried again; program_closed takes the address away', async () => {
    const { access, renew } = keeper()
    renew.mockRejectedValueOnce(new Refusal('unavailable'))
    await vi.advanceTimersByTimeAsync(100_000)
    expect(access.current()?.url).toBe(urlOf('first'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(access.current()?.url).toBe(urlOf('renewed1'))
    renew.mockRejectedValueOnce(new Refusal('program_closed'))
    await vi.advanceTimersByTimeAsync(100_000)
    expect(access.current()).toBeNull()
    access.close()
  })
})
