// Owns: what a refusal or a failure becomes over HTTP. One of the two translators; nothing else chooses a status.
import { errorRow, type Problem, Refusal } from '@voila/protocol'
import { isOutage } from '../store/outage.ts'

/** The ways into a program: on the customer's own site; with a company account, a path here. */
export type WaysIn = {
  readonly signInUrl?: string | null | undefined
  readonly samlUrl?: string | undefined
  /** When the doors open, Unix milliseconds. */
  readonly opensAt?: number | undefined
}

/** Failures of the HTTP server itself that are the other side's. */
const fastifyCodes: Readonly<Record<string, Refusal['code']>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_NOT_FOUND: 'not_found',
}

/** The refusal that an error amounts to. An outage is ours, and never says that somebody may not enter. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (isOutage(error)) return new Refusal('unavailable', { retryAfterMs: 2_000 })
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  const known = typeof code === 'string' ? fastifyCodes[code] : undefined
  if (known !== undefined) return new Refusal(known)
  // Body parsers and the router: a wrong content type, broken JSON, a bad escape.
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return new Refusal('invalid_request')
  return new Refusal('internal')
}

/**
 * A problem document (RFC 9457).
 *
 * @param given.detailed   only for the administration: viewers get the table's sentence and nothing else
 * @param given.waysIn     where a person can get a new token or sign in, shown where that helps
 */
export function problemOf(refusal: Refusal, given: { traceId: string; detailed?: boolean | undefined; waysIn?: WaysIn }): Problem {
  const { status, says, retry } = errorRow(refusal.code)
  const samlUrl = retry === 'never' && refusal.code !== 'session_replaced' ? undefined : given.waysIn?.samlUrl
  const { signInUrl } = retry === 'new-token' || refusal.code === 'session_replaced' ? (given.waysIn ?? {}) : {}
  const opensAt = refusal.code === 'doors_closed' ? given.waysIn?.opensAt : undefined
  return {
    type: `/problems/${refusal.code}`,
    title: says,
    status,
    code: refusal.code,
    traceId: given.traceId,
    ...(given.detailed === true && refusal.detail !== undefined ? { detail: refusal.detail } : {}),
    ...(refusal.retryAfterMs === undefined ? {} : { retryAfterMs: Math.ceil(refusal.retryAfterMs) }),
    ...(signInUrl === null || signInUrl === undefined ? {} : { signInUrl }),
    ...(samlUrl === undefined ? {} : { samlUrl }),
    ...(opensAt === undefined ? {} : { opensAt: new Date(opensAt).toISOString() }),
    ...(refusal.tokenRefused === undefined ? {} : { tokenRefused: refusal.tokenRefused }),
  }
}

/** Headers that go with a problem, beside its type. */
export function problemHeaders({ status, retryAfterMs }: Problem): Record<string, string> {
  return {
    'cache-control': 'no-store',
    // RFC 9110, 15.5.2: a 401 names how to do better.
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }),
  }
}

export const problemType = 'application/problem+json; charset=utf-8'
