// Owns: the proof that the page says beforehand what the chat would refuse.
import { type ChatSelf, type ChatSettings, limits, programStates } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { editableUntil, sendableAt, writingOf } from '../src/attendee/chat/writing.ts'

const settings: ChatSettings = { on: true, open: true, slowMs: 0, review: false, blockedWords: [] }
const self: ChatSelf = { muted: null, liked: [], waiting: [], posts: [] }
const now = 1_000_000

describe('writing', () => {
  const situation = { activities: 'open', settings, self, onTeam: false, now } as const

  test.each([
    ['an open chat', {}, { may: true }],
    ['a closed chat', { settings: { ...settings, open: false } }, { may: false, why: 'closedForNow' }],
    ['a closed chat for the team', { settings: { ...settings, open: false }, onTeam: true }, { may: true }],
    ['muted for good', { self: { ...self, muted: { until: null } } }, { may: false, why: 'muted' }],
    ['muted for a while', { self: { ...self, muted: { until: now + 1 } } }, { may: false, why: 'muted', until: now + 1 }],
    ['a mute that has run out', { self: { ...self, muted: { until: now } } }, { may: true }],
    ['an ended program', { activities: programStates.ended.activities }, { may: false, why: 'readOnly' }],
    ['a rehearsal', { activities: programStates.rehearsal.activities }, { may: false, why: 'closed' }],
    ['a rehearsal for the team', { activities: programStates.rehearsal.activities, onTeam: true }, { may: true }],
    ['a scheduled program', { activities: programStates.scheduled.activities, onTeam: true }, { may: false, why: 'closed' }],
  ])('%s', (_name, change, expected) => {
    expect(writingOf({ ...situation, ...change })).toEqual(expected)
  })

  test('slow mode counts from the latest message, those on their way included', () => {
    const slow = { ...settings, slowMs: 30_000 }
    expect(sendableAt({ ...self, posts: [now] }, slow, { onTeam: false, onTheirWay: [] })).toBe(now + 30_000)
    expect(sendableAt({ ...self, posts: [now] }, slow, { onTeam: false, onTheirWay: [now + 5] })).toBe(now + 30_005)
    expect(sendableAt({ ...self, posts: [now] }, slow, { onTeam: true, onTheirWay: [] })).toBe(0)
  })

  test('a burst is held back until its first message is old enough', () => {
    const posts = Array.from({ length: limits.chatBurst - 1 }, (_, at) => now + at)
    expect(sendableAt({ ...self, posts }, settings, { onTeam: false, onTheirWay: [] })).toBeLessThanOrEqual(now)
    expect(sendableAt({ ...self, posts }, settings, { onTeam: false, onTheirWay: [now + 9] })).toBe(now + limits.chatBurstMs)
  })

  test('an own message can be edited for a minute, an approved one not at all', () => {
    const review = { ...settings, review: true }
    expect(editableUntil({ at: now, held: false }, { settings, onTeam: false })).toBe(now + limits.chatEditMs)
    expect(editableUntil({ at: now, held: false }, { settings: review, onTeam: false })).toBe(0)
    expect(editableUntil({ at: now, held: true }, { settings: review, onTeam: false })).toBe(now + limits.chatEditMs)
    expect(editableUntil({ at: now, held: false }, { settings: review, onTeam: true })).toBe(now + limits.chatEditMs)
  })
})
