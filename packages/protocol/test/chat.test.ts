import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Audience, type ChatState, type ChatView, chat, chatView, type Entry, limits, nextPostAt } from '../src/index.ts'
import { ada, bo, type CommandsOf, heldAfter, oneByOneTo, type Played, runOf, start, team } from './folding.ts'

type Command = CommandsOf<typeof chat.decide>
const played = chat as unknown as Played<Command, ChatState, ChatView>
const run = () => runOf(played)

const post = (text: string, replyTo?: number): Command => ({ type: 'post', text, ...(replyTo === undefined ? {} : { replyTo }) })

const clientCutAt = (log: readonly Entry[], cut: number, audience: Audience): ChatView =>
  heldAfter(played, chatView, { log, ends: oneByOneTo(cut), audience })

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
    expect(chat.views(it.state, 'attendees')).toEqual({ 'chat.likes': { [id]: 1 } })
    expect(chat.self(it.state, 'bo').liked).toEqual([id])
    it.do(bo, { type: 'unlike', message: id })
    expect(chat.views(it.state, 'attendees')).toEqual({ 'chat.likes': {} })
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

  test('a message with a blocked word waits although the others need not, and no edit brings one in', () => {
    const it = run()
    it.do(team, { type: 'configure', blockedWords: ['scam'] })
    const held = it.do(ada, post('What a Scám'))
    const fine = it.do(ada, post('Good evening'))
    it.do(team, post('No scam here'))
    expect(chat.snapshot(it.state, 'attendees').messages.map(({ text }) => text)).toEqual(['Good evening', 'No scam here'])
    expect(chat.snapshot(it.state, 'team').waiting.map(({ id }) => id)).toEqual([held])
    expect(it.refusal(ada, { type: 'edit', message: fine, text: 'A scam' })).toBe('chat_edit_closed')
    expect(it.refusal(ada, { type: 'edit', message: fine, text: 'A ham' })).toBe('accepted')
    expect(it.refusal(ada, { type: 'edit', message: held, text: 'Still a scam' })).toBe('accepted')
  })

  test('which words are blocked is told to the team alone', () => {
    const it = run()
    it.do(team, { type: 'configure', blockedWords: ['scam'] })
    const told = ['attendees', 'screen'].flatMap((audience) => [
      chat.snapshot(it.state, audience as Audience),
      ...it.log.map((entry) => chat.publish(entry, it.state, audience as Audience)),
    ])
    expect(JSON.stringify(told)).not.toContain('scam')
    expect(chat.snapshot(it.state, 'team').settings.blockedWords).toEqual(['scam'])
  })

  test('a message is approved as the team has edited it, and says that it was edited', () => {
    const it = run()
    it.do(team, { type: 'configure', review: true })
    const id = it.do(ada, post('Call me: 555 0100'))
    it.do(team, { type: 'approve', message: id, text: 'Call me' })
    expect(chat.snapshot(it.state, 'attendees').messages).toMatchObject([{ id, text: 'Call me', editedAt: start }])
    const asItWas = it.do(ada, post('Hello'))
    it.do(team, { type: 'approve', message: asItWas, text: 'Hello' })
    expect(chat.snapshot(it.state, 'attendees').messages[1]?.editedAt).toBeUndefined()
  })

  test('a chat that is switched off refuses attendees with activity_off, and not the team', () => {
    const it = run()
    const id = it.do(ada, post('Hello'))
    it.do(team, { type: 'configure', on: false })
    expect([it.refusal(ada, post('More')), it.refusal(bo, { type: 'like', message: id })]).toEqual(['activity_off', 'activity_off'])
    it.do(team, post('We go on in the questions'))
    it.do(team, { type: 'configure', on: true })
    it.do(ada, post('More'))
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

  test('a pinned message is unpinned when it is removed, and pinned again when it is restored', () => {
    const it = run()
    const id = it.do(ada, post('wifi: guest'))
    it.do(team, { type: 'pin', message: id })
    expect(chat.snapshot(it.state, 'attendees').pinned?.id).toBe(id)
    it.do(team, { type: 'remove', message: id })
    expect(chat.snapshot(it.state, 'attendees').pinned).toBeNull()
    it.do(team, { type: 'restore', message: id })
    expect(chat.snapshot(it.state, 'attendees').pinned?.id).toBe(id)
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

describe('what the team took away', () => {
  test('can be brought back: a message with its text, its likes and what answers it', () => {
    const it = run()
    const question = it.do(ada, post('When is lunch?'))
    it.do(bo, { type: 'like', message: question })
    it.do(bo, post('At noon', question))
    const before = chat.snapshot(it.state, 'attendees')
    it.do(team, { type: 'remove', message: question })
    expect(chat.self(it.state, 'bo').liked).toEqual([])
    expect(chat.views(it.state, 'attendees')).toEqual({ 'chat.likes': {} })
    expect(it.refusal(bo, { type: 'restore', message: question })).toBe('not_allowed')
    it.do(team, { type: 'restore', message: question })
    expect(chat.snapshot(it.state, 'attendees')).toEqual(before)
    expect(chat.self(it.state, 'bo').liked).toEqual([question])
    expect(it.refusal(team, { type: 'restore', message: question })).toBe('nothing_to_undo')
  })

  test('comes back to a client that was told of its going, wherever that one was cut off', () => {
    const it = run()
    const id = it.do(ada, post('Have a look'))
    it.do(team, { type: 'remove', message: id })
    it.do(team, { type: 'restore', message: id })
    it.do(team, { type: 'clear' })
    it.do(team, { type: 'restore', clearing: it.log.length })
    for (const cut of [0, 1, 2, 3, 4, 5]) {
      expect(clientCutAt(it.log, cut, 'attendees').messages.map(({ text, removed }) => ({ text, removed }))).toEqual([
        { text: 'Have a look', removed: undefined },
      ])
    }
  })

  test('a message that its author took back is his alone to show again', () => {
    const it = run()
    const adas = it.do(ada, post('oops'))
    it.do(ada, { type: 'remove', message: adas })
    expect(it.refusal(team, { type: 'restore', message: adas })).toBe('nothing_to_undo')
    const own = it.do(team, post('oops too'))
    it.do(team, { type: 'remove', message: own })
    it.do(team, { type: 'restore', message: own })
    expect(chat.snapshot(it.state, 'attendees').messages.at(-1)?.text).toBe('oops too')
  })

  test.each(['dismiss', 'remove'] as const)('a message that was held waits again after %s and restore', (type) => {
    const it = run()
    it.do(team, { type: 'configure', review: true })
    const [first, second] = [it.do(ada, post('first')), it.do(bo, post('second'))]
    it.do(team, { type, message: first })
    expect(chat.self(it.state, 'ada').waiting).toEqual([])
    it.do(team, { type: 'restore', message: first })
    expect(chat.snapshot(it.state, 'team').waiting.map(({ id }) => id)).toEqual([first, second])
    expect(chat.self(it.state, 'ada').waiting.map(({ id }) => id)).toEqual([first])
    it.do(team, { type: 'approve', message: first })
    expect(chat.snapshot(it.state, 'attendees').messages.map(({ text }) => text)).toEqual(['first'])
  })

  test('a clearing gives back everything that it took, in order with what was said since, and the pin', () => {
    const it = run()
    for (let n = 1; n <= limits.chatWindow + 5; n++) it.do(team, post(`${n}`))
    it.do(team, { type: 'pin', message: 3 })
    it.do(team, { type: 'clear' })
    const clearing = chat.snapshot(it.state, 'team').clearing
    expect(clearing).toEqual({ id: it.log.length, at: start, actorId: 'team' })
    expect(chat.snapshot(it.state, 'attendees').clearing).toBeNull()
    it.do(bo, post('What happened?'))
    it.do(team, { type: 'restore', clearing: clearing?.id ?? 0 })
    const { messages, earlier, pinned } = chat.snapshot(it.state, 'attendees')
    expect(messages.map(({ text }) => text).slice(-2)).toEqual([`${limits.chatWindow + 5}`, 'What happened?'])
    expect([messages.length, earlier, pinned?.text]).toEqual([limits.chatWindow, true, '3'])
    expect(chat.snapshot(it.state, 'team').clearing).toBeNull()
    expect(it.refusal(team, { type: 'restore', clearing: clearing?.id ?? 0 })).toBe('nothing_to_undo')
  })

  test('stays away when it was erased', () => {
    const it = run()
    const id = it.do(ada, post('secret'))
    it.do(team, { type: 'remove', message: id })
    it.do(team, { type: 'restore', message: id })
    const state = chat.initial()
    for (const entry of it.log) chat.apply(state, entry.seq === id ? { ...entry, body: { erased: true } } : entry)
    expect(chat.snapshot(state, 'team').messages).toMatchObject([{ removed: 'erased', text: '' }])
  })

  test('is told to nobody until it is back', () => {
    const it = run()
    const id = it.do(ada, post('secret one'))
    it.do(team, { type: 'remove', message: id })
    it.do(bo, post('secret two'))
    it.do(team, { type: 'clear' })
    const told = it.log.flatMap((entry) => (['attendees', 'team'] as const).map((audience) => chat.publish(entry, it.state, audience)))
    const pages = chat.page(it.state, 'team', { limit: 50 })
    const selves = [chat.self(it.state, 'ada'), chat.self(it.state, 'bo')]
    expect(JSON.stringify([told, pages, selves, chat.snapshot(it.state, 'team')])).not.toContain('secret')
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

  test.each([
    ['brought back', { type: 'remove', message: 1 }, { message: 1 }],
    ['brought back with all the others', { type: 'clear' }, { clearing: 3 }],
  ] as const)('changes for those who liked a message that is %s', (_what, away, body) => {
    const it = run()
    it.do(ada, post('news'))
    it.do(bo, { type: 'like', message: 1 })
    it.do(team, away)
    const entry = { seq: 4, at: start, activity: 'chat', type: 'chat.restored', actorId: 'team', body }
    expect(chat.concerns(it.state, entry)).toContain('bo')
    chat.apply(it.state, entry)
    expect(chat.self(it.state, 'bo').liked).toEqual([1])
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
    'restored',
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
    actor: fc.constantFrom(0, 1, 2, 2),
    kind: fc.nat(18),
    target: fc.nat(40),
    wait: fc.constantFrom(0, 500, 5_000, 70_000),
  })

  /** The seq of the nth clearing from the end. */
  const lastClearing = (log: readonly Entry[], back: number): number | undefined =>
    log.filter(({ type }) => type === 'chat.cleared').at(-1 - back)?.seq

  /** The message that the nth removal or dismissal from the end took. */
  const lastTaken = (log: readonly Entry[], back: number): number | undefined =>
    (log.filter(({ type }) => type === 'chat.removed' || type === 'chat.dismissed').at(-1 - back)?.body as { message: number } | undefined)
      ?.message

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
        target > 15 ? { type: 'clear' } : post('c'),
        { type: 'configure', review: target % 2 === 0 },
        { type: 'restore', message: lastTaken(it.log, target % 4) ?? message },
        { type: 'restore', clearing: lastClearing(it.log, target % 3) ?? message },
        { type: 'remove', message },
        { type: 'restore', message: lastTaken(it.log, 0) ?? message },
        { type: 'restore', clearing: lastClearing(it.log, 0) ?? message },
      ]
      const command = wishes[kind] ?? post('d')
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

  test('for ranges of any length, as ticks and resumes make them', () => {
    const restored = { messages: 0, clearings: 0 }
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }),
        fc.array(fc.nat(120), { maxLength: 12 }),
        (steps, cuts) => {
          const it = play(steps)
          const ends = cuts.filter((cut) => cut <= it.log.length).sort((a, b) => a - b)
          for (const audience of ['attendees', 'team'] as const) {
            expect(heldAfter(played, chatView, { log: it.log, ends, audience })).toEqual(chat.snapshot(it.state, audience))
          }
          for (const { type, body } of it.log) {
            if (type !== 'chat.restored') continue
            restored['clearing' in (body as object) ? 'clearings' : 'messages'] += 1
          }
        },
      ),
      { numRuns: 300, seed: 20260102 },
    )
    // The random runs must come where it is hard.
    expect(restored.messages).toBeGreaterThan(100)
    expect(restored.clearings).toBeGreaterThan(100)
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
