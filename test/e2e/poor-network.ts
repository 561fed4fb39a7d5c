// Owns: a network between people and the platform that is as some are: no WebSocket gets through, everything is slow, or nothing passes.
import { request as ask, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type PoorNetwork = {
  /** Of the platform, as it is seen through this network. */
  readonly origin: string
  /** WebSockets that were turned away. */
  refused(): number
  /** Each answer begins so much later, and its bytes come no faster. */
  slow(to: { latencyMs: number; bytesPerSecond: number } | undefined): void
  /** Nothing passes, and what is open is cut; or all passes again. */
  down(isDown: boolean): void
  close(): Promise<void>
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A proxy on a port of its own that hands requests on as they are, but for upgrades, which it does not know. */
export async function startPoorNetwork(platform: string): Promise<PoorNetwork> {
  const { hostname, port } = new URL(platform)
  const sockets = new Set<Socket>()
  let refused = 0
  let isDown = false
  let pace: Parameters<PoorNetwork['slow']>[0]

  const server = createServer(async (incoming, outgoing) => {
    if (pace !== undefined) await sleep(pace.latencyMs)
    const { method, url, headers } = incoming
    const passed = ask({ hostname, port, method, path: url, headers }, async (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      outgoing.flushHeaders()
      try {
        for await (const chunk of answer as AsyncIterable<Buffer>) {
          if (pace !== undefined) await sleep((chunk.length / pace.bytesPerSecond) * 1_000)
          outgoing.write(chunk)
        }
        outgoing.end()
      } catch {
        outgoing.destroy()
      }
    })
    passed.on('error', () => outgoing.destroy())
    outgoing.on('close', () => passed.destroy())
    incoming.pipe(passed)
  })
  server.on('upgrade', (_request, socket) => {
    refused += 1
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  })
  server.on('connection', (socket) => {
    if (isDown) return void socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    refused: () => refused,
    slow(to) {
      pace = to
    },
    down(state) {
      isDown = state
      if (state) for (const socket of sockets) socket.destroy()
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
