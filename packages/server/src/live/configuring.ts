// Owns: the commands by which the platform itself acts in a run: what its program has set of each activity.
import { randomUUID } from 'node:crypto'
import { type Actor, type Configuring, systemActorId } from '@voila/protocol'
import type { Command } from './log.ts'
import { activityNamed, type Rules } from './rules.ts'

/** By the clock, or by what a program sets: nobody's permission is asked. */
export const system: Actor = { id: systemActorId, moderates: true, member: true }

/** What these rules can't read is left out: it was set under another version. */
export function commandsOf(rules: Rules, asked: readonly Configuring[]): Command[] {
  return asked.flatMap(({ activity: name, command }) => {
    const activity = activityNamed(rules, name)
    const read = activity?.commands.configure?.safeParse(command)
    if (activity === undefined || read?.success !== true) return []
    return [{ actor: system, id: randomUUID(), activity, name: 'configure', command: read.data, byPlatform: true as const }]
  })
}
