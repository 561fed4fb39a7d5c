// Owns: the proof of what stands in the team's queue, and in which order.
import { type ActivityName, activities, claimKey, type Waiting } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { filtered, moderationRows, type QueueFilter, queueOf } from '../src/backstage/control-room/moderation-rows.ts'

const waiting = (id: number, at: number): Waiting => ({ id, at, actorId: 'ada', text: `Text ${id}` })
const items = queueOf([[waiting(1, 10), waiting(4, 40)], [waiting(2, 20)], [waiting(3, 30)]])
const keysOf = (list: typeof items): string[] => list.map(({ key }) => key)

describe('the queue', () => {
  test('has what waits in every activity, the oldest first', () => {
    expect(keysOf(items)).toEqual(['chat:1', 'questions:2', 'polls:3', 'chat:4'])
  })

  test('takes a row that waits nowhere for empty', () => {
    expect(queueOf([])).toEqual([])
  })

  const claims = {
    [claimKey('chat', 1)]: { actorId: 'dana', at: 0 },
    [claimKey('questions', 2)]: { actorId: 'eli', at: 0 },
  }
  test.each<[QueueFilter, string[]]>([
    [{ activity: 'all', whose: 'all' }, ['chat:1', 'questions:2', 'polls:3', 'chat:4']],
    [{ activity: 'chat', whose: 'all' }, ['chat:1', 'chat:4']],
    [{ activity: 'all', whose: 'mine' }, ['chat:1']],
    [{ activity: 'all', whose: 'unassigned' }, ['polls:3', 'chat:4']],
    [{ activity: 'questions', whose: 'mine' }, []],
  ])('%j lets through %j', (filter, expected) => {
    expect(keysOf(filtered(items, filter, { claims, selfId: 'dana' }))).toEqual(expected)
  })
})

describe('a row of the queue', () => {
  test.each(moderationRows)('$activity: each of its commands is one that its activity takes of the team', (row) => {
    const rules: {
      teamCommands: readonly string[]
      commands: Readonly<Record<string, { safeParse(command: unknown): { success: boolean } }>>
    } = activities[row.activity as Exclude<ActivityName, never>]
    for (const command of [row.approve(7), row.approve(7, 'Edited'), row.dismiss(7), row.restore(7), row.unapprove(7)]) {
      expect([command, rules.commands[command.type]?.safeParse(command).success]).toEqual([command, true])
    }
  })
})
