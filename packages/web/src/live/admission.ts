// Owns: the exchange of a token for a session by a page that no cookie reaches.
import type { AdmissionAnswer } from '@voila/protocol'
import { createHttp } from './http.ts'
import { createServerClock } from './server-clock.ts'

/** Exchanges an attendee token; the answer's session is for `LiveOptions.session`. @throws ProblemRefusal, or Refusal `unavailable` */
export function admitByToken(
  token: string,
  { fetch: send = (...request) => fetch(...request), ...where }: { programId: string; origin: string; fetch?: typeof fetch },
): Promise<AdmissionAnswer> {
  return createHttp({ ...where, fetch: send, clock: createServerClock() }).admit(token)
}
