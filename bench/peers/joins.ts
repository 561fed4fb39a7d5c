// Owns: the same way in, built the usual way: Express, jsonwebtoken, socket.io, all that is known in memory.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import jsonwebtoken from 'jsonwebtoken'
import { Server } from 'socket.io'
import { serve } from '../probe.mjs'

export type UsualSetting = { publicKey: string; programId: string; playlist: string; messages: number }

type Claims = { sub: string; given_name: string; jti: string; roles: { name: string; eventId: string }[] }
type Session = { id: string; sub: string; name: string }

let setting: UsualSetting
let messages: object[] = []
const sessions = new Map<string, Session>()
const app = express()
app.use(express.json())

app.post('/sessions', (request, response) => {
  try {
    const claims = jsonwebtoken.verify((request.body as { token: string }).token, setting.publicKey, { algorithms: ['ES256'] }) as Claims
    if (!claims.roles.some(({ eventId }) => eventId === setting.programId)) throw new Error('not this program')
    const session = { id: randomUUID(), sub: claims.sub, name: claims.given_name }
    sessions.set(session.id, session)
    response.json({ session: session.id, attendee: { id: session.sub, name: session.name }, program: { id: setting.programId } })
  } catch {
    response.status(401).json({ error: 'unauthorized' })
  }
})
app.get('/media/:session/stream.m3u8', (request, response) => {
  if (!sessions.has(request.params.session)) response.sendStatus(403)
  else response.type('application/vnd.apple.mpegurl').set('cache-control', 'no-store').send(setting.playlist)
})

const server = createServer(app)
const io = new Server(server, { serveClient: false })
io.use((socket, next) => {
  const session = sessions.get((socket.handshake.auth as { session: string }).session)
  if (session === undefined) return next(new Error('unauthorized'))
  socket.data = session
  next()
})
io.on('connection', async (socket) => {
  await socket.join(setting.programId)
  socket.emit('snapshot', { messages, self: socket.data, now: Date.now() })
})
server.listen(0, '127.0.0.1')

serve({
  ready: () => true,
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  setUp(given: UsualSetting) {
    setting = given
    messages = Array.from({ length: given.messages }, (_, n) => ({
      id: n,
      order: n,
      at: Date.now(),
      actorId: 'team',
      text: `${n}: the new plant in Lyon opens in May, as planned`,
      likes: 0,
    }))
  },
})
