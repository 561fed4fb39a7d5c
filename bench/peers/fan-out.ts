// Owns: the chat rooms that ours is compared with: what socket.io, and `ws` with one frame a message, make of ten lines.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { serve } from '../probe.mjs'

export type FanOutPeer = 'socket.io' | 'ws'

type Plain = { on(event: string, listener: (data: Buffer) => void): void; send(text: string): void }
type PlainServer = { clients: Set<Plain>; on(event: 'connection', listener: (socket: Plain) => void): void }
// The very copy that the platform uses.
const { WebSocketServer } = createRequire(new URL('../../packages/server/package.json', import.meta.url))('ws') as {
  WebSocketServer: new (options: object) => PlainServer
}

const server = createServer()
let id = 0
/** What ours tells of a message: who, when and what. */
function messageOf(text: string): object {
  id += 1
  return { id, at: Date.now(), actorId: '0190a0c8-7d5e-7c3a-9f1b-3d2c1b0a9f8e', name: 'Person 1', likes: 0, text }
}

if (process.argv[2] === ('socket.io' satisfies FanOutPeer)) {
  const io = new Server(server, { transports: ['websocket'], serveClient: false })
  // Votes by who voted, their tally at most twice a second: what ours does, without a log.
  const votes = new Map<string, number>()
  let isTold = true
  setInterval(() => {
    if (isTold) return
    isTold = true
    const counts = [0, 0, 0]
    for (const choice of votes.values()) counts[choice] = (counts[choice] ?? 0) + 1
    io.emit('tally', { voters: votes.size, counts })
  }, 500).unref()
  io.on('connection', (socket) => {
    socket.on('vote', ({ choice }: { choice: number }, acknowledge: (answer: object) => void) => {
      if (!votes.has(socket.id)) votes.set(socket.id, choice)
      isTold = false
      acknowledge({ counted: true })
    })
    socket.on('post', ({ text }: { text: string }) => io.emit('message', messageOf(text)))
  })
} else {
  const plain = new WebSocketServer({ server, perMessageDeflate: false })
  plain.on('connection', (socket) => {
    socket.send('welcome')
    socket.on('message', (data) => {
      const { text } = JSON.parse(data.toString()) as { text: string }
      const json = JSON.stringify(messageOf(text))
      for (const each of plain.clients) each.send(json)
    })
  })
}
server.listen(0, '127.0.0.1')

serve({
  ready: () => true,
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
})
