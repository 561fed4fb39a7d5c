// Owns: a process of people who come in: admission, socket, snapshot and first playlist, one after the other, many at once.
import { signToken } from '@voila/tokens'
import { io } from 'socket.io-client'
import { serve } from '../probe.mjs'
import type { Invitation } from '../stage.ts'
import { WireHttp, WireSocket } from './wire.ts'

export type JoinersRequest = { kind: 'voila' | 'usual'; invitation: Invitation; count: number; first: number }

const atOnce = 32
let request: JoinersRequest
let tokens: string[] = []
const open: { close(): void }[] = []

function tokenOf(index: number): string {
  const { organizationId, programId, kid, privateKey } = request.invitation
  return signToken(
    {
      organization_id: organizationId,
      given_name: `Person ${index}`,
      sub: `person-${index}`,
      roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }],
    },
    { privateKey, kid, expiresInSeconds: 3_600 },
  )
}

async function json<Answer>(http: WireHttp, path: string, body: object, wanted: number): Promise<Answer> {
  const answer = await http.request('POST', path, JSON.stringify(body))
  if (answer.status !== wanted) throw new Error(`admission answered ${answer.status}: ${answer.body}`)
  return JSON.parse(answer.body.toString()) as Answer
}

async function playlist(http: WireHttp, path: string): Promise<void> {
  const { status, body } = await http.request('GET', path)
  if (status !== 200 || !body.includes('#EXTINF')) throw new Error(`the playlist answered ${status}`)
}

async function joinVoila(token: string): Promise<void> {
  const { url, programId } = request.invitation
  const http = new WireHttp(new URL(url))
  const path = `/api/programs/${programId}`
  const { session, media } = await json<{ session: { token: string }; media: { url: string } }>(http, `${path}/sessions`, { token }, 201)
  await new Promise<void>((resolve, reject) => {
    const socket: WireSocket = new WireSocket(new URL(`${url}${path}/socket`), {
      onOpen: () => socket.send(JSON.stringify({ t: 'hello', v: 1, session: session.token })),
      onText: (payload) => (payload.includes('"snapshot"') ? resolve() : undefined),
      onEnd: () => reject(new Error('a socket ended early')),
    })
    open.push(socket)
  })
  await playlist(http, media.url.replace('live.m3u8', 'stream.m3u8'))
  http.close()
}

async function joinUsual(token: string): Promise<void> {
  const { url } = request.invitation
  const http = new WireHttp(new URL(url))
  const { session } = await json<{ session: string }>(http, '/sessions', { token }, 200)
  await new Promise<void>((resolve, reject) => {
    const socket = io(url, { transports: ['websocket'], auth: { session }, forceNew: true, reconnection: false })
    socket.once('snapshot', () => resolve())
    socket.once('connect_error', reject)
    open.push(socket)
  })
  await playlist(http, `/media/${session}/stream.m3u8`)
  http.close()
}

serve({
  ready: () => true,
  prepare(asked: JoinersRequest) {
    request = asked
    tokens = Array.from({ length: asked.count }, (_, n) => tokenOf(asked.first + n))
  },
  async join() {
    const join = request.kind === 'voila' ? joinVoila : joinUsual
    async function work(): Promise<void> {
      for (let token = tokens.pop(); token !== undefined; token = tokens.pop()) await join(token)
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  },
})
