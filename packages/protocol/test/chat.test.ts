import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Actor,
  type Audience,
  type ChatState,
  type ChatView,
  chat,
  chatView,
  type Decision,
  type Entry,
  limits,
  nextPostAt,
} from '../src/index.ts'

const ada: Actor = { id: 'ada', moderates: false }
const bo: Actor = { id: 'bo', moderates: false }
const team: Actor = { id: 'team', moderates: true }
const start = 1_800_000_000_000

type Command = { [K in keyof typeof chat.commands]: Parameters<(typeof chat.decide)[K]>[2] }[keyof typeof chat.commands]

/** A run of the chat with nothing around it: what the log does, without the database. */
function run() {
  const state = chat.initial()
  const log: Entry[] = []
  let now = start
  const decide = (actor: Actor, command: Command): Decision => {
    // The union of commands meets the union of deciders; the type member picks the right pair.
    const decider = chat.decide[command.type] as (state: ChatState, actor: Actor, command: Command, now: number) => Decision
    return decider(state, actor, command, now)
  }
  return {
    state,
    log,
    wait(ms: number) {
      now += ms
    },
    decide,
    do(actor: Actor, command: Command): number {
      const decision = decide(actor, command)
      if ('refused' in decision) throw new Error(decision.refused)
      for (const { type, body } of decision.entries) {
        const entry = { seq: log.length + 1, at: now, activity: 'chat', type, actorId: actor.id, body }
        log.push(entry)
        chat.apply(state, entry)
      }
      return log.length
    },
    refusal(actor: Actor, command: Command): string {
      const before = JSON.stringify(chat.snapshot(state, 'team'))
      const decision = decide(actor, command)
      expect(JSON.stringify(chat.snapshot(state, 'team'))).toBe(before)
      return 'refused' in decision ? decision.refused : 'accepted'
    },
  }
}

const post = (text: string, replyTo?: number): Command => ({ type: 'post', text, ...(replyTo === undefined ? {} : { replyTo }) })

/** What a client of this audience holds that was told everything up to `cut` and then the rest in one resume, at the end's state. */
function clientCutAt(log: readonly Entry[], cut: number, audience: Audience): ChatView {
  const state = chat.initial()
  let view = chat.snapshot(state, audience)
  for (const entry of log.slice(0, cut)) {
    chat.apply(state, entry)
    const told = chat.publish(entry, state, audience)
    if (told !== undefined) view = chatView.reduce(view, told)
  }
  for (const entry of log.slice(cut)) chat.apply(state, entry)
  for (const entry of log.slice(cut)) {
    const told = chat.publish(entry, state, audience)
    if (told !== undefined) view = chatView.reduce(view, told)
  }
  for (const [key, value] of Object.entries(chat.views(state))) view = chatView.merge(view, key, value)
  return view
}

describe('posting', () => {
  test('a message is told to everybody with its author and its text', () => {
    const it = run()
    it.do(ada, post('Good morning'))
    expect(chat.snapshot(it.state, 'attendees').messages).toEqual([
      { id: 1, order: 1, at: start, actorId: 'ada', text: 'Good morning', likes: 0 },
    ])
  })

  test('a reply carries an excerpt, which goes when the message that it answers is removed', () => {
    const it = run()
    const question = it.do(ada, post('When is lunch?'))
    it.do(bo, post('At noon', question))
    expect(chat.snapshot(it.state, 'attendees').messages[1]?.replyTo).toEqual({ id: 1, actorId: 'ada', excerpt: 'When is lunch?' })
    it.do(ada, { type: 'remove', message: question })
    expect(chat.snapshot(it.state, 'attendees').messages[1]?.replyTo?.excerpt).toBe('')
    expect(it.refusal(bo, post('Thanks', question))).toBe('chat_message_gone')
  })

  test('more than the burst within its time is refused and says how long to wait, and a moderator is not held to it', () => {
    const it = run()
    for (let n = 0; n < limits.chatBurst; n++) it.do(ada, post(`${n}`))
    it.wait(3_000)
    expect(it.decide(ada, post('more'))).toEqual({ refused: 'chat_too_fast', retryAfterMs: limits.chatBurstMs - 3_000 })
    for (let n = 0; n < limits.chatBurst + 2; n++) it.do(team, post(`${n}`))
    it.wait(limits.chatBurstMs - 3_000)
    it.do(ada, post('more'))
  })

  test('slow mode spaces the messages of one attendee, and the page can tell the wait before it bites', () => {
    const it = run()
    it.do(team, { type: 'configure', slowMs: 30_000 })
    it.do(ada, post('one'))
    it.do(bo, post('another person'))
    it.wait(10_000)
    expect(it.decide(ada, post('two'))).toEqual({ refused: 'chat_too_fast', retryAfterMs: 20_000 })
    expect(nextPostAt(chat.self(it.state, 'ada').posts, it.state.settings)).toBe(start + 30_000)
  })

  test.each(['', '   ', '\u200E \n', 'x'.repeat(limits.chatTextUnits + 1)])('the text %j is not a message', (text) => {
    expect(chat.commands.post.safeParse({ type: 'post', text }).success).toBe(false)
  })

  test('a text is trimmed, and loses control and bidi characters but no line', () => {
    expect(chat.commands.post.parse({ type: 'post', text: ' a\u0000b\u202E\r\nc\n\n\n\nd ' }).text).toBe('ab\nc\n\nd')
  })
})

describe('one’s own message', () => {
  test('can be edited within a minute, by nobody else, and not after', () => {
    const it = run()
    const id = it.do(ada, post('Helo'))
    expect(it.refusal(bo, { type: 'edit', message: id, text: 'mine' })).toBe('chat_message_gone')
    it.wait(limits.chatEditMs)
    it.do(ada, { type: 'edit', message: id, text: 'Hello' })
    expect(chat.snapshot(it.state, 'attendees').messages[0]).toMatchObject({ text: 'Hello', editedAt: start + limits.chatEditMs })
    it.wait(1)
    expect(it.refusal(ada, { type: 'edit', message: id, text: 'Hullo' })).toBe('chat_edit_closed')
  })

  test('can be deleted by its author and by the team alone, leaves no text, and is refused twice', () => {
    const it = run()
    const id = it.do(ada, post('oops'))
    expect(it.refusal(bo, { type: 'remove', message: id })).toBe('not_allowed')
    it.do(ada, { type: 'remove', message: id })
    expect(chat.snapshot(it.state, 'attendees').messages[0]).toMatchObject({ removed: 'author', text: '' })
    expect(it.refusal(ada, { type: 'remove', message: id })).toBe('chat_message_gone')
    const other = it.do(ada, post('rude'))
    it.do(team, { type: 'remove', message: other })
    expect(chat.snapshot(it.state, 'attendees').messages[1]).toMatchObject({ removed: 'team', text: '' })
  })

  test('a like counts once, can be taken back, and changes nothing but the count', () => {
    const it = run()
    const id = it.do(ada, post('news'))
    it.do(bo, { type: 'like', message: id })
    it.do(bo, { type: 'like', message: id })
    expect(chat.views(it.state)).toEqual({ 'chat.likes': { [id]: 1 } })
    expect(chat.self(it.state, 'bo').liked).toEqual([id])
    it.do(bo, { type: 'unlike', message: id })
    expect(chat.views(it.state)).toEqual({ 'chat.likes': {} })
  })
})

describe('the team', () => {
  test('what is held for review is seen by its author and the team alone until it is approved, then by all as new', () => {
    const it = run()
    it.do(team, { type: 'configure', review: true })
    const id = it.do(ada, post('May I?'))
    it.do(team, post('The team is not held'))
    expect(chat.snapshot(it.state, 'attendees').messages.map((m) => m.text)).toEqual(['The team is not held'])
    expect(chat.snapshot(it.state, 'attendees').waiting).toEqual([])
    expect(chat.snapshot(it.state, 'team').waiting.map((m) => m.id)).toEqual([id])
    expect(chat.self(it.state, 'ada').waiting.map((m) => m.id)).toEqual([id])
    expect(chat.self(it.state, 'bo').waiting).toEqual([])
    it.do(team, { type: 'approve', message: id })
    expect(chat.snapshot(it.state, 'attendees').messages.map((m) => m.text)).toEqual(['The team is not held', 'May I?'])
    expect(it.refusal(ada, { type: 'edit', message: id, text: 'Something else' })).toBe('chat_edit_closed')
  })

  test('a dismissed message is never seen by others', () => {
    const it = run()
    it.do(team, { type: 'configure', review: true })
    const id = it.do(ada, post('spam'))
    it.do(team, { type: 'dismiss', message: id })
    expect(chat.snapshot(it.state, 'team')).toMatchObject({ messages: [], waiting: [] })
    expect(it.refusal(team, { type: 'approve', message: id })).toBe('chat_message_gone')
  })

  test('a muted attendee is refused with chat_muted and hears when it ends', () => {
    const it = run()
    it.do(team, { type: 'mute', attendee: 'ada', forMs: 60_000 })
    expect(it.refusal(ada, post('hello'))).toBe('chat_muted')
    expect(chat.self(it.state, 'ada').muted).toEqual({ until: start + 60_000 })
    it.wait(60_000)
    it.do(ada, post('hello'))
    it.do(team, { type: 'mute', attendee: 'ada' })
    it.wait(86_400_000)
    expect(it.refusal(ada, post('hello'))).toBe('chat_muted')
    it.do(team, { type: 'unmute', attendee: 'ada' })
    it.do(ada, post('hello'))
  })

  test('who is muted is told to the team and to nobody else', () => {
    const it = run()
    it.do(team, { type: 'mute', attendee: 'ada' })
    expect(chat.snapshot(it.state, 'attendees').muted).toEqual({})
    expect(chat.snapshot(it.state, 'team').muted).toEqual({ ada: null })
    expect(it.log.map((entry) => chat.publish(entry, it.state, 'attendees'))).toEqual([undefined])
  })

  test('a pinned message is unpinned when it is removed', () => {
    const it = run()
    const id = it.do(ada, post('wifi: guest'))
    it.do(team, { type: 'pin', message: id })
    expect(chat.snapshot(it.state, 'attendees').pinned?.id).toBe(id)
    it.do(ada, { type: 'remove', message: id })
    expect(chat.snapshot(it.state, 'attendees').pinned).toBeNull()
  })

  test('clearing leaves nothing to page back to', () => {
    const it = run()
    for (let n = 0; n < limits.chatWindow + 20; n++) it.do(team, post(`${n}`))
    expect(chat.snapshot(it.state, 'attendees').earlier).toBe(true)
    it.do(team, { type: 'clear' })
    expect(chat.snapshot(it.state, 'attendees')).toMatchObject({ messages: [], earlier: false })
    expect(chat.page(it.state, 'attendees', { limit: 50 })).toEqual({ items: [], nextCursor: null })
  })

  test('a closed chat refuses attendees and not the team', () => {
    const it = run()
    it.do(team, { type: 'configure', open: false })
    expect(it.refusal(ada, post('hello'))).toBe('chat_closed')
    it.do(team, post('Back in five minutes'))
  })
})

describe('what one attendee alone is told', () => {
  test.each([
    ['removed', (message: number): Command => ({ type: 'remove', message })],
    ['cleared', (): Command => ({ type: 'clear' })],
  ])('changes for those who liked a message that is %s', (_what, command) => {
    const it = run()
    const id = it.do(ada, post('news'))
    it.do(bo, { type: 'like', message: id })
    const decision = it.decide(team, command(id))
    const [wanted] = 'refused' in decision ? [] : decision.entries
    const entry = { seq: 3, at: start, activity: 'chat', type: wanted?.type ?? '', actorId: 'team', body: wanted?.body }
    expect(chat.concerns(it.state, entry)).toContain('bo')
    chat.apply(it.state, entry)
    expect(chat.self(it.state, 'bo').liked).toEqual([])
  })
})

describe('paging', () => {
  test('every message is met once, newest page first', () => {
    const it = run()
    for (let n = 1; n <= 120; n++) it.do(team, post(`${n}`))
    const met: number[] = []
    let before: number | undefined
    for (;;) {
      const page = chat.page(it.state, 'attendees', { limit: 50, ...(before === undefined ? {} : { before }) })
      met.unshift(...page.items.map((message) => message.id))
      if (page.nextCursor === null) break
      before = Number(page.nextCursor)
    }
    expect(met).toEqual(Array.from({ length: 120 }, (_, n) => n + 1))
  })
})

test('apply accepts a tombstone, a null body and an unknown type for every kind of entry', () => {
  const it = run()
  const kinds = [
    'posted',
    'edited',
    'removed',
    'approved',
    'dismissed',
    'liked',
    'unliked',
    'pinned',
    'muted',
    'unmuted',
    'cleared',
    'configured',
    'whatever',
  ]
  let seq = 0
  for (const kind of kinds) {
    for (const body of [{ erased: true }, null]) {
      const entry = { seq: ++seq, at: start, activity: 'chat', type: `chat.${kind}`, actorId: 'ada', body }
      chat.concerns(it.state, entry)
      chat.apply(it.state, entry)
      chat.publish(entry, it.state, 'team')
    }
  }
  expect(chat.snapshot(it.state, 'attendees').messages.every((message) => message.text === '')).toBe(true)
})

describe('[5] reducing what was told equals a fresh snapshot', () => {
  const actors = [ada, bo, team]
  const step = fc.record({
    actor: fc.nat(2),
    kind: fc.nat(13),
    target: fc.nat(40),
    wait: fc.constantFrom(0, 500, 5_000, 70_000),
  })

  function play(steps: readonly { actor: number; kind: number; target: number; wait: number }[]) {
    const it = run()
    for (const { actor: index, kind, target, wait } of steps) {
      it.wait(wait)
      const actor = actors[index] ?? ada
      const message = Math.max(1, it.log.length - target)
      const wishes: Command[] = [
        post(`text ${kind}`),
        post('a', message),
        post(`b ${target}`),
        { type: 'edit', message, text: `edited ${target}` },
        { type: 'remove', message },
        { type: 'like', message },
        { type: 'unlike', message },
        { type: 'approve', message },
        { type: 'dismiss', message },
        { type: 'pin', message: target % 3 === 0 ? null : message },
        { type: 'mute', attendee: 'bo', forMs: 1_000 },
        { type: 'unmute', attendee: 'bo' },
        target > 35 ? { type: 'clear' } : post('c'),
        { type: 'configure', review: target % 2 === 0 },
      ]
      const command = wishes[kind] ?? post('d')
      if (chat.teamCommands.includes(command.type) && !actor.moderates) continue
      if (!('refused' in it.decide(actor, command))) it.do(actor, command)
    }
    return it
  }

  test.each(['attendees', 'team', 'screen'] as const)('for %s, at every cut of random runs', (audience) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const it = play(steps)
        const fresh = chat.snapshot(it.state, audience)
        for (let cut = 0; cut <= it.log.length; cut++) expect(clientCutAt(it.log, cut, audience)).toEqual(fresh)
      }),
      { numRuns: 150, seed: 20260101 },
    )
  })

  test('beyond the window, with edits and removals of messages that have left it', () => {
    const it = run()
    for (let n = 1; n <= limits.chatWindow + 30; n++) it.do(team, post(`${n}`, n > 60 ? n - 55 : undefined))
    it.do(team, { type: 'edit', message: 3, text: 'three' })
    it.do(team, { type: 'remove', message: 10 })
    it.do(team, { type: 'remove', message: 70 })
    for (const cut of [0, 1, 99, 100, 101, 129, 130, 131, 132, 133]) {
      expect(clientCutAt(it.log, cut, 'attendees')).toEqual(chat.snapshot(it.state, 'attendees'))
    }
  })

  test('nothing removed, cleared or dismissed is told to a client that resumes later', () => {
    const it = run()
    it.do(team, { type: 'configure', review: true })
    const held = it.do(ada, post('secret one'))
    it.do(team, { type: 'configure', review: false })
    const shown = it.do(ada, post('secret two'))
    it.do(team, { type: 'dismiss', message: held })
    it.do(team, { type: 'remove', message: shown })
    const told = it.log.flatMap((entry) =>
      (['attendees', 'team', 'screen'] as const).map((audience) => chat.publish(entry, it.state, audience)),
    )
    expect(JSON.stringify(told)).not.toContain('secret')
  })
})
