import HLS from 'hls-parser'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { describeProblem, type InputName, problems, type StreamHealth } from '../src/health.ts'
import type { MediaAnswer } from '../src/hls/catalogue.ts'
import { defaultLimits, type MediaLimits } from '../src/limits.ts'
import { type Feed, type RecorderPort, Stream } from '../src/stream.ts'
import { audioConfig, audioHeaderTag, type FeedOptions, type FeedTag, tags, videoHeaderTag } from './feed.ts'

HLS.setOptions({ strictMode: true })

/** Seconds after media time zero: media sequence numbers are counted from there. */
const startMs = Date.UTC(2024, 0, 1) + 1_000_000

type Input = { feed: Feed; closed: string[] }

class Stage {
  nowMs: number
  readonly changes: { live: boolean; health: StreamHealth }[] = []
  readonly recorded: string[] = []
  readonly stream: Stream

  constructor(limits: Partial<MediaLimits> = {}, nowMs = startMs) {
    this.nowMs = nowMs
    const recorder: RecorderPort = {
      active: false,
      begin: ({ video, audio }) => this.recorded.push(`begin ${video?.codec} ${audio?.codec}`),
      part: () => this.recorded.push('part'),
      segment: () => this.recorded.push('segment'),
      end: () => this.recorded.push('end'),
    }
    this.stream = new Stream({
      limits: { ...defaultLimits, ...limits },
      now: () => this.nowMs,
      onChange: (change) => this.changes.push(change),
      recorder,
    })
  }

  attach(name: InputName = 'primary'): Input {
    const closed: string[] = []
    return { feed: this.stream.attach(name, { closed: false, close: ({ says }) => closed.push(says) }), closed }
  }

  /** Sends feeds in real time, each from now on, and ticks twice a second. */
  play(...feeds: { input: Input; options: FeedOptions; lateMs?: (tag: FeedTag) => number }[]): void {
    const from = this.nowMs
    const all = feeds.flatMap(({ input, options, lateMs = () => 0 }) =>
      tags(options).map((tag) => ({ input, tag, at: from + (((tag.timestamp - ((options.fromMs ?? 0) >>> 0)) | 0) + lateMs(tag)) })),
    )
    all.sort((one, other) => one.at - other.at)
    for (const { input, tag, at } of all) {
      this.pass(at - this.nowMs)
      input.feed.media(tag)
    }
    this.pass(from + Math.max(...feeds.map(({ options }) => options.seconds)) * 1000 - this.nowMs)
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 500) {
      this.nowMs += Math.min(left, 500)
      this.stream.tick()
    }
  }

  async text(name = 'stream.m3u8'): Promise<string> {
    return body(await this.stream.catalogue.serve({ name })).toString()
  }

  async playlist(name = 'stream.m3u8'): Promise<HLS.types.MediaPlaylist> {
    return HLS.parse(await this.text(name)) as HLS.types.MediaPlaylist
  }

  get problem(): string | undefined {
    return this.stream.health().lastProblem?.code
  }
}

function body(answer: MediaAnswer): Buffer {
  if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
  return Buffer.concat(Array.isArray(answer.body) ? answer.body : [answer.body as Buffer])
}

const metadata = (fields: Record<string, number>): Map<string, number> => new Map(Object.entries(fields))

describe('what is served', () => {
  test('nothing before a feed has a whole segment, then everything listed and nothing else', async () => {
    const stage = new Stage()
    const input = stage.attach()
    for (const name of ['live.m3u8', 'stream.m3u8', 'plain.m3u8'])
      expect(await stage.stream.catalogue.serve({ name })).toEqual({ status: 404, code: 'not_found' })
    stage.play({ input, options: { seconds: 9, fps: 30 } })
    const playlist = await stage.playlist()
    const names = playlist.segments.flatMap(({ uri, map, parts }) => [
      uri,
      map?.uri ?? '',
      ...parts.filter(({ hint }) => !hint).map((part) => part.uri),
    ])
    expect(names.filter((name) => name !== '').length).toBeGreaterThan(20)
    for (const name of names.filter((one) => one !== '')) {
      expect(await stage.stream.catalogue.serve({ name })).toMatchObject({
        status: 200,
        contentType: 'video/mp4',
        cacheControl: 'public, max-age=3600, immutable',
      })
    }
    for (const name of [
      '',
      '.',
      '../stream.m3u8',
      'constructor',
      '__proto__',
      `${names[0]}/..`,
      names[0]?.toUpperCase() ?? '',
      `x${names[0]}`,
    ])
      expect(await stage.stream.catalogue.serve({ name })).toEqual({ status: 404, code: 'not_found' })
    expect(await stage.text('live.m3u8')).toMatch(
      /^#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-STREAM-INF:BANDWIDTH=\d+,AVERAGE-BANDWIDTH=\d+,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=30.000\nstream.m3u8\n$/,
    )
  })

  test.each([
    24,
    25,
    30_000 / 1001,
    30,
    50,
    60_000 / 1001,
    60,
  ])('at %d frames a second a strict parser has nothing to say against any playlist on the way', async (fps) => {
    const stage = new Stage()
    let input = stage.attach()
    input.feed.metadata(metadata({ framerate: fps, videocodecid: 7, audiocodecid: 10 }))
    const texts: Promise<string>[] = []
    tags({ seconds: 45, fps, gopSeconds: 1 }).forEach((tag, index) => {
      stage.pass(startMs + tag.timestamp - stage.nowMs)
      input.feed.media(tag)
      if (tag.timestamp > 4_000 && index % 20 === 0) texts.push(stage.text(), stage.text('plain.m3u8'))
    })
    for (const text of await Promise.all(texts)) HLS.parse(text)
    input.feed.gone('connection_lost')
    await stage.playlist()
    stage.pass(3_000)
    input = stage.attach()
    input.feed.metadata(metadata({ framerate: fps }))
    stage.play({ input, options: { seconds: 5, fps } })
    const { segments } = await stage.playlist()
    expect(segments.filter(({ discontinuity }) => discontinuity)).toHaveLength(1)
  })

  test('media sequence and program date time count from the clock, so both go on growing when the server restarts', async () => {
    const before = new Stage()
    before.play({ input: before.attach(), options: { seconds: 60, gopSeconds: 1 } })
    const last = (await before.playlist('plain.m3u8')).segments.at(-1)
    const after = new Stage({}, before.nowMs)
    after.play({ input: after.attach(), options: { seconds: 6 } })
    const first = (await after.playlist('plain.m3u8')).segments[0]
    expect(first?.mediaSequenceNumber).toBeGreaterThan(last?.mediaSequenceNumber ?? 0)
    expect(first?.programDateTime?.getTime()).toBeGreaterThan(last?.programDateTime?.getTime() ?? 0)
    expect((await before.playlist('plain.m3u8')).segments[0]?.mediaSequenceNumber).toBeGreaterThanOrEqual(1_000)
  })

  test('program date time is steady: each segment begins where the one before ended', async () => {
    const stage = new Stage()
    const input = stage.attach()
    input.feed.metadata(metadata({ framerate: 29.97 }))
    stage.play({ input, options: { seconds: 25, fps: 30_000 / 1001 }, lateMs: ({ timestamp }) => (timestamp * 7) % 90 })
    const { segments } = await stage.playlist('plain.m3u8')
    expect(segments.length).toBeGreaterThan(10)
    segments.slice(1).forEach(({ programDateTime }, index) => {
      const before = segments[index]
      expect(
        Math.abs((programDateTime?.getTime() ?? 0) - (before?.programDateTime?.getTime() ?? 0) - (before?.duration ?? 0) * 1000),
      ).toBeLessThanOrEqual(1)
    })
  })

  test('memory is bounded, however much a publisher sends', async () => {
    const stage = new Stage({ streamBytes: 200_000 })
    const input = stage.attach()
    input.feed.media({ kind: 'video', timestamp: 0, payload: videoHeaderTag })
    for (let frame = 0; frame < 3_000; frame++) {
      const data = Buffer.alloc(2_000)
      data.writeUInt32BE(1_996, 0)
      input.feed.media({
        kind: 'video',
        timestamp: frame * 40,
        payload: Buffer.concat([Buffer.from([frame % 50 === 0 ? 0x17 : 0x27, 1, 0, 0, 0]), data]),
      })
    }
    const { segments } = await stage.playlist()
    const sizes = await Promise.all(
      segments.filter(({ uri }) => uri !== '').map(async ({ uri }) => body(await stage.stream.catalogue.serve({ name: uri })).length),
    )
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(230_000)
  })
})

describe('waiting', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  async function playing(): Promise<{ stage: Stage; input: Input; from: number }> {
    const stage = new Stage()
    const input = stage.attach()
    stage.play({ input, options: { seconds: 5, fps: 30 } })
    return { stage, input, from: 5_000 }
  }

  async function hint(stage: Stage): Promise<{ name: string; msn: number; part: number }> {
    const name = /PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(await stage.text())?.[1] ?? ''
    const [, msn, part] = /s(\d+)\.(\d+)\.m4s$/.exec(name) ?? []
    return { name, msn: Number(msn), part: Number(part) }
  }

  test('a blocking reload is answered by the part it asks for, and a hinted part by itself', async () => {
    const { stage, input, from } = await playing()
    const { name, msn, part } = await hint(stage)
    const reload = stage.stream.catalogue.serve({ name: 'stream.m3u8', query: { msn, part } })
    const media = stage.stream.catalogue.serve({ name })
    stage.play({ input, options: { seconds: 1, fps: 30, gopSeconds: 9, fromMs: from } })
    expect(body(await reload).toString()).toContain(`URI="${name}"`)
    expect(body(await media).toString('latin1', 4, 8)).toBe('moof')
  })

  test('a reload for a whole segment waits for its end, and a part beyond a segment means the next one', async () => {
    const { stage, input, from } = await playing()
    const { msn, part } = await hint(stage)
    let answered = false
    const reload = stage.stream.catalogue.serve({ name: 'stream.m3u8', query: { msn } }).finally(() => {
      answered = true
    })
    const beyond = stage.stream.catalogue.serve({ name: 'stream.m3u8', query: { msn, part: part + 20 } })
    stage.play({ input, options: { seconds: 0.5, fps: 30, gopSeconds: 9, fromMs: from } })
    await Promise.resolve()
    expect(answered).toBe(false)
    stage.play({ input, options: { seconds: 2, fps: 30, gopSeconds: 0.5, fromMs: from + 500 } })
    expect(body(await reload).toString()).toMatch(new RegExp(`/s${msn}\\.m4s\n`))
    expect(body(await beyond).toString()).toMatch(new RegExp(`/s${msn}\\.m4s\n`))
  })

  test('what is listed already is answered at once', async () => {
    const { stage } = await playing()
    const { msn } = await hint(stage)
    expect(await stage.stream.catalogue.serve({ name: 'stream.m3u8', query: { msn: msn - 1 } })).toMatchObject({ status: 200 })
    expect(await stage.stream.catalogue.serve({ name: 'stream.m3u8', query: { msn: 5, part: 3 } })).toMatchObject({ status: 200 })
  })

  test.each<[string, (msn: number) => { msn?: number; part?: number }]>([
    ['a part without a segment', () => ({ part: 1 })],
    ['a segment far ahead', (msn) => ({ msn: msn + 3 })],
    ['a segment that is no number', () => ({ msn: Number.NaN })],
    ['a negative part', (msn) => ({ msn, part: -1 })],
    ['half a segment', (msn) => ({ msn: msn + 0.5 })],
  ])('%s is an invalid request', async (_, query) => {
    const { stage } = await playing()
    const { msn } = await hint(stage)
    expect(await stage.stream.catalogue.serve({ name: 'stream.m3u8', query: query(msn) })).toEqual({ status: 400, code: 'invalid_request' })
  })

  test('everyone who waits hears of the drop at once: the hinted part is there, the playlist ends in a discontinuity', async () => {
    const { stage, input } = await playing()
    const { name, msn, part } = await hint(stage)
    const reload = stage.stream.catalogue.serve({ name: 'stream.m3u8', query: { msn: msn + 1, part } })
    const media = stage.stream.catalogue.serve({ name })
    input.feed.gone('connection_lost')
    expect(
      body(await reload)
        .toString()
        .endsWith('#EXT-X-DISCONTINUITY\n'),
    ).toBe(true)
    expect(body(await media).length).toBeGreaterThan(100)
    expect(await stage.text()).not.toContain('PRELOAD-HINT')
  })

  test('a reload that waits in vain gets the playlist before players give up on it, and no cache keeps it', async () => {
    const { stage } = await playing()
    const { msn } = await hint(stage)
    vi.useFakeTimers()
    const reload = stage.stream.catalogue.serve({ name: 'stream.m3u8', query: { msn: msn + 1, part: 0 } })
    await vi.advanceTimersByTimeAsync(1_190)
    await vi.advanceTimersByTimeAsync(20)
    expect(await reload).toMatchObject({ status: 200, cacheControl: 'no-store' })
  })

  test('a hinted part that does not come is unavailable', async () => {
    const { stage } = await playing()
    const { name } = await hint(stage)
    vi.useFakeTimers()
    const media = stage.stream.catalogue.serve({ name })
    await vi.advanceTimersByTimeAsync(defaultLimits.blockMs + 10)
    expect(await media).toEqual({ status: 503, code: 'unavailable' })
  })

  test('a request that is given up waits no longer', async () => {
    const { stage } = await playing()
    const { msn, part } = await hint(stage)
    const abort = new AbortController()
    const reload = stage.stream.catalogue.serve({ name: 'stream.m3u8', query: { msn, part }, signal: abort.signal })
    abort.abort()
    expect(await reload).toMatchObject({ status: 503 })
    expect(await stage.stream.catalogue.serve({ name: 'stream.m3u8', query: { msn, part }, signal: abort.signal })).toMatchObject({
      status: 503,
    })
  })

  test('more waiting requests than allowed are answered at once', async () => {
    const stage = new Stage({ waitingRequests: 2 })
    stage.play({ input: stage.attach(), options: { seconds: 5, fps: 30 } })
    const { msn, part } = await hint(stage)
    const query = { msn, part }
    const waiting = [1, 2].map(async () => await stage.stream.catalogue.serve({ name: 'stream.m3u8', query }))
    expect(await stage.stream.catalogue.serve({ name: 'stream.m3u8', query })).toMatchObject({ status: 200, cacheControl: 'no-store' })
    stage.stream.close()
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200])
  })
})

describe('interruptions', () => {
  test('a feed that comes back goes on behind a discontinuity, under a name no cache has seen', async () => {
    const stage = new Stage()
    const first = stage.attach()
    stage.play({ input: first, options: { seconds: 5 } })
    first.feed.gone('connection_lost')
    expect(stage.changes.at(-1)).toMatchObject({ live: false, health: { lastProblem: { code: 'connection_lost' } } })
    stage.pass(20_000)
    stage.play({ input: stage.attach(), options: { seconds: 5 } })
    const { segments } = await stage.playlist('plain.m3u8')
    const ingests = segments.map(({ uri }) => uri.split('/')[0])
    expect(new Set(ingests).size).toBe(2)
    expect(segments.map(({ mediaSequenceNumber }) => mediaSequenceNumber)).toEqual(segments.map((_, index) => 1_000 + index))
    const gap = segments.findIndex(({ discontinuity }) => discontinuity)
    expect(Math.abs((segments[gap]?.programDateTime?.getTime() ?? 0) - startMs - 25_000)).toBeLessThan(100)
    expect(stage.changes.at(-1)?.live).toBe(true)
  })

  test('the newest publisher with the same key takes over, and the former one is told', async () => {
    const stage = new Stage()
    const first = stage.attach()
    stage.play({ input: first, options: { seconds: 5 } })
    const second = stage.attach()
    expect(first.closed).toEqual([problems.replaced])
    stage.play({ input: second, options: { seconds: 5 } })
    first.feed.gone('connection_lost')
    first.feed.media({ kind: 'video', timestamp: 0, payload: Buffer.from([0x1c]) })
    expect(stage.stream.health()).toMatchObject({ live: true, input: 'primary', lastProblem: { code: 'replaced' } })
    expect((await stage.playlist('plain.m3u8')).segments.filter(({ discontinuity }) => discontinuity)).toHaveLength(1)
  })

  test('timestamps that wrap at 32 bits disturb nothing', async () => {
    const stage = new Stage()
    stage.play({ input: stage.attach(), options: { seconds: 20, fps: 30, fromMs: 2 ** 32 - 10_000 } })
    const { segments } = await stage.playlist('plain.m3u8')
    expect(segments.filter(({ discontinuity }) => discontinuity)).toEqual([])
    for (const { duration } of segments) expect(duration).toBeCloseTo(2, 2)
  })

  test('a program that ends says so, and one that goes on afterwards goes on', async () => {
    const stage = new Stage()
    const input = stage.attach()
    stage.play({ input, options: { seconds: 5 } })
    stage.stream.end('The program has ended')
    expect(input.closed).toEqual(['The program has ended'])
    expect(await stage.text()).toMatch(/#EXT-X-ENDLIST\n$/)
    expect(stage.stream.health()).toMatchObject({ live: false, ended: true })
    stage.play({ input: stage.attach(), options: { seconds: 5 } })
    expect(stage.stream.health()).toMatchObject({ live: true, ended: false })
    expect(await stage.text()).not.toContain('ENDLIST')
  })

  test('the recorder hears of beginnings, parts and ends, and of the last part before the end', () => {
    const stage = new Stage()
    const input = stage.attach()
    stage.play({ input, options: { seconds: 4.5 } })
    input.feed.gone()
    expect(stage.recorded[0]).toBe('begin avc1.4d401f mp4a.40.2')
    expect(stage.recorded.slice(-3)).toEqual(['part', 'segment', 'end'])
  })
})

describe('primary and backup', () => {
  const feed = (seconds: number, fromMs = 0): FeedOptions => ({ seconds, fromMs })

  test('the backup stands by, judged but not shown', async () => {
    const stage = new Stage()
    stage.play({ input: stage.attach('primary'), options: feed(6) }, { input: stage.attach('backup'), options: feed(6) })
    expect(stage.stream.health()).toMatchObject({
      input: 'primary',
      inputs: {
        primary: { state: 'live' },
        backup: { state: 'standby', codec: 'avc1.4d401f,mp4a.40.2', fps: 25, keyFrameIntervalSeconds: 2 },
      },
    })
    expect(new Set((await stage.playlist('plain.m3u8')).segments.map(({ uri }) => uri.split('/')[0])).size).toBe(1)
  })

  test('the backup takes over at once when the primary drops', async () => {
    const stage = new Stage()
    const [primary, backup] = [stage.attach('primary'), stage.attach('backup')]
    stage.play({ input: primary, options: feed(5) }, { input: backup, options: feed(5) })
    primary.feed.gone('connection_lost')
    expect(stage.stream.health()).toMatchObject({ input: 'backup', inputs: { primary: { state: 'absent' } } })
    stage.play({ input: backup, options: feed(5, 5_000) })
    expect(stage.stream.health()).toMatchObject({ live: true, input: 'backup' })
  })

  test('the backup takes over when the primary falls silent, and says so', () => {
    const stage = new Stage()
    const [primary, backup] = [stage.attach('primary'), stage.attach('backup')]
    stage.play({ input: primary, options: feed(5) }, { input: backup, options: feed(5) })
    stage.play({ input: backup, options: feed(4, 5_000) })
    expect(stage.stream.health()).toMatchObject({ live: true, input: 'backup', inputs: { primary: { state: 'silent' } } })
    expect(stage.changes.map(({ health }) => health.lastProblem?.code)).toContain('took_over')
  })

  test('the primary is shown again once it has been steady for ten seconds, at its key frame', () => {
    const stage = new Stage()
    const [primary, backup] = [stage.attach('primary'), stage.attach('backup')]
    stage.play({ input: primary, options: feed(5) }, { input: backup, options: feed(5) })
    primary.feed.gone('connection_lost')
    stage.play({ input: backup, options: feed(4, 5_000) })
    const back = stage.attach('primary')
    stage.play({ input: backup, options: feed(8, 10_000) }, { input: back, options: feed(8) })
    expect(stage.stream.health().input).toBe('backup')
    stage.play({ input: backup, options: feed(6, 18_000) }, { input: back, options: feed(6, 8_000) })
    expect(stage.stream.health()).toMatchObject({ input: 'primary', live: true })
  })

  test('a primary that keeps failing must be steady for longer each time', () => {
    const stage = new Stage()
    const backup = stage.attach('backup')
    let at = 0
    const together = (primary: Input | undefined, seconds: number, fromMs: number): void => {
      const feeds = [
        { input: backup, options: feed(seconds, at) },
        ...(primary === undefined ? [] : [{ input: primary, options: feed(seconds, fromMs) }]),
      ]
      at += seconds * 1000
      stage.play(...feeds)
    }
    const steadyFor = (seconds: number): InputName | undefined => {
      const primary = stage.attach('primary')
      together(primary, seconds, 0)
      const { input } = stage.stream.health()
      primary.feed.gone('connection_lost')
      together(undefined, 2, 0)
      return input
    }
    expect(steadyFor(14)).toBe('primary')
    expect(steadyFor(14)).toBe('backup')
    expect(steadyFor(24)).toBe('primary')
  })

  test('a choice of the team holds, also when the chosen input drops', () => {
    const stage = new Stage()
    const [primary, backup] = [stage.attach('primary'), stage.attach('backup')]
    stage.play({ input: primary, options: feed(5) }, { input: backup, options: feed(5) })
    stage.stream.choose('backup')
    expect(stage.stream.health()).toMatchObject({ input: 'primary', choice: 'backup' })
    stage.play({ input: primary, options: feed(4, 5_000) }, { input: backup, options: feed(4, 5_000) })
    expect(stage.stream.health()).toMatchObject({ input: 'backup', live: true })
    backup.feed.gone('connection_lost')
    stage.play({ input: primary, options: feed(4, 9_000) })
    expect(stage.stream.health()).toMatchObject({ input: undefined, live: false, choice: 'backup' })
    stage.stream.choose('auto')
    stage.play({ input: primary, options: feed(4, 13_000) })
    expect(stage.stream.health()).toMatchObject({ input: 'primary', live: true, choice: 'auto' })
  })

  test('an input that comes alone is shown, whichever it is', () => {
    const stage = new Stage()
    stage.play({ input: stage.attach('backup'), options: feed(5) })
    expect(stage.stream.health()).toMatchObject({ input: 'backup', live: true })
  })
})

describe('what a producer is told', () => {
  test('health has the measures of the shown feed', () => {
    const stage = new Stage()
    const input = stage.attach()
    input.feed.metadata(metadata({ framerate: 29.97, videocodecid: 7, audiocodecid: 10 }))
    stage.play({ input, options: { seconds: 10, fps: 30_000 / 1001 } })
    const { lastProblem, ...health } = stage.stream.health()
    expect(lastProblem).toBeUndefined()
    expect(health).toMatchObject({
      live: true,
      input: 'primary',
      connectedSince: startMs,
      codec: 'avc1.4d401f,mp4a.40.2',
      width: 1280,
      height: 720,
      fps: 29.97,
      driftMs: 0,
    })
    expect(health.keyFrameIntervalSeconds).toBeCloseTo(2.002, 2)
    expect(health.bitrate).toBeGreaterThan(20_000)
  })

  const sent =
    (seconds: number, options: Partial<FeedOptions> = {}) =>
    (stage: Stage, input: Input) =>
      stage.play({ input, options: { seconds, ...options } })
  const cases: [string, string, (stage: Stage, input: Input) => void][] = [
    ['key frames every 8 s', 'key_frames_rare', sent(20, { gopSeconds: 8 })],
    [
      'no key frame at all',
      'key_frame_missing',
      (stage, input) => {
        for (const tag of tags({ seconds: 10 }).filter(({ payload }) => payload[0] !== 0x17 || payload[1] === 0)) {
          stage.pass(startMs + tag.timestamp - stage.nowMs)
          input.feed.media(tag)
        }
      },
    ],
    ['a picture without sound', 'no_sound', sent(8, { audio: false })],
    [
      'sound whose picture stops',
      'no_picture',
      (stage, input) => {
        stage.play({ input, options: { seconds: 5 } })
        stage.play({ input, options: { seconds: 8, fromMs: 5_000, video: false } })
      },
    ],
    ['MP3 sound', 'audio_codec', (_, input) => input.feed.media({ kind: 'audio', timestamp: 0, payload: Buffer.from([0x2f, 1, 2, 3]) })],
    [
      'damaged frames',
      'malformed_media',
      (_, input) => {
        input.feed.media({ kind: 'video', timestamp: 0, payload: videoHeaderTag })
        input.feed.media({ kind: 'video', timestamp: 0, payload: Buffer.from([0x17, 1, 0, 0, 0, 9, 9, 9, 9, 9]) })
      },
    ],
    [
      'frames before any configuration',
      'malformed_media',
      (_, input) => input.feed.media({ kind: 'audio', timestamp: 0, payload: Buffer.from([0xaf, 1, 1]) }),
    ],
    [
      'a configuration that is none',
      'malformed_media',
      (_, input) => input.feed.media({ kind: 'video', timestamp: 0, payload: Buffer.from([0x17, 0, 0, 0, 0, 1, 2]) }),
    ],
    [
      'a feed that arrives ever later',
      'arrives_late',
      (stage, input) => stage.play({ input, options: { seconds: 30 }, lateMs: ({ timestamp }) => timestamp * 0.2 }),
    ],
    [
      'a feed that runs ahead',
      'arrives_early',
      (stage, input) => stage.play({ input, options: { seconds: 30 }, lateMs: ({ timestamp }) => -timestamp * 0.3 }),
    ],
    [
      'an encoder that stops sending',
      'silent',
      (stage, input) => {
        stage.play({ input, options: { seconds: 5 } })
        stage.pass(4_000)
      },
    ],
  ]
  test.each(cases)('%s: %s', (_, code, act) => {
    const stage = new Stage()
    act(stage, stage.attach())
    stage.stream.tick()
    expect(stage.changes.map(({ health }) => health.lastProblem?.code)).toContain(code)
    expect(stage.stream.health().lastProblem?.says).not.toMatch(/[{}]|undefined/)
  })

  test('drift is measured by the fastest packets, so a jittery network is none', () => {
    const stage = new Stage()
    stage.play({ input: stage.attach(), options: { seconds: 30 }, lateMs: ({ timestamp }) => (timestamp * 13) % 180 })
    expect(Math.abs(stage.stream.health().driftMs ?? 1e9)).toBeLessThan(50)
    expect(stage.problem).toBeUndefined()
  })

  test.each([
    ['HEVC', Buffer.from([0x1c, 0, 0, 0, 0]), 'HEVC (H.265)'],
    ['HEVC by Enhanced RTMP', Buffer.concat([Buffer.from([0x90]), Buffer.from('hvc1')]), 'HEVC (H.265)'],
    ['AV1', Buffer.concat([Buffer.from([0x90]), Buffer.from('av01')]), 'AV1'],
  ])('%s is refused in words, and the words stay in health', (_, payload, codec) => {
    const stage = new Stage()
    const input = stage.attach()
    input.feed.media({ kind: 'video', timestamp: 0, payload })
    const says = `The encoder sends ${codec}. Set the video codec to H.264.`
    expect(input.closed).toEqual([says])
    expect(stage.stream.health()).toMatchObject({ live: false, lastProblem: { code: 'video_codec', says, at: startMs } })
  })

  test('a picture in 10 bits is shown and warned of', () => {
    const stage = new Stage()
    const input = stage.attach()
    const sps = Buffer.from('676e000ca6cd941419f9f011000003000100000300320f142996', 'hex')
    const record = Buffer.concat([Buffer.from([1, 0x6e, 0, 0x0c, 0xff, 0xe1, 0, sps.length]), sps, Buffer.from([0])])
    input.feed.media({ kind: 'video', timestamp: 0, payload: Buffer.concat([Buffer.from([0x17, 0, 0, 0, 0]), record]) })
    expect([stage.problem, input.closed]).toEqual(['video_profile', []])
  })

  test('MP3 sound is left out and the picture goes on, with silence', async () => {
    const stage = new Stage()
    const input = stage.attach()
    const feed = tags({ seconds: 6 }).map((tag) => (tag.kind === 'audio' ? { ...tag, payload: Buffer.from([0x2f, 1, 2, 3]) } : tag))
    for (const tag of feed) {
      stage.pass(startMs + tag.timestamp - stage.nowMs)
      input.feed.media(tag)
    }
    expect(await stage.text('live.m3u8')).toContain('CODECS="avc1.4d401f,mp4a.40.2"')
    expect(stage.stream.health().live).toBe(true)
  })

  test('a repeated configuration is none, a changed one begins a new initialization', async () => {
    const stage = new Stage()
    const input = stage.attach()
    stage.play({ input, options: { seconds: 4 } })
    stage.play({ input, options: { seconds: 4, fromMs: 4_000 } })
    expect((await stage.playlist('plain.m3u8')).segments.filter(({ discontinuity }) => discontinuity)).toEqual([])
    const mono = Buffer.from([0xaf, 0, 0x11, 0x88])
    const feed = tags({ seconds: 8, fromMs: 8_000, audioConfig }).map((tag) =>
      tag.payload.equals(audioHeaderTag) ? { ...tag, payload: mono } : tag,
    )
    for (const tag of feed) input.feed.media(tag)
    const text = await stage.text('plain.m3u8')
    expect(text).toMatch(/#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="[\w-]+\/init-1\.mp4"/)
  })

  test('changes are told once each, not at every frame', () => {
    const stage = new Stage()
    stage.play({ input: stage.attach(), options: { seconds: 20 } })
    expect(stage.changes.length).toBeLessThan(6)
    expect(stage.changes.map(({ live }) => live)).toContain(true)
  })

  test('every problem is one or more plain sentences', () => {
    for (const code of Object.keys(problems) as (keyof typeof problems)[]) {
      const { says } = describeProblem(code, 0, { codec: 'X', seconds: 3, from: 'primary', to: 'backup' })
      expect(says).toMatch(/^[A-Z].*\.$/)
      expect(says).not.toMatch(/[{}!]/)
    }
  })
})
