import { describe, expect, test } from 'vitest'
import { silence } from '../src/codec/aac.ts'
import { type Frame, Segmenter, type SegmenterOptions, type SegmenterOutput } from '../src/hls/segmenter.ts'
import { audioConfig, type FeedOptions, frames, videoConfig } from './feed.ts'

type Part = Extract<SegmenterOutput, { type: 'part' }>
type Outcome = { outputs: SegmenterOutput[]; parts: Part[]; segments: Part[][]; tracks: Extract<SegmenterOutput, { type: 'tracks' }>[] }

function segmenter(options: Partial<SegmenterOptions> = {}): Segmenter {
  return new Segmenter({
    maxPartSeconds: () => 0.3,
    segmentSeconds: 2,
    maxSegmentSeconds: () => 10.49,
    maxSegmentBytes: 1e9,
    promised: {},
    startMs: 0,
    ...options,
  })
}

function outcome(outputs: SegmenterOutput[]): Outcome {
  const segments: Part[][] = []
  let open: Part[] = []
  for (const output of outputs) {
    if (output.type === 'part') open.push(output)
    if (output.type === 'segment') {
      segments.push(open)
      open = []
    }
  }
  return {
    outputs,
    segments,
    parts: outputs.filter((output) => output.type === 'part'),
    tracks: outputs.filter((output) => output.type === 'tracks'),
  }
}

function run(feed: readonly Frame[], options: Partial<SegmenterOptions> = {}): Outcome {
  const cutter = segmenter(options)
  const outputs = feed.flatMap((frame) => cutter.push(frame, 5_000))
  return outcome([...outputs, ...cutter.end()])
}

const duration = (parts: readonly Part[]): number => parts.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)

/** The samples of one track, read back out of the fragments. */
function samples(
  parts: readonly Part[],
  track: 'video' | 'audio',
): { decodeTime: number; duration: number; compositionOffset: number; key: boolean }[] {
  return parts.flatMap(({ fragment: { bytes, decodeTimes } }) => {
    const found = decodeTimes.find((one) => one.track === track)
    if (found === undefined) return []
    let decodeTime = Number(bytes.readBigUInt64BE(found.position))
    const trun = found.position + 8
    const entryBytes = track === 'video' ? 16 : 8
    return Array.from({ length: bytes.readUInt32BE(trun + 12) }, (_, index) => {
      const entry = trun + 20 + index * entryBytes
      const sample = {
        decodeTime,
        duration: bytes.readUInt32BE(entry),
        compositionOffset: track === 'video' ? bytes.readInt32BE(entry + 12) : 0,
        key: track === 'audio' || bytes.readUInt32BE(entry + 8) === 0x02000000,
      }
      decodeTime += sample.duration
      return sample
    })
  })
}

describe('parts and segments', () => {
  const cases: [string, FeedOptions, { segment: number; parts: number }][] = [
    ['25 frames a second', { seconds: 20, fps: 25 }, { segment: 2, parts: 8 }],
    ['30 frames a second', { seconds: 20, fps: 30 }, { segment: 2, parts: 7 }],
    ['29.97 frames a second', { seconds: 20, fps: 30_000 / 1001 }, { segment: 2.002, parts: 7 }],
    ['24 frames a second', { seconds: 20, fps: 24 }, { segment: 2, parts: 7 }],
    ['50 frames a second', { seconds: 20, fps: 50 }, { segment: 2, parts: 7 }],
    ['59.94 frames a second', { seconds: 20, fps: 60_000 / 1001 }, { segment: 2.002, parts: 7 }],
    ['key frames each second', { seconds: 20, fps: 30, gopSeconds: 1 }, { segment: 2, parts: 7 }],
    ['key frames each 1.5 s', { seconds: 21, fps: 30, gopSeconds: 1.5 }, { segment: 1.5, parts: 5 }],
    ['key frames each 2.4 s', { seconds: 24, fps: 30, gopSeconds: 2.4 }, { segment: 2.4, parts: 8 }],
  ]
  test.each(cases)('%s: segments begin with key frames, parts are even and never longer than 0.3 s', (_, feed, expected) => {
    const { segments, parts } = run(frames(feed), { promised: { framesPerSecond: feed.fps ?? 25 } })
    expect(segments.length).toBeGreaterThan(5)
    for (const segment of segments.slice(1, -1)) {
      expect(duration(segment)).toBeCloseTo(expected.segment, 3)
      expect(segment).toHaveLength(expected.parts)
    }
    for (const segment of segments) {
      expect(segment[0]?.independent).toBe(true)
      for (const { durationSeconds } of segment.slice(0, -1)) expect(durationSeconds).toBeGreaterThan(0.2)
    }
    for (const { durationSeconds } of parts) expect(durationSeconds).toBeLessThanOrEqual(0.3011)
  })

  test('the last part of a segment is never shorter than 0.2 s while key frames are regular, as hls.js can lose such a part', () => {
    for (const fps of [15, 24, 25, 30_000 / 1001, 30, 48, 50, 60]) {
      const { segments } = run(frames({ seconds: 20, fps }), { promised: { framesPerSecond: fps } })
      for (const segment of segments.slice(1, -1)) expect(segment.at(-1)?.durationSeconds).toBeGreaterThanOrEqual(0.2)
    }
  })

  test('a part is published only when the frame that opens the next one is here, so a hinted part is never empty', () => {
    const cutter = segmenter({ promised: { audio: false } })
    const feed = frames({ seconds: 3, fps: 25, audio: false })
    let sent = 0
    let published = 0
    for (const frame of feed) {
      sent++
      for (const output of cutter.push(frame, 0)) if (output.type === 'part') published += samples([output], 'video').length
      expect(published).toBeLessThan(sent)
    }
    const rest = cutter.end().filter((output) => output.type === 'part')
    expect(samples(rest, 'video').length).toBe(sent - published)
    expect(rest.length).toBeGreaterThan(0)
  })

  test('a key frame interval longer than the longest segment is cut without a key frame, and the segment says so', () => {
    const { segments } = run(frames({ seconds: 20, fps: 25, gopSeconds: 10 }), { maxSegmentSeconds: () => 2.49 })
    for (const segment of segments) expect(duration(segment)).toBeLessThanOrEqual(2.49)
    expect(segments.map((segment) => segment[0]?.independent)).toContain(false)
  })

  test('a segment of too many bytes is cut', () => {
    const { segments } = run(frames({ seconds: 8, fps: 25, gopSeconds: 8 }), { maxSegmentBytes: 6_000 })
    expect(segments.length).toBeGreaterThan(2)
  })

  test('timestamps that stand still gather no frames without end', () => {
    const feed = frames({ seconds: 100, fps: 25, audio: false }).map((frame) => ({ ...frame, ms: 0 }))
    const { parts } = run(feed, { promised: { audio: false } })
    for (const part of parts) expect(samples([part], 'video').length).toBeLessThanOrEqual(513)
  })

  test('a frame that lasts unexpectedly long does not overfill the part it would have closed', () => {
    const feed = frames({ seconds: 4, fps: 25, audio: false }).filter(({ ms }) => ms < 1_000 || ms > 1_180)
    const { parts } = run(feed, { promised: { audio: false } })
    for (const { durationSeconds } of parts) expect(durationSeconds).toBeLessThanOrEqual(0.301)
  })
})

describe('time', () => {
  test('29.97 frames a second in whole milliseconds become exactly 3,003 ticks each', () => {
    const { parts } = run(frames({ seconds: 30, fps: 30_000 / 1001 }), { promised: { framesPerSecond: 29.97 } })
    expect(new Set(samples(parts, 'video').map((sample) => sample.duration))).toEqual(new Set([3003]))
  })

  test('23.976 frames a second do not drift away from the timestamps', () => {
    const feed = frames({ seconds: 600, fps: 24_000 / 1001, audio: false })
    const { parts } = run(feed, { promised: { framesPerSecond: 23.976, audio: false } })
    const last = samples(parts, 'video').at(-1)
    expect((last?.decodeTime ?? 0) / 90 - 5_000).toBeCloseTo(feed.at(-1)?.ms ?? 0, -1)
  })

  test('video and audio stay contiguous over parts and segments, and together', () => {
    const { parts } = run(frames({ seconds: 60, fps: 30_000 / 1001 }), { promised: { framesPerSecond: 29.97 } })
    for (const track of ['video', 'audio'] as const) {
      const all = samples(parts, track)
      all.slice(1).forEach((sample, index) => {
        const before = all[index]
        expect(sample.decodeTime).toBe((before?.decodeTime ?? 0) + (before?.duration ?? 0))
      })
    }
    const end = (track: 'video' | 'audio', rate: number): number => {
      const last = samples(parts, track).at(-1)
      return ((last?.decodeTime ?? 0) + (last?.duration ?? 0)) / rate
    }
    expect(Math.abs(end('video', 90_000) - end('audio', 48_000))).toBeLessThan(0.04)
  })

  test('B-frames keep their composition offsets, also negative ones, beside an undisturbed sound', () => {
    const offsets = [80, 160, 40, -40]
    const feed = frames({ seconds: 6, fps: 25, compositionMs: (index) => offsets[index % 4] ?? 0 })
    const { parts } = run(feed, { promised: { framesPerSecond: 25 } })
    const video = samples(parts, 'video')
    expect(video.slice(0, 4).map((sample) => sample.compositionOffset)).toEqual([7_200, 14_400, 3_600, -3_600])
    expect(samples(parts, 'audio')[0]?.decodeTime).toBe((video[0]?.decodeTime ?? 0) * (48_000 / 90_000))
  })

  test('sound whose clock drifts is led back by single milliseconds and not by gaps', () => {
    const drifting = frames({ seconds: 120, fps: 25 }).map((frame) =>
      frame.kind === 'audio' ? { ...frame, ms: Math.round(frame.ms * 1.002) } : frame,
    )
    const { parts } = run(drifting)
    const audio = samples(parts, 'audio')
    const steps = audio.slice(1).map((sample, index) => sample.decodeTime - (audio[index]?.decodeTime ?? 0))
    expect(Math.max(...steps)).toBeLessThanOrEqual(1024 + 48)
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(1024)
    // After two minutes the sound would be 240 ms early, had it only been counted.
    const soundOfTwoMinutes = audio.filter(({ decodeTime }) => decodeTime / 48 < 125_000).length
    expect(soundOfTwoMinutes * 1024).toBeLessThan(48_000 * (120 - 0.2))
  })

  test('what begins is placed at the present, and never before what there was', () => {
    expect(run(frames({ seconds: 3, fromMs: 4_000_000 })).parts[0]?.startMs).toBe(5_000)
    expect(run(frames({ seconds: 3 }), { startMs: 9_000 } as Partial<SegmenterOptions>).parts[0]?.startMs).toBe(9_000)
  })

  test.each([
    ['forward', 60_000],
    ['back', -60_000],
  ])('timestamps that jump %s begin anew behind a discontinuity, with sound and picture together', (_, jump) => {
    const before = frames({ seconds: 6, fromMs: 100_000 })
    const after = frames({ seconds: 6, fromMs: 106_000 + jump })
    const cutter = segmenter()
    const outputs = [...before, ...after].flatMap((frame, index) => cutter.push(frame, 5_000 + (index < before.length ? 0 : 6_000)))
    const { tracks, parts } = outcome([...outputs, ...cutter.end()])
    expect(tracks).toHaveLength(2)
    expect(tracks.map((one) => one.tracks.audio)).toEqual([audioConfig, audioConfig])
    expect(duration(parts)).toBeCloseTo(12, 1)
    const starts = parts.map(({ startMs }) => startMs)
    expect(starts).toEqual([...starts].sort((one, other) => one - other))
  })
})

describe('tracks', () => {
  test('audio alone is cut into parts and segments of its own frames', () => {
    const { segments, tracks, parts } = run(frames({ seconds: 20, video: false }), { promised: { video: false, audio: true } })
    expect(tracks.map((one) => one.tracks)).toEqual([{ audio: audioConfig }])
    for (const segment of segments.slice(1, -1)) expect(duration(segment)).toBeCloseTo(2, 1)
    for (const part of parts) {
      expect(part.independent).toBe(true)
      expect(part.durationSeconds).toBeLessThanOrEqual(0.3)
    }
    expect(samples(parts, 'audio')).toHaveLength(frames({ seconds: 20, video: false }).length)
  })

  test('audio alone without metadata begins after a second, and loses nothing', () => {
    const feed = frames({ seconds: 10, video: false })
    const { parts } = run(feed)
    expect(samples(parts, 'audio')).toHaveLength(feed.length)
  })

  test('video alone gets a silent track, so that a later feed with sound plays in the same player', () => {
    const { tracks, parts } = run(frames({ seconds: 10, audio: false }))
    expect(tracks.map((one) => one.tracks)).toEqual([{ video: videoConfig, audio: silence.config }])
    const sound = samples(parts, 'audio')
    expect((sound.length * 1024) / 48_000).toBeCloseTo(10, 1)
  })

  test('sound that begins later joins at a key frame behind a discontinuity', () => {
    const feed = frames({ seconds: 12 }).filter((frame) => frame.kind === 'video' || frame.ms > 4_500)
    const { tracks } = run(feed)
    expect(tracks.map((one) => one.tracks.audio)).toEqual([silence.config, audioConfig])
    expect((tracks[1]?.startMs ?? 0) - 5_000).toBe(6_000)
  })

  test('sound that stops is replaced by silence at a key frame', () => {
    const feed = frames({ seconds: 12 }).filter((frame) => frame.kind === 'video' || frame.ms < 4_500)
    const { tracks, parts } = run(feed)
    expect(tracks.map((one) => one.tracks.audio)).toEqual([audioConfig, silence.config])
    expect(duration(parts)).toBeCloseTo(12, 1)
  })

  test('a new picture size begins a new initialization at its key frame and goes on in time', () => {
    const larger = { ...videoConfig, width: 1920, height: 1080 }
    const { tracks, parts } = run([...frames({ seconds: 5 }), ...frames({ seconds: 5, fromMs: 5_000, videoConfig: larger })])
    expect(tracks.map((one) => one.tracks.video)).toEqual([videoConfig, larger])
    expect((tracks[1]?.startMs ?? 0) - (tracks[0]?.startMs ?? 0)).toBe(5_000)
    expect(duration(parts)).toBeCloseTo(10, 2)
  })

  test('a new sound configuration takes effect at the next key frame', () => {
    const other = { ...audioConfig, sampleRate: 44_100 }
    const { tracks } = run([...frames({ seconds: 5 }), ...frames({ seconds: 5, fromMs: 5_000, gopSeconds: 1, audioConfig: other })])
    expect(tracks.map((one) => one.tracks.audio)).toEqual([audioConfig, other])
  })

  test('a picture that joins a sound begins a new initialization', () => {
    const feed = frames({ seconds: 10 }).filter((frame) => frame.kind === 'audio' || frame.ms > 5_000)
    const { tracks } = run(feed, { promised: { video: false, audio: true } })
    expect(tracks.map((one) => one.tracks.video)).toEqual([undefined, videoConfig])
  })

  test('nothing is published before the first key frame', () => {
    const feed = frames({ seconds: 5 }).filter(({ ms }) => ms > 500)
    const { parts } = run(feed)
    expect(parts[0]?.independent).toBe(true)
    expect(duration(parts)).toBeCloseTo(3, 1)
  })

  test('sound far ahead of the picture waits for it, within bounds', () => {
    const feed = frames({ seconds: 8 }).map((frame) => ({ frame, sentAt: frame.kind === 'audio' ? frame.ms - 900 : frame.ms }))
    feed.sort((one, other) => one.sentAt - other.sentAt)
    const { parts } = run(feed.map(({ frame }) => frame))
    expect(samples(parts, 'audio').length).toBeGreaterThan(8 * 46)
    expect(samples(parts, 'video').length).toBe(200)
  })
})
