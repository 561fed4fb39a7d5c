// Owns: the proof of what host page and player understand of each other, and of what they keep.
import { describe, expect, test } from 'vitest'
import { createHappenings } from '../src/embed/happenings.ts'
import { createHostChannel } from '../src/embed/host-channel.ts'
import { heightFor } from '../src/embed/host-player.ts'
import { readFrameMessage, readHostMessage } from '../src/embed/messages.ts'
import { createSessionKeep, markOf } from '../src/embed/session-keep.ts'
import { createTokens, programsOf } from '../src/embed/tokens.ts'
import type { LiveState } from '../src/live/index.ts'
import { initialState } from '../src/live/state.ts'

const tokenFor = (...programs: unknown[]): string =>
  [
    'e30',
    Buffer.from(JSON.stringify({ given_name: 'Zoë', roles: programs.map((eventId) => ({ eventId })) })).toString('base64url'),
    'sig',
  ].join('.')

describe('a message', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'hello'],
    ['another library’s', { t: 'hello' }],
    ['another version’s', { voila: 2, t: 'hello' }],
    ['an unknown one', { voila: 1, t: 'close' }],
    ['an event without a name', { voila: 1, t: 'event' }],
    ['an event of an unknown name', { voila: 1, t: 'event', name: 'constructor' }],
    ['a token that is none', { voila: 1, t: 'token', token: 7 }],
  ])('that is %s is not understood by either side', (_name, data) => {
    expect([readFrameMessage(data), readHostMessage(data)]).toEqual([undefined, undefined])
  })

  test('is taken with what belongs to it and nothing else', () => {
    expect(readFrameMessage({ voila: 1, t: 'event', name: 'refused', code: 'expired', message: 7, more: 'x' })).toEqual({
      voila: 1,
      t: 'event',
      name: 'refused',
      code: 'expired',
    })
    expect(readHostMessage({ voila: 1, t: 'token', token: 'a.b.c', more: 'x' })).toEqual({ voila: 1, t: 'token', token: 'a.b.c' })
  })
})

describe('the player', () => {
  function channel() {
    let listener: (event: unknown) => void = () => {}
    const posted: { message: unknown; to: string }[] = []
    const heard: unknown[] = []
    const parent = { postMessage: (message: unknown, to: string) => void posted.push({ message, to }) }
    const self = {
      addEventListener(_name: string, given: typeof listener) {
        listener = given
      },
    }
    const made = createHostChannel({
      self: self as unknown as Window,
      parent: parent as unknown as Window,
      allowedOrigins: ['https://intranet.example'],
      onMessage: (message) => heard.push(message),
    })
    return { made, posted, heard, parent, say: (event: object) => listener({ data: { voila: 1, t: 'no-token' }, ...event }) }
  }

  test('listens to its parent alone, and only at an origin that is allowed', () => {
    const { heard, parent, say } = channel()
    say({ source: {}, origin: 'https://intranet.example' })
    say({ source: parent, origin: 'https://evil.example' })
    say({ source: parent, origin: 'null' })
    say({ source: null, origin: 'https://intranet.example' })
    expect(heard).toEqual([])
    say({ source: parent, origin: 'https://intranet.example' })
    expect(heard).toEqual([{ voila: 1, t: 'no-token' }])
  })

  test('says hello to anybody, and everything else to the origin that has answered', () => {
    const { made, posted, parent, say } = channel()
    made.hello()
    made.post({ voila: 1, t: 'token-please' })
    expect(posted).toEqual([{ message: { voila: 1, t: 'hello' }, to: '*' }])
    say({ source: parent, origin: 'https://intranet.example' })
    made.post({ voila: 1, t: 'token-please' })
    expect(posted[1]).toEqual({ message: { voila: 1, t: 'token-please' }, to: 'https://intranet.example' })
  })
})

describe('a token', () => {
  test.each([
    ['one program', tokenFor('aaaaaaaaaaaa'), ['aaaaaaaaaaaa']],
    ['one program twice', tokenFor('aaaaaaaaaaaa', 'aaaaaaaaaaaa'), ['aaaaaaaaaaaa']],
    ['two', tokenFor('aaaaaaaaaaaa', 'bbbbbbbbbbbb'), ['aaaaaaaaaaaa', 'bbbbbbbbbbbb']],
    ['something else', tokenFor(7), []],
    ['nothing: it is none', 'nonsense', []],
  ])('names %s', (_name, token, programs) => {
    expect(programsOf(token)).toEqual(programs)
  })

  test('goes to the programs that it names or is set for, and the latest alone says which program is meant', () => {
    const tokens = createTokens()
    const [one, two] = [tokenFor('aaaaaaaaaaaa'), tokenFor('bbbbbbbbbbbb')]
    tokens.set({ token: one })
    expect(tokens.onlyProgram()).toBe('aaaaaaaaaaaa')
    tokens.set({ token: two })
    tokens.set({ token: 'opaque', programId: 'cccccccccccc' })
    expect(['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc', 'dddddddddddd'].map(tokens.of)).toEqual([one, two, 'opaque', undefined])
    expect([tokens.latest(), tokens.onlyProgram()]).toEqual(['opaque', undefined])
  })
})

describe('a session is kept', () => {
  const kept = { session: 'vs_x', expiresAt: 5, mark: markOf(tokenFor('a')) }

  test('in the storage, per program', () => {
    const items = new Map<string, string>()
    const storage = {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
      removeItem: (key: string) => void items.delete(key),
    }
    createSessionKeep('one', () => storage).write(kept)
    expect(createSessionKeep('one', () => storage).read()).toEqual(kept)
    expect(createSessionKeep('two', () => storage).read()).toBeUndefined()
    createSessionKeep('one', () => storage).write(undefined)
    expect(items.size).toBe(0)
  })

  test('in memory where the browser refuses storage', () => {
    const keep = createSessionKeep('one', () => {
      throw new Error('SecurityError')
    })
    keep.write(kept)
    expect(keep.read()).toEqual(kept)
    keep.write(undefined)
    expect(keep.read()).toBeUndefined()
  })
})

test('the host hears once of each turn, and nothing of a connection that was lost and is back', () => {
  const happenings = createHappenings()
  const state = (program: string, live: boolean, phase = 'open') =>
    ({ ...initialState, connection: { phase }, views: { program: { state: program }, stream: { live, since: 1 } } }) as unknown as LiveState
  const told = [
    state('scheduled', false, 'connecting'),
    state('scheduled', false),
    state('scheduled', true),
    state('live', false),
    state('live', true),
    state('live', true, 'waiting'),
    state('live', true),
    state('live', false),
    state('live', false),
    state('live', true),
    state('ended', true),
    state('ended', false),
  ].map(happenings)
  expect(told).toEqual([[], ['ready'], [], [], ['live'], [], [], ['interrupted'], [], ['live'], ['ended'], []])
})

test.each([
  [1200, 520],
  [720, 331],
  [390, 757],
])('a player %i pixels wide is %i high', (width, height) => {
  expect(Math.abs(heightFor(width) - height)).toBeLessThan(3)
})
