// Owns: the fields of a program that people edit: what each is called, and what is said of one that is not as it should be.
import { type FullOptions, limits, type OptionedActivity, optionedActivities, type Program } from '@voila/protocol'
import type { z } from 'zod'
import { changesOf } from './edit.ts'

export type ProgramFields = Pick<
  Program,
  | 'title'
  | 'description'
  | 'startsAt'
  | 'timeZone'
  | 'language'
  | 'accent'
  | 'signInUrl'
  | 'embedOrigins'
  | 'partnerKeys'
  | 'saml'
  | 'anonymous'
  | 'tokenUse'
  | 'concurrency'
  | 'atExpiry'
  | 'doorsMinutes'
  | 'blockedWords'
  | 'cueTiming'
> &
  FullOptions
export type FieldName = keyof ProgramFields

export const fieldWords: Readonly<Record<FieldName, { label: string; fault: string }>> = {
  title: { label: 'Title', fault: `Give it a title of at most ${limits.titleUnits} characters.` },
  description: { label: 'Description', fault: `At most ${limits.descriptionUnits} characters.` },
  startsAt: { label: 'Start', fault: 'Choose a day and a time.' },
  timeZone: { label: 'Time zone', fault: 'Choose a time zone.' },
  language: { label: 'Language', fault: 'Choose a language.' },
  accent: { label: 'Accent colour', fault: 'Write a colour like #3d54d6.' },
  signInUrl: { label: 'Sign-in address', fault: 'Write a whole address, like https://intranet.example.com/all-hands.' },
  embedOrigins: {
    label: 'Pages that may embed it',
    fault: `At most ${limits.embedOrigins} origins, each like https://intranet.example.com: scheme and host in lower case, and no path.`,
  },
  partnerKeys: { label: 'Partner keys', fault: 'On or off.' },
  saml: { label: 'Company accounts', fault: 'On or off.' },
  anonymous: { label: 'What guests do', fault: 'Choose one.' },
  tokenUse: { label: 'How often a token lets in', fault: 'Choose one.' },
  concurrency: { label: 'In how many places', fault: 'Choose one.' },
  atExpiry: { label: 'When a token runs out', fault: 'Choose one.' },
  doorsMinutes: { label: 'Doors', fault: 'A whole number of minutes, at most a week.' },
  blockedWords: {
    label: 'Blocked words',
    fault: `At most ${limits.blockedWords} words or phrases, each of at most ${limits.blockedWordUnits} characters.`,
  },
  cueTiming: { label: 'Wait for the picture', fault: 'On or off.' },
  chat: { label: 'Chat', fault: 'These options can’t be.' },
  questions: { label: 'Questions', fault: 'These options can’t be.' },
  polls: { label: 'Polls', fault: 'These options can’t be.' },
  quiz: { label: 'Quiz', fault: 'These options can’t be.' },
  reactions: { label: 'Reactions', fault: 'Choose one at least.' },
  screen: { label: 'Extended screen', fault: 'These options can’t be.' },
}

const fieldNames = Object.keys(fieldWords) as FieldName[]

export const isActivityField = (name: string): name is OptionedActivity => optionedActivities.some((each) => each === name)

/** What of a program is edited; the options of each activity are a field of their own. */
export function fieldsOf(program: Program): ProgramFields {
  const present = (name: FieldName): unknown => (isActivityField(name) ? program.activities[name] : program[name])
  return Object.fromEntries(fieldNames.map((name) => [name, present(name)])) as ProgramFields
}

/** The edit that takes `base` to `values`, as it is sent: of each activity only the options that differ. */
export function patchOf(base: ProgramFields, values: ProgramFields): object {
  const changes = Object.entries(changesOf(base, values))
  const fields = changes.filter(([name]) => !isActivityField(name))
  const activities = changes.flatMap(([name]) => (isActivityField(name) ? [[name, changesOf<object>(base[name], values[name])]] : []))
  return { ...Object.fromEntries(fields), ...(activities.length === 0 ? {} : { activities: Object.fromEntries(activities) }) }
}

/** The words for each field that the schema refuses. Empty: it would be accepted. */
export function faultsOf(schema: z.ZodType, values: object): Partial<Record<FieldName, string>> {
  const read = schema.safeParse(values)
  if (read.success) return {}
  const names = read.error.issues
    .map(({ path: [field, activity] }) => (field === 'activities' ? activity : field))
    .filter((name): name is FieldName => fieldNames.some((each) => each === name))
  return Object.fromEntries(names.map((name) => [name, fieldWords[name].fault]))
}
