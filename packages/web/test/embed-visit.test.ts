// Owns: the proof of how the embedded player gets in, stays in and gets in again, on a fake clock.
import type { AdmissionAnswer, ErrorCode, Problem } from '@voila/protocol'
import { Refusal } from '@voila/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { FrameMessage } from '../src/embed/messages.ts'
import { type KeptSession, markOf } from '../src/embed/session-keep.ts'
import { createVisit, type View } from '../src/embed/visit.ts'
import type { LiveClient, LiveState } from '../src/live/index.ts'
import { ProblemRefusal } from '../src/live/index.ts'
import { initialState } from '../src/live/state.ts'

const hour = 3_600_000
const start = Date.parse('2030-01-01T00:00:00Z')
const problem = (code: ErrorCode, status = 401): Problem => ({ type: '', title: '', status, code, traceId: 't' })
const refused = (code: ErrorCode, status?: number): ProblemRefusal => new ProblemRefusal(problem(code, status))

type FakeClient = LiveClient & { become(connection: LiveState['connection']): void; closed: boolean; readonly bearer: string }

function fakeClient(bearer: string, session: () => Promise<unknown>): FakeClient {
  const listeners = new Set<() => void>()
  let state: LiveState = initialState
  const client = {
    bearer,
    renew,
    closed: false,
    state: () => state,
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    media: { offer: () => {}, current: () => null },
    now: Date.now,
    session,
    start: () => {},
    close() {
      client.closed = true
    },
    become(connection: LiveState['connection']) {
      state = { ...state, connection }
      for (const listener of listeners) listener()
    },
  }
  return client as unknown as FakeClient
}

const answer = (bearer: string, lifetimeMs = 12 * hour) =>
  ({
    session: { token: bearer, expiresAt: new Date(Date.now() + lifetimeMs).toISOString() },
    program: {},
    attendee: {},
    media: null,
  }) as unknown as AdmissionAnswer

let posted: FrameMessage[]
let views: View[]
let kept: KeptSession | undefined
let clients: FakeClient[]
let admit: ReturnType<typeof vi.fn<(body: { token?: string; name?: string }) => Promise<AdmissionAnswer>>>
let session: ReturnType<typeof vi.fn<() => Promise<unknown>>>
let renew: ReturnType<typeof vi.fn<(token: string) => Promise<unknown>>>
let wake: () => void
let visit: ReturnType<typeof createVisit>

beforeEach(() => {
  vi.useFakeTimers({ now: start })
  posted = []
  views = []
  kept = undefined
  clients = []
  admit = vi.fn(async ({ token, name }) => {
    const admitted = answer(`vs_${token ?? name}`)
    return token === undefined ? ({ ...admitted, attendee: { guest: true } } as AdmissionAnswer) : admitted
  })
  session = vi.fn(async () => answer('vs_kept'))
  renew = vi.fn(async () => answer(''))
  visit = createVisit({
    post: (message) => posted.push(message),
    keep: {
      read: () => kept,
      write(given) {
        kept = given
      },
    },
    admit,
    clientOf(bearer) {
      const made = fakeClient(bearer, session)
      clients.push(made)
      return made
    },
    onWake(listener) {
      wake = listener
      return () => {}
    },
    onView: (view) => views.push(view),
  })
  visit.start()
})
afterEach(() => vi.useRealTimers())

const give = async (token: string): Promise<void> => {
  visit.heard({ voila: 1, t: 'token', token })
  await vi.advanceTimersByTimeAsync(0)
}
const shown = (): string | undefined => {
  const view = views.at(-1)
  return view?.kind === 'refused' ? view.problem.code : view?.kind
}
const events = (): string[] => posted.flatMap((message) => (message.t === 'event' ? [`${message.name} ${message.code ?? ''}`.trim()] : []))
const asked = (): number => posted.filter(({ t }) => t === 'token-please').length
const later = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('the first token', () => {
  test('is exchanged for a session, which is kept under its mark', async () => {
    await give('one')
    expect(shown()).toBe('in')
    expect(clients.map(({ bearer }) => bearer)).toEqual(['vs_one'])
    expect(kept).toEqual({ session: 'vs_one', expiresAt: start + 12 * hour, mark: markOf('one') })
  })

  test('is asked for when none comes, and after that its absence is told', async () => {
    visit.heard({ voila: 1, t: 'no-token' })
    await later(9_000)
    expect([shown(), asked()]).toEqual([undefined, 0])
    await later(2_000)
    expect([shown(), asked()]).toEqual([undefined, 1])
    await later(10_000)
    expect([shown(), events()]).toEqual(['token_missing', ['refused token_missing']])
    await give('late')
    expect(shown()).toBe('in')
  })

  test('that a platform without an answer cannot judge is tried until it can', async () => {
    admit.mockRejectedValueOnce(new Refusal('unavailable')).mockRejectedValueOnce(refused('internal', 500))
    await give('one')
    expect([shown(), events()]).toEqual(['delayed', ['error unavailable']])
    await later(10_000)
    expect([shown(), events()]).toEqual(['in', ['error unavailable']])
  })
})

describe('a kept session', () => {
  beforeEach(() => {
    kept = { session: 'vs_kept', expiresAt: start + hour, mark: markOf('one') }
  })

  test('is taken up again by the token that it came of, without another exchange', async () => {
    await give('one')
    expect([shown(), clients[0]?.bearer, admit.mock.calls.length]).toEqual(['in', 'vs_kept', 0])
  })

  test('is no way in for another token', async () => {
    await give('somebody else’s')
    expect([shown(), clients.map(({ bearer }) => bearer)]).toEqual(['in', ['vs_somebody else’s']])
  })

  test('that no longer counts is exchanged anew', async () => {
    session.mockRejectedValueOnce(refused('session_revoked', 403))
    await give('one')
    expect([shown(), clients.map(({ bearer, closed }) => `${bearer} ${closed}`)]).toEqual(['in', ['vs_kept true', 'vs_one false']])
  })
})

describe('a refusal', () => {
  test('that another token may heal is asked about first, and not told when one does', async () => {
    admit.mockRejectedValueOnce(refused('expired'))
    await give('old')
    expect([asked(), shown(), events()]).toEqual([1, undefined, []])
    await give('new')
    expect([shown(), events()]).toEqual(['in', []])
  })

  test.each([
    ['there is none', () => visit.heard({ voila: 1, t: 'no-token' })],
    ['it is the same again', () => visit.heard({ voila: 1, t: 'token', token: 'old' })],
    ['nobody answers', () => later(10_000)],
  ])('is told when %s', async (_name, act) => {
    admit.mockRejectedValueOnce(refused('expired'))
    await give('old')
    await act()
    expect([shown(), events()]).toEqual(['expired', ['refused expired']])
  })

  test('is not asked about twice: a provider of bad tokens is not asked for ever', async () => {
    admit.mockRejectedValue(refused('expired'))
    await give('old')
    await give('older')
    expect([asked(), shown(), events()]).toEqual([1, 'expired', ['refused expired']])
  })

  test('that is for good is told at once', async () => {
    admit.mockRejectedValueOnce(refused('key_revoked', 403))
    await give('one')
    expect([asked(), shown(), events()]).toEqual([0, 'key_revoked', ['refused key_revoked']])
  })

  test.each(['event_mismatch', 'subject_mismatch'] as const)('of a later token with %s leaves in who is in, and is told', async (code) => {
    await give('one')
    renew.mockRejectedValueOnce(refused(code, 403))
    await give('two')
    expect([shown(), events(), clients[0]?.closed]).toEqual(['in', [`error ${code}`], false])
    expect(kept?.mark).toBe(markOf('one'))
    expect(admit.mock.calls.length).toBe(1)
  })
})

describe('a session', () => {
  test('that is about to end is announced five minutes before, and goes on by another token where it is, seen by nobody', async () => {
    await give('one')
    await later(12 * hour - 5 * 60_000 - 1_000)
    expect(events()).toEqual([])
    await later(2_000)
    expect(posted.filter(({ t }) => t === 'event')).toEqual([
      { voila: 1, t: 'event', name: 'token-expiring', expiresAt: start + 12 * hour },
    ])
    expect(asked()).toBe(1)
    await give('two')
    expect(renew.mock.calls).toEqual([['two']])
    expect(clients.map(({ bearer, closed }) => `${bearer} ${closed}`)).toEqual(['vs_one false'])
    expect(views.map((view) => (view.kind === 'in' ? view.visit : view.kind))).toEqual([1])
    expect(kept).toEqual({ session: 'vs_one', expiresAt: Date.now() + 12 * hour, mark: markOf('two') })
    await later(12 * hour - 5 * 60_000 - 1_000)
    expect(asked()).toBe(1)
    await later(2_000)
    expect(asked()).toBe(2)
  })

  test('that is short is asked about when a third of it is left', async () => {
    admit.mockResolvedValueOnce(answer('vs_one', 9_000))
    await give('one')
    await later(5_900)
    expect(asked()).toBe(0)
    await later(200)
    expect(asked()).toBe(1)
  })

  test('may go on by the very token that it has, where that is still good', async () => {
    await give('one')
    await later(12 * hour - 4 * 60_000)
    await give('one')
    expect(renew.mock.calls).toEqual([['one']])
  })

  test('is asked about again while no good token comes, each time after half of what is left, and announced once', async () => {
    await give('one')
    renew.mockRejectedValue(refused('expired'))
    await later(12 * hour - 5 * 60_000)
    await give('two')
    expect(asked()).toBe(1)
    await later(149_000)
    expect(asked()).toBe(1)
    await later(2_000)
    expect(asked()).toBe(2)
    expect(events()).toEqual(['token-expiring', 'error expired'])
    await later(150_000)
    expect(asked()).toBeLessThan(12)
    expect(events().filter((name) => name === 'token-expiring')).toHaveLength(1)
  })

  test('whose end came near while the machine was asleep is asked about as soon as it wakes', async () => {
    await give('one')
    await later(1_000)
    vi.setSystemTime(start + 12 * hour - 60_000)
    expect(asked()).toBe(0)
    wake()
    expect(asked()).toBe(1)
  })

  test('whose end came near while the machine was asleep, and nothing said that it woke, is asked about within half a minute', async () => {
    await give('one')
    vi.setSystemTime(start + 12 * hour - 60_000)
    await later(30_000)
    expect(asked()).toBe(1)
  })

  test('that is over by the time that the next token comes is made anew by it', async () => {
    await give('one')
    renew.mockRejectedValueOnce(refused('session_expired'))
    await give('two')
    expect(clients.map(({ bearer, closed }) => `${bearer} ${closed}`)).toEqual(['vs_one true', 'vs_two false'])
    expect([shown(), events()]).toEqual(['in', []])
  })

  test('that ends while the next token is on its way is made anew by it', async () => {
    await give('one')
    renew.mockImplementationOnce(async () => {
      clients[0]?.become({ phase: 'ended', code: 'session_expired' })
      return answer('')
    })
    await give('two')
    expect([shown(), clients.at(-1)?.bearer, events()]).toEqual(['in', 'vs_two', []])
  })

  test('goes on when a platform that was away answers again', async () => {
    await give('one')
    renew.mockRejectedValueOnce(new Refusal('unavailable'))
    await give('two')
    await later(5_000)
    expect([shown(), events(), kept?.mark]).toEqual(['in', [], markOf('two')])
  })

  test('that has ended is forgotten and asked about', async () => {
    await give('one')
    clients[0]?.become({ phase: 'ended', code: 'session_expired' })
    expect([kept, clients[0]?.closed, asked()]).toEqual([undefined, true, 1])
    await give('two')
    expect([shown(), events()]).toEqual(['in', []])
  })

  test('that was ended by the organizer is told', async () => {
    await give('one')
    clients[0]?.become({ phase: 'ended', code: 'session_revoked', problem: problem('session_revoked', 403) })
    expect([shown(), asked(), events()]).toEqual(['session_revoked', 0, ['refused session_revoked']])
  })

  test('of the same token is not made twice', async () => {
    await give('one')
    await give('one')
    expect(admit.mock.calls.length).toBe(1)
  })

  test('of a token that was overtaken is not shown', async () => {
    let late: (value: AdmissionAnswer) => void = () => {}
    admit.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          late = resolve
        }),
    )
    await give('slow')
    await give('quick')
    late(answer('vs_slow'))
    await later(0)
    expect(clients.map(({ bearer }) => bearer)).toEqual(['vs_quick'])
    expect(kept?.session).toBe('vs_quick')
  })
})

test('where guests are let in, nobody is kept waiting for a token, and one that comes later counts', async () => {
  const views: View[] = []
  const open = createVisit({
    post: (message) => posted.push(message),
    keep: { read: () => undefined, write: () => undefined },
    admit,
    guests: true,
    onWake: () => () => {},
    clientOf(bearer) {
      const made = fakeClient(bearer, session)
      clients.push(made)
      return made as never
    },
    onView: (view) => views.push(view),
  })
  open.start()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(views.at(-1)).toMatchObject({ kind: 'refused', problem: { code: 'token_missing' } })
  await open.enterAsGuest('Bo')
  expect([admit.mock.calls, views.at(-1)?.kind, clients.at(-1)?.bearer]).toEqual([[[{ name: 'Bo' }]], 'in', 'vs_Bo'])
  open.heard({ voila: 1, t: 'token', token: 'good' })
  await vi.advanceTimersByTimeAsync(0)
  expect(clients.at(-1)?.bearer).toBe('vs_good')
})
