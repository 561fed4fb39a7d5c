import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AmfOutput, type AmfValue, decodeAmf, encodeAmf } from '../src/rtmp/amf.ts'
import { ChunkReader, encodeMessage, messageType, type RtmpMessage } from '../src/rtmp/chunk.ts'
import { ClientHandshake, ProtocolError, ServerHandshake } from '../src/rtmp/handshake.ts'
import { RtmpSession, readPublishTarget } from '../src/rtmp/session.ts'
import { clipTags } from './feed.ts'
import { command, connectCommand, message, publishCommand, tagMessage } from './rtmp-peer.ts'

const seeded = { seed: 20_260_102, numRuns: 300 }

/** Calls, and lets only the error pass that stands for a peer at fault. */
function tolerate(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
  }
}

/** Cuts bytes at arbitrary places, as TCP does. */
function portions(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other), bytes.length]
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
}

function readAll(bytes: readonly Buffer[], limits = { messageBytes: 1e6, chunkStreams: 64 }): RtmpMessage[] {
  const reader = new ChunkReader(limits)
  const messages: RtmpMessage[] = []
  for (const data of bytes) reader.receive(data, (one) => messages.push(one))
  return messages
}

describe('AMF', () => {
  const amf: fc.Arbitrary<AmfOutput> = fc.letrec<{ value: AmfOutput }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.double({ noNaN: true }),
      fc.string({ unit: 'grapheme' }),
      fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 5 }),
    ),
  })).value

  function plain(value: AmfValue): unknown {
    return value instanceof Map ? Object.fromEntries([...value].map(([name, member]) => [name, plain(member)])) : value
  }

  test('what we write we read', () => {
    fc.assert(
      fc.property(fc.array(amf, { maxLength: 5 }), (values) => {
        expect(decodeAmf(encodeAmf(...values)).map(plain)).toEqual(values)
      }),
      seeded,
    )
  })

  test('arbitrary and mutated bytes never do worse than a protocol error', () => {
    const valid = encodeAmf('connect', 1, { app: 'live', capabilities: 31, object: { flag: true, nothing: null } })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.nat(255), (noise, at, byte) => {
        tolerate(() => void decodeAmf(Buffer.from(noise)))
        const mutated = Buffer.from(valid)
        mutated[at % mutated.length] = byte
        tolerate(() => void decodeAmf(mutated))
        tolerate(() => void decodeAmf(Buffer.concat([Buffer.from([0x11]), noise])))
      }),
      { ...seeded, numRuns: 2_000 },
    )
  })

  test.each<[string, number[], unknown[]]>([
    ['an ECMA array', [0x08, 0, 0, 0, 1, 0, 1, 0x61, 0x01, 1, 0, 0, 0x09], [{ a: true }]],
    ['a strict array', [0x0a, 0, 0, 0, 2, 0x05, 0x01, 0], [[null, false]]],
    ['a long string', [0x0c, 0, 0, 0, 2, 0x68, 0x69], ['hi']],
    ['a date', [0x0b, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0, 0], [1]],
    ['a typed object', [0x10, 0, 1, 0x54, 0, 1, 0x61, 0x05, 0, 0, 0x09], [{ a: null }]],
    ['an AMF3 integer', [0x11, 0x04, 0x81, 0x00], [128]],
    ['a negative AMF3 integer', [0x11, 0x04, 0xff, 0xff, 0xff, 0xff], [-1]],
    ['an AMF3 string', [0x11, 0x06, 0x05, 0x68, 0x69], ['hi']],
    ['an AMF3 array', [0x11, 0x09, 0x05, 0x01, 0x04, 1, 0x03], [[1, true]]],
    ['a dynamic AMF3 object', [0x11, 0x0a, 0x0b, 0x01, 0x03, 0x61, 0x04, 7, 0x01], [{ a: 7 }]],
    ['an AMF3 object with traits', [0x11, 0x0a, 0x13, 0x01, 0x03, 0x61, 0x02], [{ a: false }]],
  ])('%s is read', (_, bytes, expected) => {
    expect(decodeAmf(Buffer.from(bytes)).map(plain)).toEqual(expected)
  })

  test.each<[string, Buffer]>([
    ['an end that is missing', Buffer.from([0x03, 0, 1, 0x61, 0x05])],
    ['a string longer than the message', Buffer.from([0x02, 0xff, 0xff, 0x61])],
    ['an array that claims four thousand million members', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x05])],
    ['nesting without end', Buffer.alloc(4_000, Buffer.from([0x0a, 0, 0, 0, 1]))],
    ['values without end', Buffer.alloc(60_000, 0x05)],
    ['an unknown marker', Buffer.from([0x42])],
    ['an externalizable object', Buffer.from([0x11, 0x0a, 0x07, 0x01])],
  ])('%s is a protocol error', (_, bytes) => {
    expect(() => {
      const values = decodeAmf(bytes)
      if (values.length > 4_096) throw new ProtocolError('too many values in all')
    }).toThrow(ProtocolError)
  })

  test('a member called __proto__ is a member and nothing else', () => {
    const [value] = decodeAmf(encodeAmf(JSON.parse('{"__proto__": {"polluted": true}}') as AmfOutput))
    expect(value instanceof Map && value.has('__proto__')).toBe(true)
    expect('polluted' in {}).toBe(false)
  })
})

describe('the chunk stream', () => {
  const messages = fc.array(
    fc.record({
      type: fc.constantFrom(8, 9, 18, 20),
      streamId: fc.nat(2 ** 32 - 1),
      timestamp: fc.oneof(fc.nat(2 ** 32 - 1), fc.constantFrom(0xfffffe, 0xffffff, 0x1000000, 0xffffffff)),
      payload: fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes)),
      chunkStreamId: fc.integer({ min: 2, max: 63 }),
    }),
    { maxLength: 8 },
  )

  test('messages survive any chunk size and any cutting by the network, extended timestamps included', () => {
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 5_000 }), fc.array(fc.nat(), { maxLength: 12 }), (sent, chunkSize, cuts) => {
        const size = Buffer.alloc(4)
        size.writeUInt32BE(chunkSize)
        const bytes = Buffer.concat([
          encodeMessage({ type: messageType.setChunkSize, streamId: 0, timestamp: 0, payload: size, chunkStreamId: 2, chunkSize: 128 }),
          ...sent.map((one) => encodeMessage({ ...one, chunkSize })),
        ])
        const expected = sent.map(({ chunkStreamId: _, ...one }) => one)
        expect(readAll(portions(bytes, cuts))).toEqual(expected)
      }),
      seeded,
    )
  })

  test('arbitrary bytes never do worse than a protocol error, and never hold more than was sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.array(fc.nat(), { maxLength: 5 }), (noise, cuts) => {
        tolerate(() => void readAll(portions(Buffer.from(noise), cuts), { messageBytes: 10_000, chunkStreams: 8 }))
      }),
      { ...seeded, numRuns: 2_000 },
    )
  })

  test('chunks of several messages may be interleaved', () => {
    const one = encodeMessage({ type: 8, streamId: 1, timestamp: 5, payload: Buffer.alloc(200, 1), chunkStreamId: 4, chunkSize: 128 })
    const other = encodeMessage({ type: 9, streamId: 1, timestamp: 6, payload: Buffer.alloc(200, 2), chunkStreamId: 6, chunkSize: 128 })
    const mixed = Buffer.concat([one.subarray(0, 140), other.subarray(0, 140), one.subarray(140), other.subarray(140)])
    expect(readAll([mixed]).map(({ type, payload }) => [type, payload.length])).toEqual([
      [8, 200],
      [9, 200],
    ])
  })

  const delta = (format: number, id: number, bytes: number[]): Buffer => Buffer.from([(format << 6) | id, ...bytes])
  const first = encodeMessage({ type: 8, streamId: 1, timestamp: 1_000, payload: Buffer.alloc(3, 1), chunkStreamId: 4, chunkSize: 128 })

  test('headers that leave things out repeat what was said last', () => {
    const bytes = Buffer.concat([
      first,
      delta(1, 4, [0, 0, 20, 0, 0, 2, 8, 9, 9]),
      delta(2, 4, [0, 0, 30, 9, 9]),
      delta(3, 4, [9, 9]),
      delta(3, 4, [9, 9]),
    ])
    expect(readAll([bytes]).map(({ timestamp, payload }) => [timestamp, payload.length])).toEqual([
      [1_000, 3],
      [1_020, 2],
      [1_050, 2],
      [1_080, 2],
      [1_110, 2],
    ])
  })

  test('timestamps wrap at 32 bits', () => {
    const late = encodeMessage({ type: 8, streamId: 1, timestamp: 0xfffffff0, payload: Buffer.alloc(1), chunkStreamId: 4, chunkSize: 128 })
    expect(readAll([late, delta(2, 4, [0, 0, 32, 9])]).map(({ timestamp }) => timestamp)).toEqual([0xfffffff0, 0x10])
  })

  test('an extended timestamp that older encoders leave out of continuations is not taken out of the payload', () => {
    const payload = Buffer.from(Array.from({ length: 400 }, (_, index) => index & 0xff))
    const whole = encodeMessage({ type: 9, streamId: 1, timestamp: 0x01234567, payload, chunkStreamId: 6, chunkSize: 128 })
    const head = whole.subarray(0, 16)
    const bytes = Buffer.concat([
      head,
      payload.subarray(0, 128),
      Buffer.from([0xc6]),
      payload.subarray(128, 256),
      Buffer.from([0xc6]),
      payload.subarray(256, 384),
      Buffer.from([0xc6]),
      payload.subarray(384),
      first,
    ])
    for (const cuts of [[], [17], [146], [147, 148], [409, 410, 411, 412]]) {
      expect(readAll(portions(bytes, cuts))).toMatchObject([{ timestamp: 0x01234567, payload }, { timestamp: 1_000 }])
    }
  })

  test('chunk stream ids of two and three bytes are read', () => {
    const body = [0, 0, 1, 0, 0, 1, 8, 1, 0, 0, 0, 0x55]
    expect(readAll([Buffer.from([0x00, 10, ...body]), Buffer.from([0x01, 10, 1, ...body])])).toHaveLength(2)
  })

  test('an aborted message is forgotten', () => {
    const half = encodeMessage({
      type: 9,
      streamId: 1,
      timestamp: 0,
      payload: Buffer.alloc(200),
      chunkStreamId: 6,
      chunkSize: 128,
    }).subarray(0, 140)
    const abort = message({ type: messageType.abort, payload: Buffer.from([0, 0, 0, 6]), chunkStreamId: 2 })
    const next = encodeMessage({ type: 8, streamId: 1, timestamp: 7, payload: Buffer.alloc(2), chunkStreamId: 6, chunkSize: 128 })
    expect(readAll([half, abort, next]).map(({ type }) => type)).toEqual([8])
  })

  const zero = (size: number): Buffer => Buffer.from([0x04, 0, 0, 0, (size >> 16) & 255, (size >> 8) & 255, size & 255, 8, 1, 0, 0, 0])
  test.each<[string, Buffer]>([
    ['a message beyond the limit', zero(1_000_001)],
    ['a chunk that continues nothing', Buffer.from([0xc4])],
    ['a message within a message', Buffer.concat([zero(200), Buffer.alloc(128), zero(10)])],
    ['a chunk size of zero', message({ type: messageType.setChunkSize, payload: Buffer.alloc(4), chunkStreamId: 2 })],
    [
      'more chunk streams than encoders have',
      Buffer.concat(Array.from({ length: 65 }, (_, id) => Buffer.from([0x00, id, 0, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0]))),
    ],
  ])('%s is a protocol error', (_, bytes) => {
    expect(() => readAll([bytes])).toThrow(ProtocolError)
  })

  test('an announced length costs nothing until the bytes arrive', () => {
    const reader = new ChunkReader({ messageBytes: 8e6, chunkStreams: 64 })
    const before = process.memoryUsage().arrayBuffers
    const chunk = Buffer.alloc(13 + 128)
    for (let id = 0; id < 60; id++) {
      Buffer.from([0x00, id, 0, 0, 0, 0x7a, 0x12, 0, 9, 1, 0, 0, 0]).copy(chunk)
      reader.receive(chunk, () => undefined)
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8e6)
  })
})

describe('the handshake', () => {
  test.each([1, 100, 1_536, 1_537, 5_000])('of our client and our server works in portions of %i bytes', (size) => {
    const client = new ClientHandshake()
    const server = new ServerHandshake()
    const cut = (bytes: Buffer): Buffer[] =>
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
    const answers = cut(client.hello).map((bytes) => server.receive(bytes))
    const reply = Buffer.concat(answers.flatMap((step) => step.reply ?? []))
    expect(reply).toHaveLength(1 + 2 * 1536)
    const steps = cut(Buffer.concat([reply, Buffer.from('rest')])).map((bytes) => client.receive(bytes))
    const done = steps.find((step) => step.reply !== undefined)
    const last = cut(Buffer.concat([done?.reply ?? Buffer.alloc(0), Buffer.from('more')])).map((bytes) => server.receive(bytes))
    expect(Buffer.concat(last.flatMap((step) => step.rest ?? [])).toString()).toContain('m')
  })

  test.each([772, 8])('answers a client that signs with its digest at %i', (field) => {
    const c1 = Buffer.alloc(1536, 7)
    c1.writeUInt32BE(0x09007c02, 4)
    const position = field + 4 + ((7 * 4) % 728)
    const key = Buffer.from('Genuine Adobe Flash Player 001')
    const digest = createHmac('sha256', key)
      .update(c1.subarray(0, position))
      .update(c1.subarray(position + 32))
      .digest()
    digest.copy(c1, position)
    const { reply } = new ServerHandshake().receive(Buffer.concat([Buffer.from([3]), c1]))
    const s1 = reply?.subarray(1, 1537) ?? Buffer.alloc(0)
    const sum = [0, 1, 2, 3].reduce((total, index) => total + (s1[field + index] ?? 0), 0)
    const at = field + 4 + (sum % 728)
    const serverKey = Buffer.from('Genuine Adobe Flash Media Server 001')
    const expected = createHmac('sha256', serverKey)
      .update(s1.subarray(0, at))
      .update(s1.subarray(at + 32))
      .digest()
    expect(s1.subarray(at, at + 32)).toEqual(expected)
  })

  test.each(['GET / HTTP/1.1\r\n', '\x16\x03\x01', '\x06encrypted'])('%j is refused with its first byte', (text) => {
    expect(() => new ServerHandshake().receive(Buffer.from(text, 'latin1'))).toThrow(ProtocolError)
  })
})

describe('the session', () => {
  type Heard = {
    sent: RtmpMessage[]
    published: { app: string; streamKey: string }[]
    media: { kind: string; timestamp: number; bytes: number }[]
    metadata: number
    left: number
  }

  function open({ accept = true, limits = {} }: { accept?: boolean; limits?: Partial<{ commandBytes: number }> } = {}): {
    session: RtmpSession
    heard: Heard
    receive(bytes: Buffer): void
  } {
    const heard: Heard = { sent: [], published: [], media: [], metadata: 0, left: 0 }
    const reader = new ChunkReader({ messageBytes: 1e6, chunkStreams: 64 })
    let shaking = 1 + 2 * 1536
    const session = new RtmpSession(
      {
        send: (bytes) => {
          const handshake = bytes.subarray(0, shaking)
          shaking -= handshake.length
          reader.receive(bytes.subarray(handshake.length), (one) => heard.sent.push(one))
        },
        publish: (request) => {
          heard.published.push(request)
          if (accept) session.accept()
        },
        media: ({ kind, timestamp, payload }) => heard.media.push({ kind, timestamp, bytes: payload.length }),
        metadata: () => heard.metadata++,
        unpublish: () => heard.left++,
      },
      { commandBytes: 64 * 1024, messageBytes: 1e6, chunkStreams: 32, ...limits },
    )
    const client = new ClientHandshake()
    session.receive(client.hello)
    session.receive(Buffer.alloc(1536))
    return { session, heard, receive: (bytes) => session.receive(bytes) }
  }

  const codes = (heard: Heard): string[] =>
    heard.sent
      .filter(({ type }) => type === messageType.commandAmf0)
      .map(({ payload }) => decodeAmf(payload))
      .flatMap(([, , , info]) => (info instanceof Map ? [String(info.get('code'))] : []))

  test.each<[string, string, string, { app: string; streamKey: string }]>([
    ['as OBS sends it', 'live', 'KEY', { app: 'live', streamKey: 'KEY' }],
    ['with a query', 'live', 'KEY?bandwidthtest=true', { app: 'live', streamKey: 'KEY' }],
    ['with the query on the app', 'live?x=1', 'KEY', { app: 'live', streamKey: 'KEY' }],
    ['with slashes too many', '/live/', '/KEY/', { app: 'live', streamKey: 'KEY' }],
    ['as part of the server address', 'live/KEY', '', { app: 'live', streamKey: 'KEY' }],
    ['below an instance', 'live/_definst_', 'KEY', { app: 'live/_definst_', streamKey: 'KEY' }],
    ['not at all', 'live', '', { app: 'live', streamKey: '' }],
  ])('finds a stream key given %s', (_, app, name, expected) => {
    expect(readPublishTarget(app, name)).toEqual(expected)
  })

  test('follows what encoders say, from connect to deleteStream', () => {
    const { session, heard, receive } = open()
    receive(Buffer.concat([connectCommand(), command('releaseStream', 2, null, 'KEY'), command('FCPublish', 3, null, 'KEY')]))
    receive(Buffer.concat([command('createStream', 4, null), command('_checkbw', 6, null), publishCommand('KEY')]))
    expect(heard.published).toEqual([{ app: 'live', streamKey: 'KEY' }])
    expect(codes(heard)).toEqual(['NetConnection.Connect.Success', 'NetStream.Publish.Start'])
    receive(message({ type: messageType.dataAmf0, payload: encodeAmf('@setDataFrame', 'onMetaData', { width: 1280 }) }))
    receive(tagMessage({ kind: 'video', timestamp: 40, payload: Buffer.alloc(300) }))
    receive(tagMessage({ kind: 'audio', timestamp: 41, payload: Buffer.alloc(5) }))
    expect(heard.media).toEqual([
      { kind: 'video', timestamp: 40, bytes: 300 },
      { kind: 'audio', timestamp: 41, bytes: 5 },
    ])
    expect(heard.metadata).toBe(1)
    receive(command('deleteStream', 7, null, 1))
    expect([heard.left, session.phase]).toEqual([1, 'over'])
  })

  test('says no word of success, and takes no media, before the key is judged', () => {
    const { session, heard, receive } = open({ accept: false })
    receive(Buffer.concat([connectCommand(), command('createStream', 4, null), publishCommand('KEY')]))
    receive(tagMessage({ kind: 'video', timestamp: 0, payload: Buffer.alloc(10) }))
    expect(codes(heard)).toEqual(['NetConnection.Connect.Success'])
    session.refuse('NetStream.Publish.BadName', 'no')
    expect(codes(heard)).toContain('NetStream.Publish.BadName')
    receive(tagMessage({ kind: 'video', timestamp: 0, payload: Buffer.alloc(10) }))
    expect(heard.media).toEqual([])
  })

  test('what arrives while the key is judged is read when it is accepted', () => {
    const { session, heard, receive } = open({ accept: false })
    receive(Buffer.concat([connectCommand(), publishCommand('KEY')]))
    receive(tagMessage({ kind: 'video', timestamp: 0, payload: Buffer.alloc(10) }))
    session.accept()
    expect(heard.media).toHaveLength(1)
  })

  test('what an impatient encoder sends right behind its wish to publish is not lost', () => {
    const { session, heard, receive } = open({ accept: false })
    const header = tagMessage({ kind: 'video', timestamp: 0, payload: Buffer.alloc(40) })
    const described = message({ type: messageType.dataAmf0, payload: encodeAmf('@setDataFrame', 'onMetaData', { width: 1 }) })
    receive(Buffer.concat([connectCommand(), publishCommand('KEY'), described, header]))
    expect([heard.media.length, heard.metadata]).toEqual([0, 0])
    session.accept()
    expect([heard.media.length, heard.metadata]).toEqual([1, 1])
  })

  test('commands and data in AMF3 messages are understood', () => {
    const amf3 = (payload: Buffer): Buffer => Buffer.concat([Buffer.from([0]), payload])
    const { heard, receive } = open()
    receive(message({ type: messageType.commandAmf3, payload: amf3(encodeAmf('connect', 1, { app: 'live', objectEncoding: 3 })) }))
    receive(message({ type: messageType.commandAmf3, payload: amf3(encodeAmf('publish', 5, null, 'KEY', 'live')) }))
    receive(message({ type: messageType.dataAmf3, payload: amf3(encodeAmf('@setDataFrame', 'onMetaData', { width: 1 })) }))
    expect([heard.published.length, heard.metadata]).toEqual([1, 1])
  })

  test('an aggregate message is taken apart, its times counted from its own', () => {
    const sub = (type: number, timestamp: number, body: Buffer): Buffer => {
      const head = Buffer.alloc(11)
      head[0] = type
      head.writeUIntBE(body.length, 1, 3)
      head.writeUIntBE(timestamp, 4, 3)
      return Buffer.concat([head, body, Buffer.alloc(4)])
    }
    const { heard, receive } = open()
    receive(Buffer.concat([connectCommand(), publishCommand('KEY')]))
    const payload = Buffer.concat([sub(9, 500, Buffer.alloc(3)), sub(8, 520, Buffer.alloc(4))])
    receive(message({ type: messageType.aggregate, timestamp: 9_000, payload }))
    expect(heard.media.map(({ timestamp }) => timestamp)).toEqual([9_000, 9_020])
  })

  test('answers pings and acknowledges what it received', () => {
    const { heard, receive } = open()
    receive(Buffer.concat([connectCommand(), publishCommand('KEY')]))
    receive(message({ type: messageType.userControl, payload: Buffer.from([0, 6, 1, 2, 3, 4]), chunkStreamId: 2 }))
    expect(heard.sent.at(-1)).toMatchObject({ type: messageType.userControl, payload: Buffer.from([0, 7, 1, 2, 3, 4]) })
    receive(message({ type: messageType.windowAcknowledgementSize, payload: Buffer.from([0, 0, 0x4e, 0x20]), chunkStreamId: 2 }))
    for (let index = 0; index < 6; index++) receive(tagMessage({ kind: 'video', timestamp: index, payload: Buffer.alloc(5_000) }))
    expect(heard.sent.filter(({ type }) => type === messageType.acknowledgement).length).toBeGreaterThanOrEqual(2)
  })

  test.each<[string, Buffer]>([
    ['publish before connect', publishCommand('KEY')],
    ['connect twice', Buffer.concat([connectCommand(), connectCommand()])],
    ['publish twice, once accepted', Buffer.concat([connectCommand(), publishCommand('KEY'), publishCommand('KEY')])],
    [
      'a command larger than commands are',
      Buffer.concat([connectCommand(), message({ type: messageType.commandAmf0, payload: Buffer.alloc(70_000) })]),
    ],
    ['a command that is no AMF', message({ type: messageType.commandAmf0, payload: Buffer.from([0x42]) })],
  ])('%s is a protocol error', (_, bytes) => {
    const { receive } = open()
    expect(() => receive(bytes)).toThrow(ProtocolError)
  })

  test('someone who wants to play is told that only publishing is possible', () => {
    const { session, heard, receive } = open()
    receive(Buffer.concat([connectCommand(), command('createStream', 2, null), command('play', 3, null, 'KEY')]))
    expect([codes(heard).at(-1), session.phase]).toEqual(['NetStream.Publish.Rejected', 'over'])
  })

  test('a mutated conversation never does worse than a protocol error', () => {
    const talk = Buffer.concat([
      connectCommand(),
      command('createStream', 4, null),
      publishCommand('KEY'),
      ...clipTags.slice(0, 6).map(({ type, timestamp, body }) => message({ type, timestamp, payload: body })),
    ])
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        (changes, cuts) => {
          const mutated = Buffer.from(talk)
          for (const [at, byte] of changes) mutated[at % mutated.length] = byte
          const { receive } = open()
          tolerate(() => {
            for (const bytes of portions(mutated, cuts)) receive(bytes)
          })
        },
      ),
      { ...seeded, numRuns: 500 },
    )
  })
})
