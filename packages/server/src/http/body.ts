// Owns: how the body and the query of a request are read.
import { Refusal } from '@voila/protocol'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'

/** The first field that is wrong, and how. */
export function faultIn({ issues: [issue] }: z.ZodError, what: string): string {
  const field = issue?.path.join('.') ?? ''
  return field === '' ? (issue?.message ?? `The ${what} is wrong.`) : `${field}: ${issue?.message}`
}

function read<Schema extends z.ZodType>(schema: Schema, given: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(given ?? {})
  if (result.success) return result.data
  throw new Refusal('invalid_request', { detail: faultIn(result.error, what) })
}

/** The body by its schema. @throws Refusal invalid_request, its detail naming the first field that is wrong */
export function readBody<Schema extends z.ZodType>(schema: Schema, request: Pick<FastifyRequest, 'body'>): z.output<Schema> {
  return read(schema, request.body, 'body')
}

/** The query by its schema, which leaves other names alone. @throws Refusal invalid_request, as `readBody` */
export function readQuery<Schema extends z.ZodType>(schema: Schema, request: Pick<FastifyRequest, 'query'>): z.output<Schema> {
  return read(schema, request.query, 'query')
}
