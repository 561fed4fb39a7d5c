// Owns: what polls need of the platform by the clock: that they close when their time is over, and that what the counters of secret ones
// say is published.
import { randomInt, randomUUID } from 'node:crypto'
import { counterPrefix, limits, type PollsState } from '@voila/protocol'
import type { Store } from '../store/store.ts'
import { system } from './configuring.ts'
import type { Command } from './log.ts'
import type { Room } from './room.ts'
import { activityNamed, type Rules } from './rules.ts'

type Due =
  | { readonly close: number }
  | { readonly tally: number; readonly edition: number; readonly options: number; readonly prefix: string }

/** What is due in a room: on every node that has it, since the log lets only the first of them through. */
function dueIn({ polls }: PollsState, now: number): Due[] {
  return [...polls.values()].flatMap((poll): Due[] => {
    const close = poll.open && poll.closesAt !== null && now >= poll.closesAt ? [{ close: poll.id }] : []
    const more = poll.votes.size - poll.told.voters
    const isTold = !poll.content.secret || more < (poll.open ? limits.pollSecretVotes : 1)
    const { id, edition, content } = poll
    return isTold ? close : [...close, { tally: id, edition, options: content.options.length, prefix: counterPrefix(poll) }]
  })
}

/** In an order that says nothing of the one in which they came. */
function shuffled(texts: string[]): string[] {
  for (let last = texts.length - 1; last > 0; last--) {
    const other = randomInt(last + 1)
    ;[texts[last], texts[other]] = [texts[other] as string, texts[last] as string]
  }
  return texts
}

/** The commands of the platform that are due in a room's polls. */
export async function pollsDue({ store, rules, room, now }: { store: Store; rules: Rules; room: Room; now: number }): Promise<Command[]> {
  const activity = activityNamed(rules, 'polls')
  if (activity === undefined) return []
  const due = await room.read(() => dueIn(room.state('polls') as PollsState, now))
  const command = (name: string, command: object): Command => ({
    ...{ actor: system, id: randomUUID(), activity, name, byPlatform: true as const },
    command: { type: name, ...command },
  })

  async function tally({ tally: poll, edition, options, prefix }: Extract<Due, { tally: number }>): Promise<Command> {
    const rows = await store.db
      .selectFrom('program_counters')
      .select(['key', 'value'])
      .where('program_id', '=', room.programId)
      .where('run', '=', room.run)
      .where('key', 'like', `${prefix}%`)
      .execute()
    const counts = new Map(rows.map(({ key, value }) => [key.slice(prefix.length), value]))
    const texts = [...counts].flatMap(([key, count]) => (key.startsWith('text\n') ? Array<string>(count).fill(key.slice(5)) : []))
    return command('tally', {
      poll,
      edition,
      voters: counts.get('voters') ?? 0,
      counts: Array.from({ length: options }, (_, index) => counts.get(`${index}`) ?? 0),
      texts: shuffled(texts),
    })
  }
  return await Promise.all(due.map((each) => ('close' in each ? command('close', { poll: each.close, byClock: true }) : tally(each))))
}
