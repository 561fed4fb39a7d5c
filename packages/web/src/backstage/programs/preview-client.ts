// Owns: a show that is not on: what an attendee's page would be told, for looking at how it would look.
import type { ChatMessage, Program, ProgramState, SessionAnswer } from '@voila/protocol'
import type { LiveClient, LiveState } from '../../live/index.ts'

/** Before the start, during the show, afterwards. */
export type PreviewState = Extract<ProgramState, 'scheduled' | 'live' | 'ended'>

const people = [
  { id: 'one', displayName: 'Amélie Laurent' },
  { id: 'two', displayName: 'Jonas Weber' },
  { id: 'team', displayName: 'Your team', team: true as const },
]
const said: readonly (readonly [actor: string, minutesAgo: number, text: string])[] = [
  ['two', 6, 'Good morning from Lyon.'],
  ['team', 5, 'Welcome, all. We begin in a moment; ask whenever you like.'],
  ['one', 2, 'The sound is fine here. Thank you.'],
  ['two', 1, 'Will there be time for questions at the end?'],
]

function messagesAt(now: number): ChatMessage[] {
  return said.map(([actorId, minutes, text], at) => ({
    id: at + 1,
    order: at + 1,
    at: now - minutes * 60_000,
    actorId,
    text,
    likes: at === 2 ? 3 : 0,
  }))
}

function stateOf(program: Program, state: PreviewState, now: number): LiveState {
  return {
    connection: { phase: 'open' },
    position: { epoch: '1.0', seq: said.length },
    snapshots: 1,
    self: { id: 'one', displayName: 'Amélie Laurent' },
    people: new Map(people.map((person) => [person.id, person])),
    views: {
      program: { ...program, state, startsAt: Date.parse(program.startsAt) },
      stream: { live: state === 'live', since: null },
      audience: { count: 128 },
    },
    activities: {
      chat: {
        view: {
          messages: messagesAt(now),
          earlier: false,
          pinned: null,
          settings: { on: true, open: true, slowMs: 0, review: false, blockedWords: [] },
          waiting: [],
          muted: {},
          clearing: null,
        },
        self: { muted: null, liked: [], waiting: [], posts: [] },
      },
      announcements: { view: { current: null, past: [], earlier: false }, self: null },
    },
  }
}

const never = <Answer>(): Promise<Answer> => new Promise<Answer>(() => {})
const nothing = (): void => {}
const unheard = () => nothing

/** A client that is connected to nothing and holds `program` as it would be in `state`. */
export function createPreviewClient(program: Program, state: PreviewState): LiveClient {
  const held = stateOf(program, state, Date.now())
  return {
    state: () => held,
    subscribe: unheard,
    onItem: unheard,
    media: { current: () => null, offer: nothing, good: never, renew: never, rewrite: (url) => url, onChange: unheard, close: nothing },
    lastingMedia: never,
    now: Date.now,
    session: never,
    renew: never,
    start: nothing,
    send: never,
    history: never,
    slide: never,
    retryNow: nothing,
    close: nothing,
  }
}

/** What the page of somebody who was let in begins with. */
export function previewEntry(program: Program, state: PreviewState): SessionAnswer {
  const later = new Date(Date.now() + 3_600_000).toISOString()
  return {
    session: { expiresAt: later },
    attendee: { id: 'one', displayName: 'Amélie Laurent', givenName: 'Amélie', familyName: 'Laurent', roles: [] },
    program: { ...program, state },
    media: { url: '', expiresAt: later },
  }
}
