// Owns: getting a session: by a token or as a guest, for a page that no cookie reaches and for our own.
import type { AdmissionAnswer, SessionAnswer } from '@voila/protocol'
import { createHttp, type EntryBody } from './http.ts'
import { createServerClock } from './server-clock.ts'

type Where = { programId: string; origin: string; fetch?: typeof fetch }

const httpAt = ({ fetch: send = (...request) => fetch(...request), ...where }: Where) =>
  createHttp({ ...where, fetch: send, clock: createServerClock() })

/** The answer's session is for `LiveOptions.session`. @throws ProblemRefusal, or Refusal `unavailable` */
export const admit = (body: EntryBody, where: Where): Promise<AdmissionAnswer> => httpAt(where).admit(body)

/** The browser keeps the session by its cookie. @throws ProblemRefusal, or Refusal `unavailable` */
export const enterByBrowser = (body: EntryBody, where: Where): Promise<SessionAnswer> => httpAt(where).enter(body)
