// Owns: a process of clients: many sockets at one server, that chat and count what they are told.
import { randomUUID } from 'node:crypto'
import { signToken } from '@voila/tokens'
import { serve } from '../probe.mjs'
import type { Invitation } from '../stage.ts'
import { WireHttp, WireSocket } from './wire.ts'

export type ServerKind = 'voila' | 'socket.io' | 'ws'
/** `from` to `to`: which of the people of the whole crowd are here. */
export type JoinRequest = { kind: ServerKind; url: string; invitation?: Invitation; from: number; to: number }
export type SayRequest = { perSecond: number; seconds: number }
/** Everybody votes once, spread over so long. `poll`: of ours, its id. */
export type VoteRequest = { poll: number; seconds: number }
/** Times in bins of a millisecond, the last for all above. */
export type Heard = { deliveries: number; delays: number[]; ackDelays: number[]; voteDelays: number[]; refused: number; ended: number }

const bins = 20_000
const atOnce = 64
const clock = (): number => performance.timeOrigin + performance.now()

const people: WireSocket[] = []
const posted = new Map<string, number>()
const voted = new Map<string, number>()
let kind: ServerKind = 'voila'
let heard: Heard
let speaker = 0

function forget(): void {
  const none = (): number[] => new Array(bins).fill(0)
  heard = { deliveries: 0, delays: none(), ackDelays: none(), voteDelays: none(), refused: 0, ended: 0 }
}
forget()

function note(delays: number[], ms: number): void {
  const bin = Math.min(bins - 1, Math.max(0, Math.round(ms)))
  delays[bin] = (delays[bin] ?? 0) + 1
}

/** The times at which the messages of a frame were posted; the same frame comes to thousands, so it is read once. */
const read = new Map<string, readonly number[]>()
function timesIn(payload: Buffer): readonly number[] {
  const key = payload.toString('latin1', 0, 96)
  const known = read.get(key)
  if (known !== undefined) return known
  if (read.size > 500) read.clear()
  const times = [...payload.toString('latin1').matchAll(/"text":"at (\d+)/g)].map(([, at]) => Number(at))
  read.set(key, times)
  return times
}

function hear(payload: Buffer): void {
  const at = clock()
  for (const time of timesIn(payload)) {
    heard.deliveries += 1
    note(heard.delays, at - time)
  }
}

/** Whether this was a vote. */
function hearVote(id: string, isRefused: boolean): boolean {
  const since = voted.get(id)
  if (!voted.delete(id) || since === undefined) return false
  if (isRefused) heard.refused += 1
  else note(heard.voteDelays, clock() - since)
  return true
}

function hearAck(payload: Buffer): void {
  const { id, refused } = JSON.parse(payload.toString()) as { id: string; refused?: unknown }
  if (hearVote(id, refused !== undefined)) return
  const since = posted.get(id)
  posted.delete(id)
  if (since === undefined) return
  if (refused !== undefined) heard.refused += 1
  else note(heard.ackDelays, clock() - since)
}

function open(
  url: string,
  options: { hello?: string; isReady(payload: Buffer): boolean; onText(payload: Buffer, socket: WireSocket): void },
): Promise<WireSocket> {
  return new Promise((resolve, reject) => {
    let ready = false
    const socket: WireSocket = new WireSocket(new URL(url), {
      onOpen: () => (options.hello === undefined ? undefined : socket.send(options.hello)),
      onText(payload) {
        if (ready) options.onText(payload, socket)
        else if (options.isReady(payload)) {
          ready = true
          resolve(socket)
        }
      },
      onEnd() {
        heard.ended += 1
        reject(new Error('a socket ended before it was ready'))
      },
    })
  })
}

const startsWith = (payload: Buffer, text: string): boolean => payload.toString('latin1', 0, text.length) === text

async function enterVoila(invitation: Invitation, http: WireHttp, index: number): Promise<WireSocket> {
  const { organizationId, programId, kid, privateKey, url } = invitation
  const token = signToken(
    {
      organization_id: organizationId,
      given_name: `Person ${index}`,
      sub: `person-${index}`,
      roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }],
    },
    { privateKey, kid, expiresInSeconds: 3_600 },
  )
  const answer = await http.request('POST', `/api/programs/${programId}/sessions`, JSON.stringify({ token }))
  if (answer.status !== 201) throw new Error(`admission answered ${answer.status}: ${answer.body}`)
  const { session } = JSON.parse(answer.body.toString()) as { session: { token: string } }
  return await open(`${url}/api/programs/${programId}/socket`, {
    hello: JSON.stringify({ t: 'hello', v: 1, session: session.token }),
    isReady: (payload) => startsWith(payload, '{"t":"ready"'),
    onText(payload) {
      if (startsWith(payload, '{"t":"log"')) hear(payload)
      else if (startsWith(payload, '{"t":"ack"')) hearAck(payload)
    },
  })
}

/** Engine.IO 4 and Socket.IO 5 over a WebSocket alone. */
function enterSocketIo(url: string): Promise<WireSocket> {
  let socket: WireSocket
  return new Promise((resolve, reject) => {
    socket = new WireSocket(new URL(`${url}/socket.io/?EIO=4&transport=websocket`), {
      onOpen: () => undefined,
      onText(payload) {
        if (startsWith(payload, '0')) socket.send('40')
        else if (startsWith(payload, '40')) resolve(socket)
        else if (startsWith(payload, '2')) socket.send('3')
        else if (startsWith(payload, '43')) hearVote(/^43(\d+)/.exec(payload.toString('latin1', 0, 16))?.[1] ?? '', false)
        else if (startsWith(payload, '42')) hear(payload)
      },
      onEnd() {
        heard.ended += 1
        reject(new Error('a socket ended before it was ready'))
      },
    })
  })
}

function messageOf(at: number): string {
  const text = `at ${at.toFixed(0)} and the new plant in Lyon opens in May, as planned`
  if (kind === 'ws') return JSON.stringify({ text })
  if (kind === 'socket.io') return `42${JSON.stringify(['post', { text }])}`
  const id = randomUUID()
  posted.set(id, at)
  return JSON.stringify({ t: 'do', id, activity: 'chat', command: { type: 'post', text } })
}

function voteOf(poll: number, n: number): string {
  const id = kind === 'voila' ? randomUUID() : `${n}`
  voted.set(id, clock())
  if (kind === 'socket.io') return `42${id}${JSON.stringify(['vote', { choice: n % 3 }])}`
  return JSON.stringify({ t: 'do', id, activity: 'polls', command: { type: 'vote', poll, edition: poll, choices: [n % 3] } })
}

serve({
  ready: () => true,
  async join(request: JoinRequest) {
    kind = request.kind
    let next = request.from
    const { invitation } = request
    async function work(): Promise<void> {
      const http = invitation === undefined ? undefined : new WireHttp(new URL(invitation.url))
      while (next < request.to) {
        const index = next
        next += 1
        if (invitation !== undefined && http !== undefined) people.push(await enterVoila(invitation, http, index))
        else if (kind === 'socket.io') people.push(await enterSocketIo(request.url))
        else people.push(await open(request.url, { isReady: () => true, onText: hear }))
      }
      http?.close()
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    return people.length
  },
  /** Each message by the next of the people; answers how many were sent. */
  async say({ perSecond, seconds }: SayRequest) {
    const count = Math.max(1, Math.round(perSecond * seconds))
    const started = performance.now()
    for (let n = 0; n < count; n++) {
      const due = started + (n * 1_000) / perSecond
      const wait = due - performance.now()
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
      people[speaker % people.length]?.send(messageOf(clock()))
      speaker += 1
    }
    return count
  },
  /** Answers how many votes have yet to be acknowledged a while after the last. */
  async vote({ poll, seconds }: VoteRequest) {
    const started = performance.now()
    for (const [n, person] of people.entries()) {
      const wait = started + (n / people.length) * seconds * 1_000 - performance.now()
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
      person.send(voteOf(poll, n))
    }
    for (let tries = 0; tries < 50 && voted.size > 0; tries++) await new Promise((resolve) => setTimeout(resolve, 100))
    return voted.size
  },
  deliveries: () => heard.deliveries,
  heard() {
    const all = heard
    forget()
    return all
  },
})
