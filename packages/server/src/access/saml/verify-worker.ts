// Owns: the judging of answers in a thread of its own: it takes ten milliseconds and more, in which the media on the main one would wait.
import { parentPort } from 'node:worker_threads'
import { type ErrorCode, Refusal } from '@voila/protocol'
import type { Expected } from './assertion.ts'
import { type ResponseKeys, type Verified, verifyResponse } from './response.ts'

/** `id` comes back with the answer. */
export type VerifyRequest = { readonly id: number; readonly field: string; readonly expected: Expected; readonly keys: ResponseKeys }
export type VerifyAnswer = { readonly id: number } & (
  | { readonly verified: Verified }
  | { readonly refused: { readonly code: ErrorCode; readonly detail: string | undefined } }
  | { readonly failed: string }
)

const port = parentPort
if (port === null) throw new Error('this file runs as a worker alone')

async function answer({ id, field, expected, keys }: VerifyRequest): Promise<VerifyAnswer> {
  try {
    return { id, verified: await verifyResponse(field, expected, keys) }
  } catch (error) {
    if (error instanceof Refusal) return { id, refused: { code: error.code, detail: error.detail } }
    return { id, failed: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

port.on('message', (request: VerifyRequest) => void answer(request).then((answered) => port.postMessage(answered)))
