// Owns: what a program sets of its activities before and during the show: the table, what holds where nothing is set, what becomes of it.
import { z } from 'zod'
import { chatOptions } from './activities/chat.ts'
import { activities } from './activities/index.ts'
import { pollsOptions } from './activities/polls.ts'
import { questionsOptions } from './activities/questions.ts'
import { quizOptions } from './activities/quiz.ts'
import { reactionsOptions } from './activities/reactions.ts'
import { screenOptions } from './activities/screen.ts'

/** An activity that can be switched off has a row here: what its `configure` takes. Blocked words are the program's, one list for all. */
const rows = {
  chat: chatOptions,
  questions: questionsOptions,
  quiz: quizOptions,
  reactions: reactionsOptions,
  polls: pollsOptions,
  screen: screenOptions,
} as const

export type OptionedActivity = keyof typeof rows
export type ActivityOptions = { [Name in OptionedActivity]?: Omit<z.output<(typeof rows)[Name]>, 'blockedWords'> | undefined }

/** What is set: each option of its own, those that are absent as they are. */
export type ProgramActivities = { readonly activities: ActivityOptions; readonly blockedWords: readonly string[] }

export const optionedActivities = Object.keys(rows) as OptionedActivity[]

const withoutWords = (schema: z.ZodObject): z.ZodObject => ('blockedWords' in schema.shape ? schema.omit({ blockedWords: true }) : schema)
const blocksWords = (name: OptionedActivity): boolean => 'blockedWords' in rows[name].shape

/** What an edit sets: whatever is absent stays as it is. */
export const ActivityOptionsPatch = z.strictObject(
  Object.fromEntries(optionedActivities.map((name) => [name, withoutWords(rows[name]).optional()])),
) as unknown as z.ZodType<ActivityOptions>

/** Every option of every activity, as an answer tells them. */
export const ActivityOptionsAnswer = z
  .object(Object.fromEntries(optionedActivities.map((name) => [name, z.looseObject({ on: z.boolean() })])))
  .describe('Each activity by its name, with its options; `on` switches it.') as unknown as z.ZodType<FullOptions>
export type FullOptions = { [Name in OptionedActivity]: Required<NonNullable<ActivityOptions[Name]>> }

type Settings = Readonly<Record<string, unknown>>

/** What holds where a program sets nothing: what the activity's own state begins with. */
function initialOptions(name: OptionedActivity): Settings {
  const rules = activities[name] as unknown as { initial(): { readonly settings: Settings } }
  const { settings } = rules.initial()
  return Object.fromEntries(Object.keys(withoutWords(rows[name]).shape).map((key) => [key, settings[key]]))
}

/** Every option: what is set, and what holds otherwise. */
export function fullOptions(set: ActivityOptions): FullOptions {
  return Object.fromEntries(optionedActivities.map((name) => [name, { ...initialOptions(name), ...set[name] }])) as FullOptions
}

/** `set` with what an edit changes of it. */
export function withOptions(set: ActivityOptions, edit: ActivityOptions): ActivityOptions {
  const merged = optionedActivities.map((name) => [name, { ...set[name], ...edit[name] }] as const)
  return Object.fromEntries(merged.filter(([, options]) => Object.keys(options).length > 0))
}

export type Configuring = {
  readonly activity: OptionedActivity
  readonly command: { readonly type: 'configure'; readonly [option: string]: unknown }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The commands by which a run comes to know what `after` sets otherwise than `before`; without `before`, everything that it sets. */
export function configuring(after: ProgramActivities, before?: ProgramActivities): Configuring[] {
  const [held, wanted] = before === undefined ? [{}, after.activities] : [fullOptions(before.activities), fullOptions(after.activities)]
  const wordsBefore = before?.blockedWords ?? []
  return optionedActivities.flatMap((activity) => {
    const was: Settings = (held as ActivityOptions)[activity] ?? {}
    const changed = Object.entries((wanted as ActivityOptions)[activity] ?? {}).filter(([option, value]) => !same(value, was[option]))
    const words = blocksWords(activity) && !same(after.blockedWords, wordsBefore) ? { blockedWords: after.blockedWords } : {}
    const options = { ...Object.fromEntries(changed), ...words }
    return Object.keys(options).length === 0 ? [] : [{ activity, command: { type: 'configure' as const, ...options } }]
  })
}
