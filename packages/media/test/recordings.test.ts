import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { needs } from '../../../test/require.ts'
import type { ProblemCode } from '../src/health.ts'
import { Segmenter } from '../src/hls/segmenter.ts'
import { RecordingNotFound, type RecordingOptions, Recordings } from '../src/recording/recordings.ts'
import type { RecorderPort } from '../src/stream.ts'
import { audioConfig, clipTags, type FeedOptions, frames, videoConfig } from './feed.ts'

const folders: string[] = []
const open: Recordings[] = []
afterEach(async () => {
  for (const recordings of open.splice(0)) await recordings.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'voila-recordings-'))
  folders.push(made)
  return made
}

class Studio {
  nowMs = Date.UTC(2026, 0, 2)
  enabled = true
  readonly problems: ProblemCode[] = []
  readonly errors: string[] = []
  readonly recordings: Recordings
  readonly directory: string

  constructor(options: Partial<RecordingOptions> & { maxQueueBytes?: number } = {}) {
    const { maxQueueBytes = 1e8, ...rest } = options
    this.directory = options.directory ?? folder()
    this.recordings = new Recordings(
      { directory: this.directory, maxBytes: 1e9, maxAgeMs: 1e9, enabled: () => this.enabled, ...rest },
      { now: () => this.nowMs, maxQueueBytes, log: ({ message, error }) => this.errors.push(`${message} ${error ?? ''}`) },
    )
    open.push(this.recordings)
  }

  recorder(streamId = 'one'): RecorderPort {
    return this.recordings.recorder(streamId, (code) => this.problems.push(code))
  }

  /** Records a feed; `end` leaves it finished. */
  async record(recorder: RecorderPort, options: FeedOptions & { end?: boolean; startMs?: number }): Promise<void> {
    const segmenter = new Segmenter({
      maxPartSeconds: () => 0.3,
      segmentSeconds: 2,
      maxSegmentSeconds: () => 10,
      maxSegmentBytes: 1e9,
      promised: {},
      startMs: options.startMs ?? 90_000_000,
    })
    const outputs = frames(options).flatMap((frame) => segmenter.push(frame, 0))
    for (const output of [...outputs, ...segmenter.end()]) {
      if (output.type === 'tracks') recorder.begin(output.tracks)
      if (output.type === 'part') recorder.part(output)
      if (output.type === 'segment') recorder.segment()
    }
    if (options.end ?? true) recorder.end()
    await this.settled(options.end ?? true)
  }

  /** Waits until what was given is on disk: nothing grows any more, and what has ended says so. */
  async settled(ended: boolean): Promise<void> {
    let before = ''
    for (let tries = 0; tries < 100; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      const now = await this.recordings.list()
      const text = JSON.stringify(now)
      if (text === before && (!ended || now.every(({ endedAt }) => endedAt !== undefined))) return
      before = text
    }
  }
}

async function download(recordings: Recordings, recordingId: string, range?: { start: number; end: number }): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of (await recordings.open(recordingId)).stream(range)) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Top-level boxes as type and size. */
function boxes(bytes: Buffer): [string, number][] {
  const found: [string, number][] = []
  for (let position = 0; position < bytes.length; position += bytes.readUInt32BE(position))
    found.push([bytes.toString('latin1', position + 4, position + 8), bytes.readUInt32BE(position)])
  return found
}

describe('recordings', () => {
  test('what is published can be downloaded as an MP4 file with a duration, an index, and times from zero', async () => {
    const studio = new Studio()
    await studio.record(studio.recorder(), { seconds: 10 })
    const [info] = await studio.recordings.list()
    expect(info).toMatchObject({ streamId: 'one', startedAt: studio.nowMs, endedAt: studio.nowMs + 10_000, durationMs: 10_000 })
    expect(info?.recordingId).toMatch(/^20260102T000000Z-[0-9a-f]{12}$/)
    const file = await download(studio.recordings, info?.recordingId ?? '')
    const found = boxes(file)
    expect(found.slice(0, 5).map(([type]) => type)).toEqual(['ftyp', 'moov', 'sidx', 'moof', 'mdat'])
    expect(file.length).toBe((await studio.recordings.open(info?.recordingId ?? '')).sizeBytes)
    const mehd = file.indexOf('mehd')
    expect(Number(file.readBigUInt64BE(mehd + 8))).toBe(10_000)
    expect(file.readBigUInt64BE(file.indexOf('tfdt') + 8)).toBe(0n)
    const sidx = file.indexOf('sidx')
    expect(file.readUInt16BE(sidx + 34)).toBe(5)
    const indexed = Array.from({ length: 5 }, (_, index) => file.readUInt32BE(sidx + 36 + index * 12)).reduce((sum, size) => sum + size, 0)
    expect(indexed).toBe(found.slice(3).reduce((sum, [, size]) => sum + size, 0))
  })

  test('a range of the download is that range', async () => {
    const studio = new Studio()
    await studio.record(studio.recorder(), { seconds: 4 })
    const id = (await studio.recordings.list())[0]?.recordingId ?? ''
    const whole = await download(studio.recordings, id)
    for (const [start, end] of [
      [0, 0],
      [0, 99],
      [500, 2_000],
      [1_500, whole.length - 1],
      [whole.length - 1, whole.length - 1],
      [10, whole.length + 999],
    ] as const)
      expect((await download(studio.recordings, id, { start, end })).equals(whole.subarray(start, end + 1))).toBe(true)
    expect(await download(studio.recordings, id, { start: whole.length, end: whole.length })).toHaveLength(0)
  })

  test('a recording that goes on can be downloaded up to now', async () => {
    const studio = new Studio()
    await studio.record(studio.recorder(), { seconds: 6, end: false })
    const [info] = await studio.recordings.list()
    expect(info).not.toHaveProperty('endedAt')
    expect(info?.durationMs).toBeGreaterThan(3_000)
    expect(boxes(await download(studio.recordings, info?.recordingId ?? '')).at(-1)?.[0]).toBe('mdat')
  })

  test('what a killed process left is found again, without what was cut off in the middle', async () => {
    const killed = new Studio()
    await killed.record(killed.recorder(), { seconds: 10, end: false })
    const file = readdirSync(killed.directory).find((name) => name.endsWith('.mp4')) ?? ''
    const path = join(killed.directory, file)
    for (const cut of [1, 500, 3_000]) {
      truncateSync(path, readFileSync(path).length - cut)
      const note = JSON.parse(readFileSync(path.replace('.mp4', '.json'), 'utf8')) as Record<string, unknown>
      writeFileSync(path.replace('.mp4', '.json'), JSON.stringify({ ...note, endedAt: undefined }))
      const again = new Studio({ directory: killed.directory })
      const [info] = await again.recordings.list()
      expect(info?.endedAt).toBeGreaterThan(0)
      expect(info?.durationMs).toBeGreaterThan(5_000)
      const whole = await download(again.recordings, info?.recordingId ?? '')
      expect(boxes(whole).at(-1)?.[0]).toBe('mdat')
      expect(boxes(whole).reduce((sum, [, size]) => sum + size, 0)).toBe(whole.length)
    }
  })

  test('new tracks begin a new recording', async () => {
    const studio = new Studio()
    const recorder = studio.recorder()
    await studio.record(recorder, { seconds: 4, end: false })
    await studio.record(recorder, { seconds: 4, videoConfig: { ...videoConfig, width: 640 } })
    expect((await studio.recordings.list()).map(({ durationMs }) => durationMs)).toEqual([4_000, 4_000])
  })

  test('sound alone is recorded with an index of its own', async () => {
    const studio = new Studio()
    await studio.record(studio.recorder(), { seconds: 5, video: false })
    const [info] = await studio.recordings.list()
    expect(info?.durationMs).toBeGreaterThan(4_900)
    const file = await download(studio.recordings, info?.recordingId ?? '')
    expect(file.readUInt32BE(file.indexOf('sidx') + 12)).toBe(audioConfig.sampleRate)
  })

  test('the switch is heeded when a feed begins and while it runs', async () => {
    const studio = new Studio()
    const recorder = studio.recorder()
    studio.enabled = false
    await studio.record(recorder, { seconds: 4, end: false })
    expect([recorder.active, (await studio.recordings.list()).length]).toEqual([false, 0])
    studio.enabled = true
    recorder.segment()
    expect(recorder.active).toBe(true)
    studio.enabled = false
    recorder.segment()
    expect(recorder.active).toBe(false)
    await studio.settled(true)
    expect(readdirSync(studio.directory)).toEqual([])
  })

  test('the oldest recordings go when there is too much of them', async () => {
    const studio = new Studio()
    const sizes: number[] = []
    for (let count = 0; count < 4; count++) {
      studio.nowMs += 60_000
      await studio.record(studio.recorder(), { seconds: 4 })
      sizes.push((await studio.recordings.list())[0]?.sizeBytes ?? 0)
    }
    const kept = new Studio({ directory: studio.directory, maxBytes: (sizes[0] ?? 0) * 2.5 })
    expect((await kept.recordings.list()).map(({ startedAt }) => startedAt)).toEqual([studio.nowMs, studio.nowMs - 60_000])
    expect(readdirSync(studio.directory)).toHaveLength(4)
  })

  test('recordings go when they are old', async () => {
    const studio = new Studio({ maxAgeMs: 1_000_000 })
    await studio.record(studio.recorder(), { seconds: 4 })
    studio.nowMs += 900_000
    await studio.record(studio.recorder('two'), { seconds: 4 })
    studio.nowMs += 200_000
    const recorder = studio.recorder('three')
    await studio.record(recorder, { seconds: 4 })
    expect((await studio.recordings.list()).map(({ streamId }) => streamId)).toEqual(['three', 'two'])
    expect((await studio.recordings.list('two')).length).toBe(1)
  })

  test('a recording that alone is too large stops, and says so', async () => {
    const studio = new Studio({ maxBytes: 3_000 })
    const recorder = studio.recorder()
    await studio.record(recorder, { seconds: 2, end: false })
    recorder.segment()
    await studio.settled(true)
    expect([studio.problems, recorder.active]).toEqual([['recording_full'], false])
  })

  test.each<[string, (directory: string) => string]>([
    ['a file', (directory) => join(directory, 'file')],
    ['below a file', (directory) => join(directory, 'file', 'below')],
    ['on no disk', () => '/proc/nowhere'],
  ])('a folder that is %s harms nothing but the recording', async (_, place) => {
    const parent = folder()
    writeFileSync(join(parent, 'file'), '')
    const studio = new Studio({ directory: place(parent) })
    const recorder = studio.recorder()
    await studio.record(recorder, { seconds: 4, end: false })
    expect(studio.problems).toEqual(['recording_failed'])
    expect(recorder.active).toBe(false)
    expect(await studio.recordings.list()).toEqual([])
    recorder.end()
  })

  test('a disk that cannot keep up ends the recording rather than fill the memory', async () => {
    const studio = new Studio({ maxQueueBytes: 2_000 })
    const recorder = studio.recorder()
    await studio.record(recorder, { seconds: 10, end: false })
    expect(studio.problems).toEqual(['recording_failed'])
    expect(studio.errors.join()).toContain('too slow')
  })

  test('only what is in the catalogue is opened or removed, whatever the id says', async () => {
    const studio = new Studio()
    await studio.record(studio.recorder(), { seconds: 4 })
    const id = (await studio.recordings.list())[0]?.recordingId ?? ''
    writeFileSync(join(studio.directory, 'other.mp4'), 'keep me')
    for (const bad of ['', '.', '..', 'other', `../${id}`, `${id}/../other`, `${id}\0`, 'constructor', '__proto__']) {
      await expect(studio.recordings.open(bad)).rejects.toThrow(RecordingNotFound)
      await studio.recordings.remove(bad)
    }
    await studio.recordings.remove(id)
    expect(readdirSync(studio.directory)).toEqual(['other.mp4'])
    await expect(studio.recordings.open(id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a recording that goes on can be removed, and the feed goes on', async () => {
    const studio = new Studio()
    const recorder = studio.recorder()
    await studio.record(recorder, { seconds: 4, end: false })
    const id = (await studio.recordings.list())[0]?.recordingId ?? ''
    await studio.recordings.remove(id)
    expect(readdirSync(studio.directory)).toEqual([])
    recorder.segment()
    recorder.end()
  })

  test('strange files in the folder are left alone, and broken notes are passed over', async () => {
    const directory = folder()
    writeFileSync(join(directory, '20260102T000000Z-0123456789ab.json'), '{')
    writeFileSync(join(directory, 'notes.json'), '{}')
    const studio = new Studio({ directory })
    expect(await studio.recordings.list()).toEqual([])
    expect(existsSync(join(directory, 'notes.json'))).toBe(true)
  })

  test('files are for their owner alone', async () => {
    const studio = new Studio({ directory: join(folder(), 'new') })
    await studio.record(studio.recorder(), { seconds: 4 })
    const modes = execFileSync(
      'stat',
      ['-c', '%a', studio.directory, ...readdirSync(studio.directory).map((name) => join(studio.directory, name))],
      { encoding: 'utf8' },
    )
    expect(modes.trim().split('\n')).toEqual(['700', '600', '600'])
    chmodSync(studio.directory, 0o700)
  })
})

describe.skipIf(needs.ffmpeg())('a recording of the demo clip', () => {
  test('decodes from beginning to end, with picture and sound together', async () => {
    const studio = new Studio()
    const recorder = studio.recorder()
    const segmenter = new Segmenter({
      maxPartSeconds: () => 0.3,
      segmentSeconds: 2,
      maxSegmentSeconds: () => 10,
      maxSegmentBytes: 1e9,
      promised: { framesPerSecond: 30 },
      startMs: 1e9,
    })
    const outputs = clipTags
      .filter(({ type, body }) => type !== 18 && body[1] === 1)
      .flatMap(({ type, timestamp: ms, body }) =>
        segmenter.push(
          type === 9
            ? { kind: 'video', ms, compositionMs: 0, key: body[0] === 0x17, data: body.subarray(5), config: videoConfig }
            : { kind: 'audio', ms, data: body.subarray(2), config: audioConfig },
          0,
        ),
      )
    for (const output of [...outputs, ...segmenter.end()]) {
      if (output.type === 'tracks') recorder.begin(output.tracks)
      else if (output.type === 'part') recorder.part(output)
      else recorder.segment()
    }
    recorder.end()
    await studio.settled(true)
    const path = join(folder(), 'download.mp4')
    writeFileSync(path, await download(studio.recordings, (await studio.recordings.list())[0]?.recordingId ?? ''))
    const probe = JSON.parse(
      execFileSync(
        'ffprobe',
        [
          '-v',
          'error',
          '-count_frames',
          '-show_entries',
          'format=duration:stream=codec_type,start_time,nb_read_frames',
          '-of',
          'json',
          path,
        ],
        { encoding: 'utf8' },
      ),
    ) as { format: { duration: string }; streams: { codec_type: string; start_time: string; nb_read_frames: string }[] }
    expect(Number(probe.format.duration)).toBeCloseTo(24, 1)
    expect(probe.streams.map(({ codec_type, start_time }) => [codec_type, Number(start_time)])).toEqual([
      ['video', 0],
      ['audio', 0],
    ])
    expect(probe.streams.map(({ nb_read_frames }) => Number(nb_read_frames))).toEqual([720, 1125])
  })
})
