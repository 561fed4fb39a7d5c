// Owns: what is prepared before a show, by kind, and what may be asked of it over REST. An activity that is prepared is a row here.
import { z } from 'zod'
import { DeckContent } from './activities/deck-content.ts'
import { PollContent } from './activities/poll-content.ts'
import { QuizContent } from './activities/quiz-content.ts'
import { limits } from './limits.ts'
import { line } from './text.ts'

/** The content of each kind: what its activity is launched with. */
export const preparedContents = { poll: PollContent, quiz: QuizContent, deck: DeckContent } as const satisfies Readonly<
  Record<string, z.ZodType>
>
export type PreparedKind = keyof typeof preparedContents
export const preparedKinds = Object.keys(preparedContents) as [PreparedKind, ...PreparedKind[]]

const Kind = z.enum(preparedKinds)
const Content = z.record(z.string(), z.unknown()).describe('By its kind: what its activity is launched with.')
const Position = z.int().min(0).max(limits.preparedItems).describe('Its place among those of its kind, from 0.')
const title = line(limits.titleUnits)

export const PreparedQuery = z.object({ kind: Kind.optional().describe('One kind alone.') })
/** Without a position it becomes the last of its kind. */
export const PreparedRequest = z.strictObject({ kind: Kind, title, content: Content, position: Position.optional() })
export const PreparedPatch = z.strictObject({ title, content: Content, position: Position }).partial()
/** Copies what another program of the organization has prepared, behind what is there. */
export const PreparedImport = z.strictObject({
  programId: z.string().max(64).describe('Where it is.'),
  items: z.array(z.string().max(64)).min(1).max(limits.preparedItems).optional().describe('Which of it; all of it where it is not given.'),
})

export const PreparedAnswer = z
  .object({
    id: z.string(),
    programId: z.string(),
    kind: Kind,
    position: z.int(),
    title: z.string(),
    content: z.record(z.string(), z.unknown()),
    version: z.int().describe('Grows with every edit of title or content; its ETag, for If-Match.'),
    createdAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  })
  .describe('A poll, quiz or deck that waits for its show.')
export type PreparedAnswer = z.infer<typeof PreparedAnswer>
