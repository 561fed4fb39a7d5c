// Owns: a process of people who come to one door at once, some with tokens that are no good: each answer is timed, nobody goes on from there.
import { signToken } from '@voila/tokens'
import { serve } from '../probe.mjs'
import type { Invitation } from '../stage.ts'
import { WireHttp } from './wire.ts'

/** `seconds`: over how long they come, evenly. Every third token has run out. */
export type RushRequest = { invitation: Invitation; from: number; to: number; step: number; seconds: number }
/** `sessions`: of those who were let in. `delays`: from when somebody came, whether or not he had to wait for a connection. */
export type Rushed = { delays: number[]; sessions: string[]; wrong: string[]; good: number; bad: number }

/** What a browser's connections to one office's proxy come to. */
const connections = 200
const dayMs = 86_400_000

type Comer = { readonly token: string; readonly isBad: boolean; readonly dueMs: number }

const goodAnswer = 201
const badAnswer = 401

let request: RushRequest
let comers: Comer[] = []

function comerOf(index: number): Comer {
  const { organizationId, programId, kid, privateKey } = request.invitation
  const isBad = index % 3 === 0
  const claims = {
    organization_id: organizationId,
    given_name: `Person ${index}`,
    sub: `person-${index}`,
    roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }],
  }
  const now = Math.floor((Date.now() - (isBad ? dayMs : 0)) / 1_000)
  const token = signToken(claims, { privateKey, kid, expiresInSeconds: 3_600, now })
  return { token, isBad, dueMs: (index / request.to) * request.seconds * 1_000 }
}

serve({
  ready: () => true,
  prepare(asked: RushRequest) {
    request = asked
    comers = []
    for (let index = asked.from; index < asked.to; index += asked.step) comers.push(comerOf(index))
  },
  async rush(): Promise<Rushed> {
    const { url, programId } = request.invitation
    const outcome: Rushed = { delays: [], sessions: [], wrong: [], good: 0, bad: 0 }
    const waiting = [...comers].reverse()
    const beganAt = performance.now()
    async function come(http: WireHttp, { token, isBad, dueMs }: Comer): Promise<void> {
      const early = dueMs - (performance.now() - beganAt)
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
      const { status, body } = await http.request('POST', `/api/programs/${programId}/sessions`, JSON.stringify({ token }))
      outcome.delays.push(performance.now() - beganAt - dueMs)
      if (isBad) outcome.bad += 1
      else outcome.good += 1
      if (status !== (isBad ? badAnswer : goodAnswer)) outcome.wrong.push(`${status}: ${body}`)
      else if (!isBad) outcome.sessions.push((JSON.parse(body.toString()) as { session: { token: string } }).session.token)
    }
    await Promise.all(
      Array.from({ length: connections }, async () => {
        const http = new WireHttp(new URL(url))
        for (let comer = waiting.pop(); comer !== undefined; comer = waiting.pop()) await come(http, comer)
        http.close()
      }),
    )
    return outcome
  },
})
