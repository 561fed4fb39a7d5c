// Owns: that a client cut at any entry holds, once it has resumed, what a client that was never cut holds.
import { randomUUID } from 'node:crypto'
import { type Actor, type ChatSelf, type ChatView, limits, type ServerFrame } from '@voila/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Frame } from '../../src/live/frame.ts'
import { newViewer, type Transport, type Viewer } from '../../src/live/viewer.ts'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { canonical, Replica, until } from './client.ts'
import { addProgram, liveProgram, memberNamed, type Node, openNode, sessionNamed } from './house.ts'

/** A client whose wire is a function call: the frames are the hub's own, in their event stream form. */
class Local implements Transport {
  readonly replica: Replica
  viewer: Viewer | undefined
  constructor(replica = new Replica()) {
    this.replica = replica
  }
  send(frame: Frame): void {
    for (const line of frame.stream.toString().split('\n')) {
      if (line.startsWith('data: ')) this.replica.take(JSON.parse(line.slice(6)) as ServerFrame)
    }
  }
  end(): void {}
  probe(): boolean {
    return true
  }

  async enter(node: Node, { programId, name }: { programId: string; name: string }): Promise<void> {
    const [, member] = /^user-(.+)$/.exec(name) ?? []
    const visitor =
      member === undefined
        ? { session: sessionNamed(name, { programId }) }
        : { member: memberNamed(member), confirm: () => Promise.resolve() }
    const viewer = newViewer({ visitor, transport: this, now: 0 })
    this.viewer = viewer
    await node.live.enter({ programId, viewer, resume: this.replica.position })
  }
  leave(node: Node, programId: string): void {
    if (this.viewer !== undefined) node.live.leave({ programId, viewer: this.viewer })
  }
}

/**
 * What a page shows: its views, and its own likes of messages that are there. (A like of a message that has been removed is told no more,
 * and taken back from nobody.)
 */
function shown({ views, selves }: Replica): string {
  const messages = (views.chat as ChatView).messages.filter((message) => message.removed === undefined)
  const own = selves.chat as ChatSelf
  const ids = new Set(messages.map((message) => message.id))
  return canonical([views, { ...selves, chat: { ...own, liked: own.liked.filter((id) => ids.has(id)) } }])
}

/** A client that has been told exactly what this one has, and is told nothing more. */
function copyOf(replica: Replica): Replica {
  const { position, views, latest, selves, people, items } = replica
  return Object.assign(new Replica(), structuredClone({ position, views, latest, selves, people, items }))
}

const step = fc.record({
  actor: fc.nat(3),
  kind: fc.nat(19),
  target: fc.nat(20),
  wait: fc.constantFrom(0, 500, 5_000, 70_000),
  pause: fc.boolean(),
})
type Step = { actor: number; kind: number; target: number; wait: number; pause: boolean }

type Asked = { activity?: string; type: string; [key: string]: unknown }

function commandOf({ kind, target }: Step, { seq, clearing }: { seq: number; clearing: number }): Asked {
  const message = Math.max(1, seq - target)
  const wishes = [
    { type: 'post', text: `text ${target}` },
    { type: 'post', text: 'a reply', replyTo: message },
    { type: 'post', text: `another ${kind}` },
    { type: 'edit', message, text: `edited ${target}` },
    { type: 'remove', message },
    { type: 'like', message },
    { type: 'unlike', message },
    { type: 'approve', message },
    { type: 'dismiss', message },
    { type: 'pin', message: target % 3 === 0 ? null : message },
    { type: 'mute', attendee: 'bo', forMs: 1_000 },
    { type: 'unmute', attendee: 'bo' },
    target > 17 ? { type: 'clear' } : { type: 'like', message },
    { type: 'configure', review: target % 2 === 0 },
    { type: 'remove', message },
    { type: 'restore', message },
    { type: 'restore', message: Math.max(1, seq - 1) },
    { type: 'restore', clearing },
    target % 3 === 0
      ? { activity: 'announcements', type: 'withdraw', announcement: message }
      : { activity: 'announcements', type: 'announce', text: `note ${target}`, style: 'info' },
    { activity: 'backchannel', type: 'post', text: `aside ${target}` },
  ]
  return wishes[kind] ?? { type: 'post', text: 'more' }
}

const actors = ['ada', 'bo', 'mod', 'user-dana']
const audiences = [
  { audience: 'attendees', name: 'ada' },
  { audience: 'team', name: 'mod' },
  { audience: 'team, of every activity', name: 'user-dana' },
]

describe('[5] resume, cut at every entry', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    const [sqlite] = databases
    if (sqlite === undefined) throw new Error('there is no SQLite')
    database = await sqlite.make()
    store = await database.open()
  })
  afterAll(() => database.drop())

  async function play(steps: readonly Step[]): Promise<void> {
    const id = randomUUID().replaceAll('-', '').slice(0, 12)
    await addProgram(store, id)
    let clock = 1_800_000_000_000
    const node = openNode({ store, now: () => clock, programs: new Map([[id, { ...liveProgram, id }]]) })
    const uncut = audiences.map(({ name }) => ({ name, client: new Local() }))
    const cut: { name: string; client: Local }[] = []
    for (const { name, client } of uncut) await client.enter(node, { programId: id, name })

    let seq = 0
    let clearing = 1
    for (const each of steps) {
      clock += each.wait
      const name = actors[each.actor] ?? 'ada'
      const isMember = name === 'user-dana'
      const actor: Actor = { id: name, moderates: isMember || name === 'mod', ...(isMember ? { member: true } : {}) }
      const { activity = 'chat', ...command } = commandOf(each, { seq, clearing })
      const ack = await node.live.command({ programId: id, actor, id: randomUUID(), activity, command })
      if (!('seq' in ack) || ack.seq <= seq) continue
      seq = ack.seq
      if (command.type === 'clear') clearing = seq
      // One that has just come, at this very entry; and, where the tick has told it, one that has been told since the beginning.
      for (const { audience: _, name: who } of audiences) {
        const client = new Local()
        await client.enter(node, { programId: id, name: who })
        client.leave(node, id)
        expect(client.replica.position?.seq).toBe(seq)
        cut.push({ name: who, client })
      }
      if (!each.pause) continue
      // Of some entries nothing is told, so the position alone can't say that the tick has been.
      const end = performance.now() + 40
      await until('the tick', () => uncut.every(({ client }) => client.replica.position?.seq === seq) || performance.now() > end)
      for (const { name: who, client } of uncut) cut.push({ name: who, client: new Local(copyOf(client.replica)) })
    }

    for (const { name, client } of uncut) {
      const fresh = new Local()
      await fresh.enter(node, { programId: id, name })
      await until('the last views are told', () => shown(client.replica) === shown(fresh.replica))
      for (const { client: other } of cut.filter((each) => each.name === name)) {
        await other.enter(node, { programId: id, name })
        if (other.replica.readies.at(-1)?.resumed !== true) throw new Error(`cut at ${other.replica.position?.seq}: a snapshot`)
        expect(shown(other.replica)).toBe(shown(client.replica))
        expect(other.replica.faults).toEqual([])
        other.leave(node, id)
      }
      expect(client.replica.faults).toEqual([])
    }
    await node.live.drain()
  }

  test('for attendees and the team, over random commands', { timeout: 120_000 }, async () => {
    const scripts = fc.array(fc.array(step, { minLength: 30, maxLength: 60, size: 'max' }), { minLength: 8, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(scripts, async (all) => void (await Promise.all(all.map(play)))),
      { numRuns: 4, seed: 20260101, endOnFailure: true },
    )
  })

  test('beyond what a node keeps, and in another epoch, everything is told anew and never a part', async () => {
    const id = 'toofarbehind'
    await addProgram(store, id)
    const node = openNode({ store, programs: new Map([[id, { ...liveProgram, id }]]) })
    const actor = { id: 'mod', moderates: true }
    const post = (text: string) =>
      node.live.command({ programId: id, actor, id: randomUUID(), activity: 'chat', command: { type: 'post', text } })
    const client = new Local()
    await client.enter(node, { programId: id, name: 'ada' })
    await post('first')
    await until('told', () => client.replica.position?.seq === 1)
    client.leave(node, id)
    const there = new Local(copyOf(client.replica))
    const elsewhere = new Local(copyOf(client.replica))
    elsewhere.replica.position = { epoch: '1.7', seq: 1 }
    const ahead = new Local(copyOf(client.replica))
    ahead.replica.position = { epoch: '1.0', seq: 1_000_000 }
    await Promise.all(Array.from({ length: 2 * limits.resumeEntries }, (_, n) => post(`${n}`)))
    for (const each of [there, elsewhere, ahead]) {
      await each.enter(node, { programId: id, name: 'ada' })
      expect(each.replica.readies).toMatchObject([{ resumed: false, seq: 2 * limits.resumeEntries + 1 }])
    }
    await node.live.drain()
  })
})
