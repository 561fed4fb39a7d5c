import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { needs } from '../../../test/require.ts'
import {
  createMediaServer,
  demoClip,
  type MediaLogLine,
  type MediaServer,
  type MediaServerOptions,
  publishFlv,
  type StreamChange,
} from '../src/index.ts'
import { messageType } from '../src/rtmp/chunk.ts'
import { tags } from './feed.ts'
import { command, connectCommand, message, Peer, publishCommand, tagMessage } from './rtmp-peer.ts'

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

type Running = { media: MediaServer; lines: MediaLogLine[]; changes: StreamChange[] }

/** Keys look like `stream` or `stream-backup`; `never` is judged for ever, `broken` breaks the judge, all others that begin with x are refused. */
async function start(options: Partial<MediaServerOptions> = {}): Promise<Running> {
  const lines: MediaLogLine[] = []
  const changes: StreamChange[] = []
  const media = await createMediaServer({
    rtmp: { host: '127.0.0.1', port: 0 },
    authorize: async ({ app, streamKey }) => {
      if (streamKey === 'never') return await new Promise(() => undefined)
      if (streamKey === 'broken') throw new Error('the store is away')
      if (app !== 'live' || streamKey.startsWith('x')) return undefined
      const [streamId = '', input] = streamKey.split('-')
      return { streamId, input: input === 'backup' ? 'backup' : 'primary' }
    },
    log: (line) => lines.push(line),
    ...options,
  })
  media.onChange((change) => changes.push(change))
  closers.push(async () => await media.close())
  return { media, lines, changes }
}

function peer(media: MediaServer): Peer {
  const one = new Peer(media.rtmpPort)
  closers.push(() => void one.socket.destroy())
  return one
}

function demo(media: MediaServer, key: string): ReturnType<typeof publishFlv> {
  const publishing = publishFlv({ url: `rtmp://127.0.0.1:${media.rtmpPort}/live/${key}`, source: fileURLToPath(demoClip), loop: true })
  publishing.done.catch(() => undefined)
  closers.push(async () => await publishing.stop())
  return publishing
}

async function until(met: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const live = (media: MediaServer, streamId: string) => (): boolean => media.health(streamId)?.live === true

describe('publishing', () => {
  test('the demo clip goes through the real port and is served', async () => {
    const { media, lines } = await start()
    demo(media, 'one')
    await until(live(media, 'one'))
    expect(await media.serve({ streamId: 'one', name: 'live.m3u8' })).toMatchObject({ status: 200 })
    expect(media.health('one')).toMatchObject({ codec: 'avc1.4d401f,mp4a.40.2', width: 1280, height: 720, input: 'primary' })
    expect(media.streams()).toEqual(['one'])
    expect(await media.serve({ streamId: 'other', name: 'live.m3u8' })).toEqual({ status: 404, code: 'not_found' })
    expect(JSON.stringify(lines)).not.toContain('live/')
  })

  test('a looped clip goes on with timestamps that go on', async () => {
    const { media } = await start()
    // Two seconds of it, so that it loops before long.
    const whole = readFileSync(demoClip)
    let end = 13
    for (let position = 13; position < whole.length; position += 15 + whole.readUIntBE(position + 1, 3)) {
      if (whole.readUIntBE(position + 4, 3) >= 2_000) break
      end = position + 15 + whole.readUIntBE(position + 1, 3)
    }
    const events: string[] = []
    const clip = whole.subarray(0, end)
    const url = `rtmp://127.0.0.1:${media.rtmpPort}/live/short`
    const publishing = publishFlv({ url, source: clip, loop: true, onEvent: ({ type }) => events.push(type) })
    closers.push(async () => await publishing.stop())
    await until(() => events.filter((type) => type === 'looped').length >= 2, 'looping')
    await publishing.stop()
    expect([events[0], events.at(-1)]).toEqual(['publishing', 'stopped'])
    const answer = await media.serve({ streamId: 'short', name: 'plain.m3u8' })
    const text = answer.status === 200 ? String(answer.body) : ''
    expect(text.match(/#EXTINF:2.00000/g)?.length).toBeGreaterThanOrEqual(2)
    expect(text.match(/DISCONTINUITY\n/g)).toHaveLength(1)
    expect(media.health('short')?.lastProblem).toBeUndefined()
  })

  test('a wrong key is refused before any success is said, and the connection ends', async () => {
    const { media } = await start()
    const one = peer(media)
    expect(await one.publish('xwrong')).toBe('NetStream.Publish.BadName')
    await one.closed
    expect(one.statuses).not.toContain('NetStream.Publish.Start')
    expect(media.streams()).toEqual([])
    const url = `rtmp://127.0.0.1:${media.rtmpPort}/live/xwrong`
    await expect(publishFlv({ url, source: fileURLToPath(demoClip), loop: false }).done).rejects.toThrow('refused')
  })

  test.each(['broken', 'never'])('a judge that is %s refuses', async (key) => {
    const { media, lines } = await start({ limits: { authorizeMs: 200 } })
    expect(await peer(media).publish(key)).toBe('NetStream.Publish.BadName')
    expect(lines.some(({ level }) => level === 'error')).toBe(true)
    expect(JSON.stringify(lines)).not.toContain(`"${key}"`)
  })

  test('someone who left while being judged does not take over from the one who is there', async () => {
    let judge: () => void = () => undefined
    const slow = new Promise<void>((resolve) => {
      judge = resolve
    })
    let first = true
    const { media } = await start({
      authorize: async () => {
        if (!first) await slow
        first = false
        return { streamId: 'one', input: 'primary' }
      },
    })
    const present = peer(media)
    await present.publish('key')
    const leaving = peer(media)
    await leaving.shake()
    leaving.socket.write(Buffer.concat([connectCommand(), publishCommand('key')]))
    await leaving.until(() => leaving.commands.length > 0)
    leaving.socket.resetAndDestroy()
    await leaving.closed
    await new Promise((resolve) => setTimeout(resolve, 50))
    judge()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(present.statuses).toEqual(['NetStream.Publish.Start'])
    expect(media.health('one')?.inputs.primary.state).not.toBe('absent')
  })

  test('the newest publisher with a key wins, and the former is sent away', async () => {
    const { media } = await start()
    const first = peer(media)
    expect(await first.publish('one')).toBe('NetStream.Publish.Start')
    const second = peer(media)
    expect(await second.publish('one')).toBe('NetStream.Publish.Start')
    await first.closed
    expect(first.statuses).toContain('NetStream.Publish.Rejected')
    expect(second.socket.destroyed).toBe(false)
  })

  test('a feed with HEVC is sent away with words', async () => {
    const { media } = await start()
    const one = peer(media)
    await one.publish('one')
    one.socket.write(
      tagMessage({ kind: 'video', timestamp: 0, payload: Buffer.concat([Buffer.from([0x90]), Buffer.from('hvc1'), Buffer.alloc(20)]) }),
    )
    await one.closed
    const [, , , info] = one.commands.at(-1) ?? []
    expect(info instanceof Map ? info.get('description') : undefined).toBe('The encoder sends HEVC (H.265). Set the video codec to H.264.')
    expect(media.health('one')).toMatchObject({ live: false, lastProblem: { code: 'video_codec' } })
  })

  test('disconnect sends the publisher away and lets it come back; end says that nothing more comes', async () => {
    const { media, changes } = await start()
    const publishing = demo(media, 'one')
    await until(live(media, 'one'))
    media.disconnect('one', 'The stream key was renewed')
    await expect(publishing.done).rejects.toThrow('The stream key was renewed')
    expect(media.health('one')?.live).toBe(false)
    demo(media, 'one')
    await until(live(media, 'one'))
    media.end('one')
    const answer = await media.serve({ streamId: 'one', name: 'stream.m3u8' })
    expect(answer.status === 200 && String(answer.body)).toContain('#EXT-X-ENDLIST')
    expect(changes.map(({ live: isLive }) => isLive)).toEqual(expect.arrayContaining([true, false]))
  })

  test('the backup key stands by and takes over when the primary connection breaks', async () => {
    const { media } = await start()
    demo(media, 'one-backup')
    const primary = peer(media)
    await primary.publish('one')
    media.switchInput('one', 'primary')
    for (const tag of tags({ seconds: 3 })) primary.socket.write(tagMessage(tag))
    await until(() => media.health('one')?.input === 'primary')
    media.switchInput('one', 'auto')
    primary.socket.resetAndDestroy()
    await until(() => media.health('one')?.input === 'backup')
    await until(live(media, 'one'))
  })

  test('a stream that nobody publishes to is forgotten after a while', async () => {
    const { media } = await start({ limits: { retainMs: 100 } })
    const one = peer(media)
    await one.publish('one')
    one.socket.destroy()
    await until(() => media.streams().length === 0)
    expect(media.health('one')).toBeUndefined()
  })
})

describe('RTMPS', () => {
  test.skipIf(needs.openssl())('a publisher over TLS is served as any other, and noise on the port hurts nobody', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'voila-tls-'))
    closers.push(() => rmSync(folder, { recursive: true, force: true }))
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
    ]
    execFileSync('openssl', [...request, '-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certFile], {
      stdio: 'ignore',
    })
    const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')]
    const { media } = await start({ rtmps: { host: '127.0.0.1', port: 0, cert, key }, limits: { handshakeMs: 500 } })
    const port = media.rtmpsPort ?? 0
    const noise = connect({ host: '127.0.0.1', port })
    noise.on('error', () => undefined)
    noise.write('GET / HTTP/1.1\r\n\r\n')
    await new Promise((resolve) => noise.once('close', resolve))
    const silent = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
    silent.on('error', () => undefined)
    const half = connect({ host: '127.0.0.1', port })
    half.on('error', () => undefined)
    await Promise.all([silent, half].map(async (socket) => await new Promise((resolve) => socket.once('close', resolve))))
    const publishing = publishFlv({ url: `rtmps://localhost:${port}/live/one`, source: fileURLToPath(demoClip), loop: true, ca: cert })
    closers.push(async () => await publishing.stop())
    await until(live(media, 'one'))
    await expect(
      publishFlv({ url: `rtmps://localhost:${port}/live/one`, source: fileURLToPath(demoClip), loop: true }).done,
    ).rejects.toThrow()
  })

  test('a certificate that is none is a fault at the start, and leaves no port open', async () => {
    const rtmps = { host: '127.0.0.1', port: 0, cert: 'none', key: 'none' }
    await expect(createMediaServer({ rtmp: { host: '127.0.0.1', port: 0 }, rtmps, authorize: async () => undefined })).rejects.toThrow()
  })

  test('a port in use is a fault at the start', async () => {
    const { media } = await start()
    await expect(
      createMediaServer({ rtmp: { host: '127.0.0.1', port: media.rtmpPort }, authorize: async () => undefined }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('hostile connections, while another publisher notices nothing', () => {
  const handshaken = async (media: MediaServer): Promise<Peer> => {
    const one = peer(media)
    await one.shake()
    return one
  }
  const published = async (media: MediaServer): Promise<Peer> => {
    const one = peer(media)
    await one.publish('two')
    return one
  }

  const attacks: [string, (media: MediaServer) => Promise<Peer>][] = [
    ['says nothing', async (media) => peer(media)],
    [
      'sends its handshake one byte at a time',
      async (media) => {
        const one = peer(media)
        const timer = setInterval(() => one.socket.write(Buffer.from([3])), 50)
        void one.closed.then(() => clearInterval(timer))
        return one
      },
    ],
    [
      'speaks HTTP',
      async (media) => {
        const one = peer(media)
        one.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
        return one
      },
    ],
    ['shakes hands and is silent', handshaken],
    [
      'connects and never publishes',
      async (media) => {
        const one = await handshaken(media)
        one.socket.write(connectCommand())
        return one
      },
    ],
    [
      'announces a message of 16 MB',
      async (media) => {
        const one = await handshaken(media)
        one.socket.write(Buffer.from([3, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0]))
        return one
      },
    ],
    [
      'connects with a malformed command',
      async (media) => {
        const one = await handshaken(media)
        one.socket.write(message({ type: messageType.commandAmf0, payload: Buffer.from([2, 0, 7, 0x63, 0x6f, 0x6e]) }))
        return one
      },
    ],
    [
      'publishes before it connects',
      async (media) => {
        const one = await handshaken(media)
        one.socket.write(publishCommand('one'))
        return one
      },
    ],
    [
      'sends noise after the handshake',
      async (media) => {
        const one = await handshaken(media)
        one.socket.write(Buffer.alloc(10_000, 0xa5))
        return one
      },
    ],
    [
      'floods with pings and reads none of the answers',
      async (media) => {
        const one = await handshaken(media)
        one.socket.pause()
        const pings = Buffer.concat(
          Array.from({ length: 5_000 }, () =>
            message({ type: messageType.userControl, payload: Buffer.from([0, 6, 0, 0, 0, 1]), chunkStreamId: 2 }),
          ),
        )
        const timer = setInterval(() => one.socket.write(pings), 5)
        void one.closed.then(() => clearInterval(timer))
        return one
      },
    ],
    [
      'publishes and then sends a message of 9 MB',
      async (media) => {
        const one = await published(media)
        one.socket.write(Buffer.from([6, 0, 0, 0, 0x8a, 0, 0, 9, 1, 0, 0, 0]))
        return one
      },
    ],
    ['publishes and then is silent, as one whose cable was pulled', published],
    [
      'publishes twice on one connection',
      async (media) => {
        const one = await published(media)
        one.socket.write(publishCommand('one'))
        return one
      },
    ],
    [
      'wants to play',
      async (media) => {
        const one = await handshaken(media)
        one.socket.write(Buffer.concat([connectCommand(), command('createStream', 2, null), command('play', 3, null, 'one')]))
        return one
      },
    ],
  ]
  test('each is cut off', async () => {
    const { media, lines } = await start({ limits: { handshakeMs: 3_000, publishMs: 4_000, idleMs: 4_000 } })
    const publishing = demo(media, 'one')
    await until(live(media, 'one'))
    const peers = await Promise.all(attacks.map(async ([name, attack]) => ({ name, one: await attack(media) })))
    await Promise.all(
      peers.map(async ({ name, one }) => {
        const late = new Promise<string>((resolve) => setTimeout(() => resolve(name), 12_000).unref())
        expect(await Promise.race([one.closed.then(() => 'cut off'), late])).toBe('cut off')
      }),
    )
    expect(live(media, 'one')()).toBe(true)
    expect(media.health('one')?.lastProblem).toBeUndefined()
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
    await publishing.stop()
  })

  test('a half-open publisher times out, its stream is interrupted, and health says why', async () => {
    const { media } = await start({ limits: { idleMs: 1_000 } })
    const one = peer(media)
    await one.publish('two')
    for (const tag of tags({ seconds: 3 })) one.socket.write(tagMessage(tag))
    await until(live(media, 'two'))
    one.socket.pause()
    await until(() => media.health('two')?.lastProblem?.code === 'timed_out')
    expect(media.health('two')).toMatchObject({ live: false, inputs: { primary: { state: 'absent' } } })
    const answer = await media.serve({ streamId: 'two', name: 'stream.m3u8' })
    expect(answer.status === 200 && String(answer.body).endsWith('#EXT-X-DISCONTINUITY\n')).toBe(true)
  })

  test('a crowd that does not publish makes room for one who does', async () => {
    const { media } = await start({ limits: { waitingConnections: 5, connections: 20 } })
    const crowd = Array.from({ length: 40 }, () => peer(media))
    await Promise.all(crowd.slice(0, 34).map(async ({ closed }) => await closed))
    expect(await peer(media).publish('one')).toBe('NetStream.Publish.Start')
  })

  test('more connections than allowed are turned away, and publishers stay', async () => {
    const { media } = await start({ limits: { connections: 2 } })
    const first = peer(media)
    const second = peer(media)
    await first.publish('one')
    await second.publish('two')
    await peer(media).closed
    expect([first.socket.destroyed, second.socket.destroyed]).toEqual([false, false])
  })
})

describe('closing', () => {
  test('says goodbye to publishers and answers everyone who waits', async () => {
    const { media } = await start()
    const publishing = demo(media, 'one')
    await until(live(media, 'one'))
    const text = await media.serve({ streamId: 'one', name: 'stream.m3u8' })
    const hint = /PRELOAD-HINT:TYPE=PART,URI="[\w-]+\/s(\d+)\.(\d+)/.exec(text.status === 200 ? String(text.body) : '')
    const waiting = media.serve({ streamId: 'one', name: 'stream.m3u8', query: { msn: Number(hint?.[1]) + 1, part: 0 } })
    await media.close()
    expect(await waiting).toMatchObject({ status: 200 })
    await expect(publishing.done).rejects.toThrow('shutting down')
  })
})
