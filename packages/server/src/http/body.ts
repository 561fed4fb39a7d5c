// Owns: how the body of a request is read.
import { Refusal } from '@voila/protocol'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'

/** The body by its schema. @throws Refusal invalid_request, its detail naming the first field that is wrong */
export function readBody<Schema extends z.ZodType>(schema: Schema, request: Pick<FastifyRequest, 'body'>): z.output<Schema> {
  const read = schema.safeParse(request.body ?? {})
  if (read.success) return read.data
  const [issue] = read.error.issues
  const field = issue?.path.join('.') ?? ''
  throw new Refusal('invalid_request', { detail: field === '' ? (issue?.message ?? 'The body is wrong.') : `${field}: ${issue?.message}` })
}
