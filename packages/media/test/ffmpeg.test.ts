import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import HLS from 'hls-parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../../test/require.ts'
import { createMediaServer, type MediaServer } from '../src/index.ts'
import { Recordings } from '../src/recording/recordings.ts'

/** A white flash and a beep at each full second, a tenth of a second long. */
const flash = (rate: string): string[] => [
  '-f',
  'lavfi',
  '-i',
  `color=black:s=320x180:r=${rate},drawbox=enable='lt(mod(t,1),0.1)':color=white:t=fill`,
]
const beep = (sampleRate = 48_000): string[] => ['-f', 'lavfi', '-i', `aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=${sampleRate}`]
const h264 = (profile: string, gop: number, ...rest: string[]): string[] => [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-profile:v', profile],
  ...['-g', String(gop), '-keyint_min', String(gop), '-sc_threshold', '0', ...rest],
]
const aac = ['-c:a', 'aac', '-b:a', '64k']

type Case = {
  args: string[]
  seconds: number
  key?: string
  fps?: number
  video: boolean
  audio: boolean
  codecs: string
  targetDuration?: number
}

const cases: Record<string, Case> = {
  baseline: {
    args: [...flash('25'), ...beep(), ...h264('baseline', 50, '-tune', 'zerolatency'), ...aac],
    ...{ seconds: 8, fps: 25, video: true, audio: true, codecs: 'avc1.42' },
  },
  highWithBFrames: {
    args: [...flash('25'), ...beep(), ...h264('high', 50, '-bf', '3', '-b_strategy', '0', '-x264-params', '8x8dct=1'), ...aac],
    ...{ seconds: 8, fps: 25, video: true, audio: true, codecs: 'avc1.64' },
  },
  ntsc: {
    args: [...flash('30000/1001'), ...beep(44_100), ...h264('main', 60, '-bf', '2', '-b_strategy', '0'), ...aac],
    ...{ seconds: 8, fps: 30_000 / 1001, video: true, audio: true, codecs: 'avc1.4d' },
  },
  withoutAudio: {
    args: [...flash('30'), ...h264('baseline', 60)],
    ...{ seconds: 7, fps: 30, video: true, audio: false, codecs: 'avc1.42' },
  },
  withoutVideo: { args: [...beep(), ...aac], ...{ seconds: 7, video: false, audio: true, codecs: 'mp4a.40.2' } },
  longGop: {
    args: [...flash('25'), ...beep(), ...h264('baseline', 125), ...aac],
    ...{ seconds: 11, fps: 25, video: true, audio: true, codecs: 'avc1.42', targetDuration: 5 },
  },
  keyWithQuery: {
    args: [...flash('25'), ...beep(), ...h264('baseline', 50), ...aac],
    ...{ seconds: 5, key: 'keyWithQuery?token=x', fps: 25, video: true, audio: true, codecs: 'avc1.42' },
  },
}

type Packet = { stream: string; pts: number; dts: number; duration: number }

describe.skipIf(needs.ffmpeg())('published with ffmpeg', () => {
  const folder = mkdtempSync(join(tmpdir(), 'voila-ffmpeg-'))
  const running = new Set<ChildProcess>()
  const told = new Map<string, string>()
  let media: MediaServer

  function publish(key: string, args: readonly string[], seconds = 60): { process: ChildProcess; exited: Promise<number | null> } {
    const url = `rtmp://127.0.0.1:${media.rtmpPort}/live/${key}`
    const inputs = args.flatMap((arg) => (arg === '-i' ? ['-re', '-i'] : [arg]))
    const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...realTime(inputs), '-t', String(seconds), '-f', 'flv', url], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    running.add(child)
    let text = ''
    child.stderr?.on('data', (data) => {
      text += String(data)
      told.set(key, text)
    })
    const exited = new Promise<number | null>((resolve) =>
      child.once('exit', (code) => {
        running.delete(child)
        resolve(code)
      }),
    )
    return { process: child, exited }
  }

  /** `-re` stands before the options of its input. */
  function realTime(args: readonly string[]): string[] {
    return args
      .filter((arg) => arg !== '-re')
      .flatMap((arg, index, all) => (arg === '-f' && all[index + 1] === 'lavfi' ? ['-re', '-f'] : [arg]))
  }

  async function text(streamId: string, name: string): Promise<string> {
    const answer = await media.serve({ streamId, name })
    if (answer.status !== 200) throw new Error(`${streamId}/${name}: ${answer.status}`)
    return String(answer.body)
  }

  async function bytes(streamId: string, name: string): Promise<Buffer> {
    const answer = await media.serve({ streamId, name })
    if (answer.status !== 200) throw new Error(`${streamId}/${name}: ${answer.status}`)
    return Buffer.concat(Array.isArray(answer.body) ? answer.body : [answer.body as Buffer])
  }

  /** A playlist's whole segments; the parser makes one of a closing discontinuity, too. */
  async function playlist(streamId: string, name: string): Promise<HLS.types.MediaPlaylist> {
    const parsed = HLS.parse(await text(streamId, name)) as HLS.types.MediaPlaylist
    return { ...parsed, segments: parsed.segments.filter(({ uri }) => uri !== '') }
  }

  /** One file for each stretch without discontinuity: its initialization and its segments. */
  async function files(streamId: string): Promise<string[]> {
    const { segments } = await playlist(streamId, 'plain.m3u8')
    const stretches: Buffer[][] = []
    for (const { uri, map, discontinuity } of segments) {
      if (stretches.length === 0 || discontinuity) stretches.push([await bytes(streamId, map?.uri ?? '')])
      stretches.at(-1)?.push(await bytes(streamId, uri))
    }
    return stretches.map((parts, index) => {
      const path = join(folder, `${streamId}-${index}.mp4`)
      writeFileSync(path, Buffer.concat(parts))
      return path
    })
  }

  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, ['-v', 'error', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

  function packets(path: string): Packet[] {
    return run('ffprobe', '-show_entries', 'packet=codec_type,pts_time,dts_time,duration_time', '-of', 'csv=p=0', path)
      .trim()
      .split('\n')
      .map((line) => line.split(','))
      .map(([stream = '', pts, dts, duration]) => ({ stream, pts: Number(pts), dts: Number(dts), duration: Number(duration) }))
  }

  /** When a measure of a filter rises over a threshold, in seconds. */
  function rises(path: string, filter: string, tag: string, threshold: number): number[] {
    const found: number[] = []
    let high = false
    for (const line of run(
      'ffprobe',
      '-f',
      'lavfi',
      '-i',
      `${filter.replace('FILE', path)}`,
      '-show_entries',
      `frame=pts_time:frame_tags=${tag}`,
      '-of',
      'csv=p=0',
    )
      .trim()
      .split('\n')) {
      const [time, value] = line.split(',').map(Number)
      const now = (value ?? Number.NaN) > threshold
      if (now && !high && time !== undefined) found.push(time)
      high = now
    }
    return found
  }

  async function until(met: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + 30_000
    while (!met()) {
      if (Date.now() > deadline) throw new Error(`${what} did not happen`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  beforeAll(async () => {
    media = await createMediaServer({
      rtmp: { host: '127.0.0.1', port: 0 },
      authorize: async ({ streamKey }) => (streamKey.startsWith('wrong') ? undefined : { streamId: streamKey, input: 'primary' }),
    })
    await Promise.all(Object.entries(cases).map(async ([name, { args, seconds, key }]) => await publish(key ?? name, args, seconds).exited))
  }, 90_000)

  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL')
    await media?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  describe.each(Object.entries(cases))('%s', (name, { fps, video, codecs, seconds, targetDuration = 2 }) => {
    test('is served whole, as one stretch that decodes without an error', async () => {
      const [path = '', ...others] = await files(name)
      expect(others).toEqual([])
      expect(run('ffmpeg', '-i', path, '-f', 'null', '-')).toBe('')
      const [length] = run('ffprobe', '-show_entries', 'format=duration', '-of', 'csv=p=0', path).split('\n').map(Number)
      expect(length).toBeGreaterThan(seconds - 1)
      const multivariant = await text(name, 'live.m3u8')
      expect(multivariant).toContain(`CODECS="${codecs}`)
      if (fps !== undefined) expect(multivariant).toContain(`FRAME-RATE=${fps.toFixed(2)}`)
    })

    test('keeps the target duration, and the low-latency playlist agrees with the plain one', async () => {
      const plain = await playlist(name, 'plain.m3u8')
      const low = await playlist(name, 'stream.m3u8')
      expect(plain.targetDuration).toBe(targetDuration)
      for (const { duration } of plain.segments) expect(Math.round(duration)).toBeLessThanOrEqual(targetDuration)
      expect(low.segments.map(({ uri, duration }) => [uri, duration])).toEqual(plain.segments.map(({ uri, duration }) => [uri, duration]))
      for (const { parts } of low.segments)
        for (const part of parts) expect(part.duration).toBeLessThanOrEqual((low.partTargetDuration ?? 0) + 1e-9)
    })

    test('has continuous timestamps', async () => {
      const [path = ''] = await files(name)
      const all = packets(path)
      for (const [stream, wanted] of [
        ['video', video],
        ['audio', true],
      ] as const) {
        const own = all.filter((packet) => packet.stream === stream)
        if (!wanted) {
          expect(own).toEqual([])
          continue
        }
        expect(own.length).toBeGreaterThan(50)
        const frame = stream === 'video' ? 1 / (fps ?? 25) : 1024 / (name === 'ntsc' ? 44_100 : 48_000)
        own.slice(1).forEach(({ dts }, index) => {
          expect(Math.abs(dts - (own[index]?.dts ?? 0) - frame)).toBeLessThan(0.0025)
        })
        expect(new Set(own.map(({ pts }) => Math.round(pts * 1000))).size).toBe(own.length)
      }
    })
  })

  test.each(
    Object.keys(cases).filter((name) => cases[name]?.video && cases[name]?.audio),
  )('%s has picture and sound within a frame of each other', async (name) => {
    const [path = ''] = await files(name)
    const flashes = rises(path, 'movie=FILE,signalstats', 'lavfi.signalstats.YAVG', 120)
    const beeps = rises(path, 'amovie=FILE,astats=metadata=1:reset=1', 'lavfi.astats.Overall.RMS_level', -30)
    expect(flashes.length).toBeGreaterThan(2)
    for (const at of flashes.slice(1, -1)) {
      const nearest = Math.min(...beeps.map((time) => Math.abs(time - at)))
      expect(nearest).toBeLessThan(0.045)
    }
  })

  test('health was told what the feeds were like', () => {
    expect(media.health('longGop')?.lastProblem?.code).toBe('key_frames_rare')
    expect(media.health('withoutAudio')?.lastProblem?.code).toBe('no_sound')
    for (const name of ['baseline', 'highWithBFrames', 'ntsc']) expect(media.health(name)?.lastProblem).toBeUndefined()
  })

  test.concurrent('with a wrong key ends at once, told so', async () => {
    const { exited } = publish('wrongkey', cases.baseline?.args ?? [])
    expect(await exited).not.toBe(0)
    expect(told.get('wrongkey')).toContain('This stream key is not accepted')
    expect(media.streams()).not.toContain('wrongkey')
  })

  test.concurrent('killed with -9 and back: one discontinuity, both stretches decode, and health says that the connection was lost', async () => {
    const args = cases.baseline?.args ?? []
    const first = publish('killed', args)
    await until(() => media.health('killed')?.live === true, 'the first picture')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    first.process.kill('SIGKILL')
    await first.exited
    await until(() => media.health('killed')?.live === false, 'the drop')
    expect(media.health('killed')?.lastProblem?.code).toBe('connection_lost')
    expect((await text('killed', 'stream.m3u8')).endsWith('#EXT-X-DISCONTINUITY\n')).toBe(true)
    await publish('killed', args, 5).exited
    const paths = await files('killed')
    expect(paths).toHaveLength(2)
    for (const path of paths) expect(run('ffmpeg', '-i', path, '-f', 'null', '-')).toBe('')
    const [before = [], after = []] = paths.map(packets)
    expect(Math.min(...after.map(({ dts }) => dts))).toBeGreaterThan(Math.max(...before.map(({ dts }) => dts)))
  })

  test.concurrent('twice with one key: the newer one takes over, the older one ends', async () => {
    const args = cases.baseline?.args ?? []
    const first = publish('taken', args)
    await until(() => media.health('taken')?.live === true, 'the first picture')
    const second = publish('taken', args, 6)
    expect(await first.exited).not.toBe(0)
    await until(() => media.health('taken')?.live === true, 'the takeover')
    expect(media.health('taken')?.lastProblem?.code).toBe('replaced')
    expect(await second.exited).toBe(0)
  })

  test.concurrent('a recording is playable after kill -9 of the server, as it lies on the disk and as a download', async () => {
    const directory = join(folder, 'recordings')
    const script = fileURLToPath(new URL('recording-server.ts', import.meta.url))
    const server = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', script, directory], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    running.add(server)
    const media = (): string | undefined => {
      try {
        return readdirSync(directory).find((name) => name.endsWith('.mp4'))
      } catch {
        return undefined
      }
    }
    await until(() => media() !== undefined && statSync(join(directory, media() ?? '')).size > 100_000, 'the recording')
    server.kill('SIGKILL')
    await new Promise((resolve) => server.once('exit', resolve))
    running.delete(server)
    const path = join(directory, media() ?? '')
    expect(packets(path).length).toBeGreaterThan(100)
    const recordings = new Recordings(
      { directory, maxBytes: 1e9, maxAgeMs: 1e12, enabled: () => true },
      { now: Date.now, maxQueueBytes: 1e6, log: () => undefined },
    )
    const [info] = await recordings.list('one')
    const chunks: Buffer[] = []
    for await (const chunk of (await recordings.open(info?.recordingId ?? '')).stream()) chunks.push(chunk as Buffer)
    await recordings.close()
    const download = join(folder, 'download.mp4')
    writeFileSync(download, Buffer.concat(chunks))
    expect(run('ffmpeg', '-i', download, '-f', 'null', '-')).toBe('')
    expect(Number(run('ffprobe', '-show_entries', 'format=duration', '-of', 'csv=p=0', download))).toBeCloseTo(
      (info?.durationMs ?? 0) / 1000,
      1,
    )
  })
})
