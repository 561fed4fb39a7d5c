// Owns: what is known of somebody on his way from the judgement to the database.
import type { AttendeeRow, ProgramRow } from '../store/schema.ts'

/** Somebody who was judged, and what he gets. Times are Unix milliseconds. */
export type Admission = {
  readonly source: AttendeeRow['source']
  readonly sessionId: string
  readonly tokenHash: string
  readonly browserHash: string | undefined
  readonly programId: string
  readonly organizationId: string
  /** What admits, by its name of `admitted-by.ts`. */
  readonly kid: string
  readonly jti: string
  readonly subject: string
  readonly givenName: string
  readonly familyName: string | null
  readonly email: string | null
  readonly sharePersonalData: boolean
  readonly moderates: boolean
  /** When his token was issued; the time of entering where he has none. */
  readonly issuedAt: number
  /** From when on his token no longer admits. */
  readonly tokenEndsAt: number | null
  /** Whether his token lets one browser in. */
  readonly onceOnly: boolean
  readonly concurrency: ProgramRow['concurrency']
  readonly roles: readonly string[]
  readonly at: number
  readonly expiresAt: number
  /** Up to when a browser may prolong the session without another token. */
  readonly renewableUntil: number
}
