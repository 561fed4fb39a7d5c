// Owns: that our bytes are those that ws would have written, and that an event is one event.
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { bundle, frameOf, pingBytes, serverSentEvent, textMessage } from '../../src/live/frame.ts'
import { until } from './client.ts'

describe('a text message', () => {
  const http = createServer()
  const server = new WebSocketServer({ server: http, perMessageDeflate: false })
  let theirs: WebSocket
  let received = Buffer.alloc(0)
  let raw: ReturnType<typeof connect>
  beforeAll(async () => {
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const connected = new Promise<WebSocket>((resolve) => server.once('connection', resolve))
    raw = connect((http.address() as AddressInfo).port, '127.0.0.1')
    raw.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    let head = true
    raw.on('data', (chunk) => {
      if (head) head = false
      else received = Buffer.concat([received, chunk])
    })
    theirs = await connected
    await until('the head is read', () => !head)
  })
  afterAll(() => {
    raw.destroy()
    server.close()
    http.close()
  })

  const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000].map((length) => 'x'.repeat(length))
  test.each(
    [...texts, '{"é":"🎬"}', 'é'.repeat(63), '🎬'.repeat(16_384)].map((text) => [Buffer.byteLength(text), text] as const),
  )('of %i bytes is framed as ws frames it', async (_length, text) => {
    received = Buffer.alloc(0)
    theirs.send(text)
    const ours = textMessage(text)
    await until('it is received', () => received.length >= ours.length)
    expect(received.equals(ours)).toBe(true)
  })

  test('and a ping is too', async () => {
    received = Buffer.alloc(0)
    theirs.ping()
    await until('it is received', () => received.length >= 2)
    expect(received.equals(pingBytes)).toBe(true)
  })
})

test('an event has its position as id where it has one, and no line break in its data', () => {
  expect(serverSentEvent('{"a":"\\n"}', { epoch: '1.0', seq: 7 }).toString()).toBe('id: 1.0:7\ndata: {"a":"\\n"}\n\n')
  expect(serverSentEvent('{}', undefined).toString()).toBe('data: {}\n\n')
})

test('a bundle is its frames in order, in both forms', () => {
  const frames = [frameOf('{"a":1}'), frameOf('{"b":2}', { epoch: '1.0', seq: 2 })]
  expect(bundle(frames).socket.equals(Buffer.concat(frames.map((frame) => frame.socket)))).toBe(true)
  expect(bundle(frames).stream.toString()).toBe('data: {"a":1}\n\nid: 1.0:2\ndata: {"b":2}\n\n')
})
