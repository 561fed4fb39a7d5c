// Owns: the shapes of keeping somebody out: what may be asked, and what is answered.
import { z } from 'zod'
import { limits } from './limits.ts'
import { line } from './text.ts'

const Instant = z.iso.datetime()
const Asked = z.iso.datetime({ offset: true })
const ProgramId = z.string().max(12).nullable().optional().describe('Of one program; of all where it is null or left out.')
const Subject = z.string().min(1).max(256)
const reason = line(limits.reasonUnits).optional().describe('For the team alone.')

export const RevocationRequest = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('token'),
      programId: ProgramId,
      kid: z.string().min(1).max(64),
      jti: z.string().min(1).max(128),
      subject: Subject.describe('sub, else the e-mail address in lower case.'),
      reason,
    })
    .describe('One token.'),
  z
    .strictObject({ kind: z.literal('attendee'), programId: ProgramId, attendeeId: z.uuid(), reason })
    .describe('One person, by whatever token or account.'),
  z
    .strictObject({
      kind: z.literal('subject'),
      programId: ProgramId,
      subject: Subject.describe('Of a token: sub, else the e-mail address in lower case. Of a company account: what it is mapped to.'),
      reason,
    })
    .describe('One person, by whatever token or account of this subject, also where he has never been in.'),
  z
    .strictObject({ kind: z.literal('before'), programId: ProgramId, before: Asked, reason })
    .describe('Whoever came or comes by a token issued before a time (iat).'),
  z.strictObject({ kind: z.literal('session'), sessionId: z.uuid(), reason }).describe('One session: it ends, and nobody is kept out.'),
])
export type RevocationRequest = z.infer<typeof RevocationRequest>

export const RevocationAnswer = z
  .object({
    id: z.string(),
    kind: z.enum(['token', 'attendee', 'subject', 'before', 'session']),
    programId: z.string().nullable().describe('Null: of all programs.'),
    kid: z.string().nullable(),
    jti: z.string().nullable(),
    subject: z.string().nullable(),
    attendeeId: z.string().nullable(),
    sessionId: z.string().nullable(),
    before: Instant.nullable(),
    reason: z.string().nullable(),
    byName: z.string().describe('Whoever did it, as he was called then.'),
    ended: z.int().min(0).describe('Sessions that it ended.'),
    at: Instant,
    liftedAt: Instant.nullable().describe('From then on it keeps nobody out.'),
  })
  .describe('Somebody who is kept out.')
export type RevocationAnswer = z.infer<typeof RevocationAnswer>

export const RevocationCount = z.object({ sessions: z.int().min(0).describe('Sessions that it would end now.') })
export type RevocationCount = z.infer<typeof RevocationCount>
