// Owns: what is said of an address of the API.
import type { ErrorCode } from '@voila/protocol'
import { z } from 'zod'
import { PageQuery } from '../../store/page.ts'

/** A body or an answer that is not JSON. */
export type File = { readonly mediaTypes: readonly string[]; readonly says: string }

export type Operation = {
  /** Its name in generated clients. */
  readonly id: string
  readonly does: string
  /** What `does` leaves open. */
  readonly says?: string
  readonly query?: z.ZodObject
  readonly body?: z.ZodType | File
  readonly bodyOptional?: true
  /** Absent: nothing, 204. */
  readonly answer?: z.ZodType | File
  /** 200 where it is not given. */
  readonly status?: 201 | 206
  /** `If-Match` is looked at. */
  readonly ifMatch?: true
  /** Refusals beside those that its path, its `who` and its body bring with them. */
  readonly codes?: readonly ErrorCode[]
}
export type OperationGroup = { readonly name: string; readonly says: string; readonly operations: Readonly<Record<string, Operation>> }

/** The query of a list, with what more may be asked of this one. */
export const pageQuery = (more: z.ZodRawShape = {}): z.ZodObject => z.object({ ...PageQuery.shape, ...more })

export const csv: File = { mediaTypes: ['text/csv'], says: 'A line each, below a header.' }
