// Owns: the life of the embedded player: waiting for a token, getting in by it, staying, and getting in again by the next.
import { type AdmissionAnswer, type ErrorCode, errorRow, type Problem, type SessionAnswer } from '@voila/protocol'
import { startClient, untilAnswered } from '../attendee/opening.ts'
import { type Connectivity, createAlarm, type LiveClient, ProblemRefusal, readProblem } from '../live/index.ts'
import { createHappenings } from './happenings.ts'
import type { FrameMessage, HostMessage } from './messages.ts'
import { type KeptSession, markOf, type SessionKeep } from './session-keep.ts'

/** `visit` counts admissions. */
export type View =
  | { readonly kind: 'waiting' | 'delayed' }
  | { readonly kind: 'in'; readonly visit: number; readonly client: LiveClient; readonly answer: SessionAnswer }
  | { readonly kind: 'refused'; readonly problem: Pick<Problem, 'code'> & Partial<Problem> }

export type Visit = {
  start(): void
  heard(message: HostMessage): void
  /** Enters without a token, where guests are let in. @throws ProblemRefusal, or Refusal `unavailable` */
  enterAsGuest(name: string | undefined): Promise<SessionAnswer>
}

export type VisitOptions = {
  post(message: FrameMessage): void
  readonly keep: SessionKeep
  /** @throws ProblemRefusal, or Refusal `unavailable` */
  admit(body: { token?: string; name?: string }): Promise<AdmissionAnswer>
  clientOf(session: string): LiveClient
  readonly onWake: Connectivity['onWake']
  onView(view: View): void
  /** Guests are let in: whoever gets no token is not kept waiting for one. */
  readonly guests?: boolean
}

/** So long the host page has to answer before it is asked (again), and then before the wait ends in a refusal. */
const answerMs = 10_000
/** And so long where it may have none to give. */
const guestMs = 2_000
/** The host is asked for another token so long before the end of a session, and of a short one when a third is left. */
const aheadMs = 5 * 60_000
const aheadShare = 1 / 3
/** Asked again when half of what is left has passed, but not so soon. */
const askAgainMs = 1_000

type Entered = { readonly client: LiveClient; readonly answer: SessionAnswer; readonly bearer: string }

export function createVisit(options: VisitOptions): Visit {
  const { post, keep, onView } = options
  let view: View = { kind: 'waiting' }
  /** Counts tokens: an older one's answer is no longer of interest. */
  let turn = 0
  let visits = 0
  let token: string | undefined
  /** What the host page was asked for a token about; one question for each refusal, or a provider without a good one is asked for ever. */
  let open: Extract<View, { kind: 'refused' }>['problem'] | undefined
  let asked = false
  let answerTimer: ReturnType<typeof setTimeout> | undefined
  /** Whoever is in: his client, the bearer that is kept of him, when that ends, and whether no token says who he is. */
  let inside: (Pick<KeptSession, 'session' | 'expiresAt'> & { readonly client: LiveClient; readonly isGuest: boolean }) | undefined
  /** The host was asked for the token by which whoever is in goes on, and the same as before may do. */
  let wanted = false
  /** The end that the host has heard of. */
  let announced: number | undefined
  let leave = (): void => {}

  function show(next: View): void {
    view = next
    onView(next)
  }

  const tell = (name: 'refused' | 'error', code: ErrorCode): void =>
    post({ voila: 1, t: 'event', name, code, message: errorRow(code).says })

  function refuse(problem: Pick<Problem, 'code'> & Partial<Problem>): void {
    clearTimeout(answerTimer)
    open = undefined
    leave()
    tell('refused', problem.code)
    show({ kind: 'refused', problem })
  }

  /** Asks for a token before the refusal is told: one that has run out is no news to somebody whose page can give another. */
  function askFirst(problem: Pick<Problem, 'code'> & Partial<Problem>): void {
    if (asked || errorRow(problem.code).retry !== 'new-token') {
      refuse(problem)
      return
    }
    asked = true
    open = problem
    post({ voila: 1, t: 'token-please' })
    clearTimeout(answerTimer)
    answerTimer = setTimeout(() => refuse(problem), answerMs)
  }

  function onDelay(): void {
    if (view.kind === 'in' || view.kind === 'delayed') return
    tell('error', 'unavailable')
    show({ kind: 'delayed' })
  }

  /** The session that this very token gave before a reload: the token itself may have run out meanwhile. */
  async function resume(given: string, isOff: () => boolean): Promise<Entered | undefined> {
    const kept = keep.read()
    if (kept === undefined || kept.mark !== markOf(given) || kept.expiresAt <= Date.now()) return undefined
    const client = options.clientOf(kept.session)
    try {
      const answer = await untilAnswered({ ask: client.session, onDelay, isOff })
      if (answer !== undefined) return { client, answer, bearer: kept.session }
    } catch {}
    client.close()
    return undefined
  }

  /** What is kept over a reload: the session, under the token that it last went on by. */
  function note(given: string, session: string, answer: SessionAnswer): void {
    keep.write({ session, expiresAt: Date.parse(answer.session.expiresAt), mark: markOf(given) })
  }

  /**
   * Lets whoever is in go on by another token: nothing of what he sees changes. Refused, he stays in for the time that he has.
   *
   * @returns false where there is no session any more that could go on
   */
  async function goOn(given: string, isOff: () => boolean): Promise<boolean> {
    // A guest becomes somebody by a token, rather than going on.
    if (inside === undefined || inside.isGuest || inside.client.state().connection.phase === 'ended') return false
    const { client, session } = inside
    wanted = false
    try {
      const answer = await untilAnswered({ ask: () => client.renew(given), onDelay, isOff: () => isOff() || inside?.client !== client })
      // Ended meanwhile: then the token may let him in anew.
      if (answer === undefined || inside?.client !== client) return isOff()
      note(given, session, answer)
      stay({ client, session, expiresAt: Date.parse(answer.session.expiresAt), isGuest: false })
    } catch (error) {
      const { code } = error instanceof ProblemRefusal ? error.problem : readProblem(undefined, 500)
      if (code === 'session_expired' || code === 'session_missing') return false
      if (inside?.client !== client) return isOff()
      tell('error', code)
    }
    return true
  }

  async function enter(given: string): Promise<void> {
    turn += 1
    const mine = turn
    const isOff = (): boolean => mine !== turn
    token = given
    try {
      if (await goOn(given, isOff)) return
      let entered = await resume(given, isOff)
      if (entered === undefined && !isOff()) {
        const admitted = await untilAnswered({ ask: () => options.admit({ token: given }), onDelay, isOff })
        if (admitted === undefined || isOff()) return
        note(given, admitted.session.token, admitted)
        entered = { client: options.clientOf(admitted.session.token), answer: admitted, bearer: admitted.session.token }
      }
      if (entered !== undefined && isOff()) entered.client.close()
      else if (entered !== undefined) settle(entered)
    } catch (error) {
      if (isOff()) return
      const problem = error instanceof ProblemRefusal ? error.problem : readProblem(undefined, 500)
      // Whoever is in stays in: his session does not end with a token that came too late or was wrong.
      if (inside !== undefined && inside.client.state().connection.phase !== 'ended') tell('error', problem.code)
      else askFirst(problem)
    }
  }

  /** Asks for the next token in time, and again where it does not come. */
  function stay(next: NonNullable<typeof inside>): void {
    const leftMs = next.expiresAt - next.client.now()
    inside = next
    ahead.set(next.expiresAt - Math.min(aheadMs, leftMs * aheadShare))
  }

  const ahead = createAlarm({
    now: () => inside?.client.now() ?? Date.now(),
    onWake: options.onWake,
    ring() {
      if (inside === undefined) return
      const { client, expiresAt } = inside
      if (announced !== expiresAt) post({ voila: 1, t: 'event', name: 'token-expiring', expiresAt })
      announced = expiresAt
      wanted = true
      post({ voila: 1, t: 'token-please' })
      const leftMs = expiresAt - client.now()
      if (leftMs > 2 * askAgainMs) ahead.set(client.now() + Math.max(leftMs / 2, askAgainMs))
    },
  })

  function settle({ client, answer, bearer }: Entered): void {
    leave()
    clearTimeout(answerTimer)
    asked = false
    open = undefined
    visits += 1
    const happenings = createHappenings()
    const stop = client.subscribe(() => {
      const state = client.state()
      for (const name of happenings(state)) post({ voila: 1, t: 'event', name })
      const { connection } = state
      if (connection.phase !== 'ended') return
      leave()
      keep.write(undefined)
      askFirst(connection.problem ?? { code: connection.code })
    })
    leave = () => {
      stop()
      ahead.set(undefined)
      inside = undefined
      client.close()
      leave = () => {}
    }
    stay({ client, session: bearer, expiresAt: Date.parse(answer.session.expiresAt), isGuest: answer.attendee.guest === true })
    startClient(client, answer)
    show({ kind: 'in', visit: visits, client, answer })
  }

  return {
    start() {
      const missing = { code: 'token_missing' } as const
      answerTimer = options.guests === true ? setTimeout(() => refuse(missing), guestMs) : setTimeout(() => askFirst(missing), answerMs)
    },
    async enterAsGuest(name) {
      const mine = turn
      const { session, ...answer } = await options.admit(name === undefined ? {} : { name })
      const entered = { ...answer, session }
      // A token that came meanwhile says more.
      if (mine === turn) settle({ client: options.clientOf(session.token), answer: entered, bearer: session.token })
      return entered
    },
    heard(message) {
      if (message.t === 'no-token') {
        if (open !== undefined) refuse(open)
        return
      }
      // The same again changes nothing, unless it may now do what it did not.
      if (message.token === token && view.kind !== 'refused' && !wanted) {
        if (open !== undefined) refuse(open)
        return
      }
      clearTimeout(answerTimer)
      open = undefined
      void enter(message.token)
    },
  }
}
