// Owns: the requests of Backstage to the REST API, and how their refusals are read.
import { type ErrorCode, errorRow, type Problem } from '@voila/protocol'
import { readProblem } from '../live/http.ts'

/** A refusal of the server, or `unavailable` where no answer came. */
export class ApiProblem extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.code)
    this.name = 'ApiProblem'
    this.problem = problem
  }
  get code(): ErrorCode {
    return this.problem.code
  }
}

export type SendOptions = {
  /** The version that was edited; the server refuses with `edited_meanwhile` where it is no longer the present one. */
  readonly ifMatch?: number
  readonly signal?: AbortSignal
}

const noAnswer: Problem = {
  type: '/problems/unavailable',
  title: errorRow('unavailable').says,
  status: 503,
  code: 'unavailable',
  traceId: '',
}

async function request<Answer>(method: string, path: string, body: unknown, { ifMatch, signal }: SendOptions): Promise<Answer> {
  const headers = new Headers({ accept: 'application/json' })
  const isFile = body instanceof Blob
  if (body !== undefined) headers.set('content-type', isFile ? body.type : 'application/json')
  if (ifMatch !== undefined) headers.set('if-match', `"${ifMatch}"`)
  let response: Response
  let answer: unknown
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
    answer = await response.json().catch(() => undefined)
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw new ApiProblem(noAnswer)
  }
  if (!response.ok) throw new ApiProblem(readProblem(answer, response.status))
  return answer as Answer
}

/** The REST API, by the cookie of the person who is signed in. Both throw {@link ApiProblem}. A Blob is sent as the file that it is. */
export const api = {
  get: <Answer>(path: string, options: { signal?: AbortSignal } = {}): Promise<Answer> => request<Answer>('GET', path, undefined, options),
  send: <Answer = void>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, options: SendOptions = {}): Promise<Answer> =>
    request<Answer>(method, path, body, options),
}

/** Whether an error is a refusal with this code. */
export function isRefusal(error: unknown, code: ErrorCode): boolean {
  return error instanceof ApiProblem && error.code === code
}
