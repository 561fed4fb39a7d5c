// Owns: one recording: its two files on disk, written as the feed comes, and read as a download.
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Fragment } from '../mp4/fragment.ts'
import { addToIndex, buildSegmentIndex, type IndexEntry, scanFragments } from '../mp4/fragment-index.ts'
import { buildInit, type Tracks, trackIds, videoTimescale, withDuration } from '../mp4/init.ts'

/** A recording's id: its beginning in UTC, and chance. Nothing else is ever joined to a path. */
export const recordingIdPattern: RegExp = /^\d{8}T\d{6}Z-[0-9a-f]{12}$/

/** What is known of a recording beside its media. */
export type RecordingNote = {
  version: 1
  streamId: string
  /** Unix milliseconds. */
  startedAt: number
  endedAt?: number
  video: boolean
  timescale: number
  initBytes: number
  wholeBytes: number
  entries: IndexEntry[]
}

/** What can be downloaded: an MP4 file with duration and index, made of the fragments on disk. */
export type RecordingDownload = {
  sizeBytes: number
  contentType: 'video/mp4'
  /** The bytes, or those of a range; `end` is inclusive, as in HTTP. */
  stream(range?: { start: number; end: number }): Readable
}

export function mediaPath(directory: string, recordingId: string): string {
  return join(directory, `${recordingId}.mp4`)
}

export function notePath(directory: string, recordingId: string): string {
  return join(directory, `${recordingId}.json`)
}

export function durationMs(note: RecordingNote): number {
  return Math.round((note.entries.reduce((sum, { ticks }) => sum + ticks, 0) * 1000) / note.timescale)
}

async function writeNote(directory: string, recordingId: string, note: RecordingNote): Promise<void> {
  const path = notePath(directory, recordingId)
  await writeFile(`${path}.tmp`, JSON.stringify(note), { mode: 0o600 })
  await rename(`${path}.tmp`, path)
}

/** Reads a recording's note, and the media itself where the process was killed before it could write down what there is. */
export async function readNote(directory: string, recordingId: string): Promise<RecordingNote> {
  const note = JSON.parse(await readFile(notePath(directory, recordingId), 'utf8')) as RecordingNote
  if (note.endedAt !== undefined) return note
  const file = await open(mediaPath(directory, recordingId), 'r')
  try {
    const { mtimeMs } = await file.stat()
    const scan = await scanFragments(file, { video: note.video })
    const whole = { ...note, ...scan, endedAt: Math.round(mtimeMs) }
    await writeNote(directory, recordingId, whole)
    return whole
  } finally {
    await file.close()
  }
}

/** Prepares the download of a recording, finished or not, as it is now. */
export async function openDownload(directory: string, recordingId: string, note: RecordingNote): Promise<RecordingDownload> {
  const path = mediaPath(directory, recordingId)
  const { initBytes, timescale } = note
  // A copy: the recording may go on while it is downloaded.
  const entries = note.entries.map((entry) => ({ ...entry }))
  const length = durationMs({ ...note, entries })
  const mediaBytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const init = Buffer.alloc(initBytes)
  const file = await open(path, 'r')
  try {
    await file.read(init, 0, initBytes, 0)
  } finally {
    await file.close()
  }
  const trackId = note.video ? trackIds.video : trackIds.audio
  const head = Buffer.concat([withDuration(init, length), buildSegmentIndex({ trackId, timescale, entries })])
  const sizeBytes = head.length + mediaBytes
  return {
    sizeBytes,
    contentType: 'video/mp4',
    stream: ({ start, end } = { start: 0, end: sizeBytes - 1 }) =>
      Readable.from(readRange({ path, head, initBytes, start: Math.max(0, start), end: Math.min(end, sizeBytes - 1) }), {
        objectMode: false,
      }),
  }
}

async function* readRange(range: { path: string; head: Buffer; initBytes: number; start: number; end: number }): AsyncGenerator<Buffer> {
  const { path, head, initBytes, start, end } = range
  if (start > end) return
  if (start < head.length) yield head.subarray(start, end + 1)
  if (end < head.length) return
  const shift = initBytes - head.length
  yield* createReadStream(path, { start: Math.max(start, head.length) + shift, end: end + shift, highWaterMark: 256 * 1024 })
}

export type RecordingWriterOptions = {
  directory: string
  recordingId: string
  streamId: string
  startedAt: number
  tracks: Tracks
  maxQueueBytes: number
  /** Fulfilled when the folder is there. */
  ready: Promise<void>
  /** The disk failed or cannot keep up; nothing more is written. */
  onFailure: (error: Error) => void
}

type Queued = { bytes: readonly Buffer[]; fragment?: { sizeBytes: number; ticks: number; key: boolean } }

/** Writes one recording. Its methods return at once; what is queued is bounded. */
export class RecordingWriter {
  readonly recordingId: string
  readonly note: RecordingNote
  readonly #options: RecordingWriterOptions
  #queue: Queued[] = []
  #queuedBytes = 0
  #baseMs: number | undefined
  #ended = false
  #failed = false
  readonly #finished: Promise<void>
  #wake: () => void = () => undefined

  constructor(options: RecordingWriterOptions) {
    const { tracks, recordingId, streamId, startedAt } = options
    const init = buildInit(tracks)
    this.recordingId = recordingId
    this.#options = options
    this.note = {
      version: 1,
      streamId,
      startedAt,
      video: tracks.video !== undefined,
      timescale: this.#timescale('lead'),
      initBytes: init.length,
      wholeBytes: 0,
      entries: [],
    }
    this.#enqueue({ bytes: [init] })
    this.#finished = this.#write()
  }

  /** @param part.startMs  media time; the first part's becomes zero */
  add(part: { fragment: Fragment; startMs: number; durationSeconds: number; independent: boolean }): void {
    if (this.#ended || this.#failed) return
    const { fragment, startMs, durationSeconds, independent } = part
    const baseMs = this.#baseMs ?? startMs
    this.#baseMs = baseMs
    // Shared bytes are never changed: the moof is copied, the media is not.
    const moof = Buffer.from(fragment.bytes.subarray(0, fragment.moofBytes))
    for (const { position, track } of fragment.decodeTimes) {
      const base = BigInt(Math.round((baseMs * this.#timescale(track)) / 1000))
      const decodeTime = moof.readBigUInt64BE(position)
      moof.writeBigUInt64BE(decodeTime > base ? decodeTime - base : 0n, position)
    }
    this.#enqueue({
      bytes: [moof, fragment.bytes.subarray(fragment.moofBytes)],
      fragment: { sizeBytes: fragment.bytes.length, ticks: Math.round(durationSeconds * this.#timescale('lead')), key: independent },
    })
    if (this.#queuedBytes > this.#options.maxQueueBytes) this.#fail(new Error('the disk is too slow'))
  }

  /** Ends the recording; fulfilled when all of it is on disk. */
  async end(): Promise<void> {
    this.#ended = true
    this.#wake()
    await this.#finished
  }

  #timescale(track: 'lead' | 'video' | 'audio'): number {
    const { video, audio } = this.#options.tracks
    if (track === 'video' || (track === 'lead' && video !== undefined)) return videoTimescale
    return audio?.sampleRate ?? videoTimescale
  }

  #enqueue(item: Queued): void {
    this.#queue.push(item)
    this.#queuedBytes += byteLength(item)
    this.#wake()
  }

  #fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#queue = []
    this.#queuedBytes = 0
    this.#wake()
    this.#options.onFailure(error instanceof Error ? error : new Error(String(error)))
  }

  async #write(): Promise<void> {
    const { directory, recordingId } = this.#options
    let file: FileHandle | undefined
    try {
      await this.#options.ready
      await writeNote(directory, recordingId, this.note)
      file = await open(mediaPath(directory, recordingId), 'wx', 0o600)
      await this.#drain(file)
    } catch (error) {
      this.#fail(error)
    }
    try {
      await file?.close()
      this.note.endedAt = this.note.startedAt + durationMs(this.note)
      if (this.note.entries.length === 0) await removeFiles(directory, recordingId)
      else await writeNote(directory, recordingId, this.note)
    } catch (error) {
      this.#fail(error)
    }
  }

  async #drain(file: FileHandle): Promise<void> {
    while (!this.#failed) {
      const batch = this.#queue.splice(0)
      if (batch.length === 0) {
        if (this.#ended) return
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        continue
      }
      const { bytesWritten } = await file.writev(batch.flatMap(({ bytes }) => bytes))
      const bytes = batch.reduce((sum, item) => sum + byteLength(item), 0)
      this.#queuedBytes = Math.max(0, this.#queuedBytes - bytes)
      if (bytesWritten !== bytes) throw new Error('the disk took less than it was given')
      this.note.wholeBytes += bytes
      for (const { fragment } of batch) if (fragment !== undefined) addToIndex(this.note.entries, fragment)
    }
  }
}

function byteLength({ bytes }: Queued): number {
  return bytes.reduce((sum, { length }) => sum + length, 0)
}

/** Deletes both files of a recording; what is gone already is no error. */
export async function removeFiles(directory: string, recordingId: string): Promise<void> {
  for (const path of [mediaPath(directory, recordingId), notePath(directory, recordingId)]) {
    await unlink(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
}
