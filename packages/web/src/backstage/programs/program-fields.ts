// Owns: the fields of a program that people edit: what each is called, and what is said of one that is not as it should be.
import { limits, type Program } from '@voila/protocol'
import type { z } from 'zod'

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
>
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
}

const fieldNames = Object.keys(fieldWords) as FieldName[]

/** What of a program is edited. */
export function fieldsOf(program: Program): ProgramFields {
  return Object.fromEntries(fieldNames.map((name) => [name, program[name]])) as ProgramFields
}

/** The words for each field that the schema refuses. Empty: it would be accepted. */
export function faultsOf(schema: z.ZodType, values: object): Partial<Record<FieldName, string>> {
  const read = schema.safeParse(values)
  if (read.success) return {}
  const names = read.error.issues
    .map((issue) => issue.path[0])
    .filter((name): name is FieldName => fieldNames.some((each) => each === name))
  return Object.fromEntries(names.map((name) => [name, fieldWords[name].fault]))
}
