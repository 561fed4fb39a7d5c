// Owns: the folder of recordings: which there are, what is recorded now, and what has to go for size or age.
import { randomBytes } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ProblemCode } from '../health.ts'
import type { Tracks } from '../mp4/init.ts'
import type { RecorderPort } from '../stream.ts'
import {
  durationMs,
  openDownload,
  type RecordingDownload,
  type RecordingNote,
  RecordingWriter,
  readNote,
  recordingIdPattern,
  removeFiles,
} from './recording-file.ts'

export type RecordingOptions = {
  /** Made when it is missing. Holds recordings and nothing else. */
  directory: string
  /** Of all recordings together: the oldest go first, and where only running ones are left they stop. */
  maxBytes: number
  /** From their end on. */
  maxAgeMs: number
  /** Asked when a feed begins and at each segment, so it can be switched while the feed runs. */
  enabled(streamId: string): boolean
}

/** Times in Unix milliseconds; `endedAt` is absent while it is being recorded. */
export type RecordingInfo = {
  recordingId: string
  streamId: string
  startedAt: number
  endedAt?: number
  durationMs: number
  sizeBytes: number
}

/** What the server's surroundings do with recordings. */
export type RecordingCatalogue = {
  /** Newest first. */
  list(streamId?: string): Promise<RecordingInfo[]>
  /** @throws Error with code not_found */
  open(recordingId: string): Promise<RecordingDownload>
  /** Deletes it, ending it first if need be; an unknown one is no error. */
  remove(recordingId: string): Promise<void>
}

/** Thrown where a recording does not exist. */
export class RecordingNotFound extends Error {
  override name = 'RecordingNotFound'
  readonly code = 'not_found'

  constructor() {
    super('There is no such recording')
  }
}

type Surroundings = {
  now: () => number
  maxQueueBytes: number
  log: (line: { level: 'info' | 'warn' | 'error'; message: string; streamId?: string; error?: string }) => void
}

const ageCheckMs = 60_000
/** A disk that hangs must not keep the server from stopping. */
const closeMs = 5_000

/** All recordings. Never throws into the live stream: what fails is told by `onProblem` and the log. */
export class Recordings implements RecordingCatalogue {
  readonly #options: RecordingOptions
  readonly #around: Surroundings
  readonly #finished = new Map<string, RecordingNote>()
  readonly #running = new Map<string, { writer: RecordingWriter; stop: (code: ProblemCode) => void }>()
  readonly #endings = new Set<Promise<void>>()
  readonly #ready: Promise<void>
  readonly #timer: NodeJS.Timeout

  constructor(options: RecordingOptions, around: Surroundings) {
    this.#options = options
    this.#around = around
    this.#ready = this.#load()
    this.#timer = setInterval(() => void this.#enforce(), ageCheckMs)
    this.#timer.unref()
  }

  async list(streamId?: string): Promise<RecordingInfo[]> {
    await this.#ready
    const running = [...this.#running].map(([recordingId, { writer }]) => describe(recordingId, writer.note))
    const finished = [...this.#finished].map(([recordingId, note]) => describe(recordingId, note))
    return [...running, ...finished]
      .filter((info) => streamId === undefined || info.streamId === streamId)
      .sort((one, other) => other.startedAt - one.startedAt)
  }

  async open(recordingId: string): Promise<RecordingDownload> {
    await this.#ready
    const note = this.#running.get(recordingId)?.writer.note ?? this.#finished.get(recordingId)
    if (note === undefined || note.entries.length === 0) throw new RecordingNotFound()
    return await openDownload(this.#options.directory, recordingId, note)
  }

  async remove(recordingId: string): Promise<void> {
    await this.#ready
    const running = this.#running.get(recordingId)
    if (running !== undefined) await this.#end(running.writer)
    if (!this.#finished.delete(recordingId)) return
    await removeFiles(this.#options.directory, recordingId)
  }

  /** Ends what is being recorded; fulfilled when it is on disk, or when the disk has had its time. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const { writer } of this.#running.values()) void this.#end(writer)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeMs)
    })
    await Promise.race([Promise.all(this.#endings), late])
    clearTimeout(timer)
  }

  /** Makes the recorder of one stream. */
  recorder(streamId: string, onProblem: (code: ProblemCode) => void): RecorderPort {
    let tracks: Tracks | undefined
    let writer: RecordingWriter | undefined
    let stopped = false
    const enabled = (): boolean => this.#options.enabled(streamId)
    const end = (): void => {
      if (writer !== undefined) void this.#end(writer)
      writer = undefined
    }
    const begin = (): void => {
      if (tracks === undefined || stopped) return
      const begun = this.#begin(streamId, tracks, (code) => {
        if (writer === begun) {
          stopped = true
          end()
        }
        onProblem(code)
      })
      writer = begun
    }
    return {
      get active() {
        return writer !== undefined
      },
      begin: (next) => {
        end()
        tracks = next
        stopped = false
        if (enabled()) begin()
      },
      part: (part) => writer?.add(part),
      segment: () => {
        void this.#enforce()
        const wanted = enabled()
        if (!wanted) {
          end()
          stopped = false
        } else if (writer === undefined) begin()
      },
      end: () => {
        end()
        tracks = undefined
      },
    }
  }

  #begin(streamId: string, tracks: Tracks, stop: (code: ProblemCode) => void): RecordingWriter {
    const startedAt = this.#around.now()
    const time = new Date(startedAt).toISOString().replace(/[-:]|\.\d+/g, '')
    const writer = new RecordingWriter({
      directory: this.#options.directory,
      recordingId: `${time}-${randomBytes(6).toString('hex')}`,
      streamId,
      startedAt,
      tracks,
      maxQueueBytes: this.#around.maxQueueBytes,
      ready: this.#ready,
      onFailure: (error) => {
        this.#around.log({ level: 'error', message: 'A recording failed', streamId, error: error.message })
        stop('recording_failed')
      },
    })
    this.#running.set(writer.recordingId, { writer, stop })
    return writer
  }

  async #end(writer: RecordingWriter): Promise<void> {
    const ending = writer.end().then(() => {
      if (!this.#running.delete(writer.recordingId)) return
      if (writer.note.entries.length > 0) this.#finished.set(writer.recordingId, writer.note)
    })
    this.#endings.add(ending)
    await ending
    this.#endings.delete(ending)
  }

  /** Finds what earlier processes left. A folder that cannot be read is told when something is to be written to it. */
  async #load(): Promise<void> {
    const { directory } = this.#options
    try {
      await makeFolder(directory)
      const ids = (await readdir(directory)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length))
      for (const recordingId of ids.filter((id) => recordingIdPattern.test(id))) await this.#loadOne(recordingId)
      await this.#enforce({ loading: true })
    } catch (error) {
      this.#around.log({ level: 'error', message: 'The folder of recordings cannot be used', error: String(error) })
    }
  }

  async #loadOne(recordingId: string): Promise<void> {
    const { directory } = this.#options
    try {
      const note = await readNote(directory, recordingId)
      if (note.entries.length === 0) await removeFiles(directory, recordingId)
      else this.#finished.set(recordingId, note)
    } catch (error) {
      this.#around.log({ level: 'warn', message: 'A recording cannot be read', error: String(error) })
    }
  }

  async #enforce({ loading = false } = {}): Promise<void> {
    if (!loading) await this.#ready
    const { directory, maxAgeMs, maxBytes } = this.#options
    const now = this.#around.now()
    const oldestFirst = [...this.#finished].sort(([, one], [, other]) => one.startedAt - other.startedAt)
    const running = [...this.#running.values()]
    let total = [...oldestFirst.map(([, note]) => note), ...running.map(({ writer }) => writer.note)].reduce(
      (sum, note) => sum + sizeBytes(note),
      0,
    )
    for (const [recordingId, note] of oldestFirst) {
      if (total <= maxBytes && now - (note.endedAt ?? now) <= maxAgeMs) continue
      total -= sizeBytes(note)
      this.#finished.delete(recordingId)
      try {
        await removeFiles(directory, recordingId)
      } catch (error) {
        this.#around.log({ level: 'error', message: 'A recording cannot be deleted', error: String(error) })
      }
    }
    if (total > maxBytes) for (const { stop } of running) stop('recording_full')
  }
}

/** Makes a folder and those above it. Node 20's own recursive mkdir never comes back where the kernel answers ENOENT for ever, as /proc does. */
async function makeFolder(directory: string): Promise<void> {
  const make = async (): Promise<void> => {
    await mkdir(directory, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || dirname(directory) === directory) throw error
    await makeFolder(dirname(directory))
    await make()
  })
}

function sizeBytes(note: RecordingNote): number {
  return note.wholeBytes
}

function describe(recordingId: string, note: RecordingNote): RecordingInfo {
  const { streamId, startedAt, endedAt } = note
  return {
    recordingId,
    streamId,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    durationMs: durationMs(note),
    sizeBytes: sizeBytes(note),
  }
}
