// Owns: the public face of the media server, and the only wiring of its parts.
import type { InputName, Problem, StreamHealth } from './health.ts'
import type { CatalogueRequest, MediaAnswer, ReloadQuery } from './hls/catalogue.ts'
import { defaultLimits, type MediaLimits } from './limits.ts'
import { type RecordingCatalogue, RecordingNotFound, type RecordingOptions, Recordings } from './recording/recordings.ts'
import { RtmpServer } from './rtmp/server.ts'
import { type Feed, type Publisher, Stream } from './stream.ts'

export { type Advice, type AdviceCode, type AdviceLevel, advice, adviseOn } from './advice.ts'
export { demoClip } from './demo-clip.ts'
export {
  type FeedHealth,
  type InputHealth,
  type InputName,
  type InputState,
  type Problem,
  type ProblemCode,
  problems,
  type StreamHealth,
} from './health.ts'
export type { MediaAnswer, ReloadQuery } from './hls/catalogue.ts'
export { defaultLimits, type MediaLimits } from './limits.ts'
export type { RecordingDownload } from './recording/recording-file.ts'
export type { RecordingCatalogue, RecordingInfo, RecordingOptions } from './recording/recordings.ts'
export { type PublishEvent, publishFlv } from './rtmp/publisher.ts'

/** One line for the server's log. Never holds a stream key. */
export type MediaLogLine = { level: 'info' | 'warn' | 'error'; message: string; streamId?: string; [key: string]: unknown }

type Admitted = { streamId: string; input: InputName; choice?: InputName | 'auto' }

export type MediaServerOptions = {
  /** Port 0 takes any free one. */
  rtmp: { host: string; port: number }
  /** `cert` and `key` are PEM texts. */
  rtmps?: { host: string; port: number; cert: string; key: string }
  /**
   * Judges a stream key before Publish.Start. Undefined: NetStream.Publish.BadName. `choice` is what `switchInput` said last of a stream that
   * this server may not have known then; auto where it is absent.
   */
  authorize(request: { app: string; streamKey: string }): Promise<Admitted | undefined>
  /** Absent: nothing is recorded. */
  recordings?: RecordingOptions
  limits?: Partial<MediaLimits>
  /** Unix milliseconds. */
  now?: () => number
  log?: (line: MediaLogLine) => void
}

/** A feed arrived, dropped, or its health changed noticeably. */
export type StreamChange = { streamId: string; live: boolean; health: StreamHealth }

export type MediaServer = {
  readonly rtmpPort: number
  readonly rtmpsPort?: number
  /** What is in memory of a name below a stream at this moment: `serve` without its waiting. Undefined where there is nothing, or nothing yet. */
  held(request: { streamId: string; name: string }): MediaAnswer | undefined
  /** Answers one request for a name below a stream; never rejects. Waits where a playlist reload or a hinted part asks for it. */
  serve(request: { streamId: string; name: string; query?: ReloadQuery; signal?: AbortSignal }): Promise<MediaAnswer>
  /** Undefined for a stream nobody has published to lately. */
  health(streamId: string): StreamHealth | undefined
  streams(): string[]
  /** Answers how to stop listening. */
  onChange(listener: (change: StreamChange) => void): () => void
  /** Shows one input of a stream, or leaves the choice to it. Unknown streams are ignored. */
  switchInput(streamId: string, input: InputName | 'auto'): void
  /** Sends a stream's publishers away; they may come back if they are still authorized. */
  disconnect(streamId: string, reason: string): void
  /** The program is over: as `disconnect`, and players are told that nothing more comes. */
  end(streamId: string): void
  readonly recordings: RecordingCatalogue
  /** Says goodbye to publishers, answers everyone who waits, and finishes recordings. */
  close(): Promise<void>
}

const tickMs = 500

const nothingRecorded: RecordingCatalogue = {
  list: async () => [],
  open: async () => {
    throw new RecordingNotFound()
  },
  remove: async () => undefined,
}

/** Starts a media server that is listening when the promise is fulfilled. @throws the error of listen */
export async function createMediaServer(options: MediaServerOptions): Promise<MediaServer> {
  const limits: MediaLimits = { ...defaultLimits, ...options.limits }
  const now = options.now ?? Date.now
  const log = options.log ?? (() => undefined)
  const streams = new Map<string, Stream>()
  const listeners = new Set<(change: StreamChange) => void>()

  const changed = (change: StreamChange): void => {
    for (const listener of listeners) {
      try {
        listener(change)
      } catch (error) {
        log({ level: 'error', message: 'A listener failed', streamId: change.streamId, error: String(error) })
      }
    }
  }

  const logProblems = (streamId: string): ((problem: Problem | undefined) => void) => {
    let last: Problem | undefined
    return (problem) => {
      if (problem === undefined || problem === last) return
      last = problem
      log({ level: 'warn', message: problem.says, code: problem.code, streamId })
    }
  }

  const recordings =
    options.recordings === undefined
      ? undefined
      : new Recordings(options.recordings, { now, log, maxQueueBytes: limits.recordingQueueBytes })

  const openStream = ({ streamId, choice = 'auto' }: Admitted): Stream | undefined => {
    const known = streams.get(streamId)
    if (known !== undefined || streams.size >= limits.streams) return known
    const logProblem = logProblems(streamId)
    const recorder = recordings?.recorder(streamId, (code) => void streams.get(streamId)?.problem(code))
    const stream = new Stream({
      ...(recorder === undefined ? {} : { recorder }),
      limits,
      now,
      onChange: (change) => {
        logProblem(change.health.lastProblem)
        changed({ streamId, ...change })
      },
    })
    streams.set(streamId, stream)
    stream.choose(choice)
    return stream
  }

  const admit = async (request: { app: string; streamKey: string }, publisher: Publisher): Promise<Feed | undefined> => {
    const admitted = await options.authorize(request)
    // Someone who left meanwhile must not take over from someone who is there.
    if (admitted === undefined || publisher.closed) return undefined
    const { streamId, input } = admitted
    const feed = openStream(admitted)?.attach(input, publisher)
    if (feed === undefined) log({ level: 'error', message: 'Too many streams', streamId })
    else log({ level: 'info', message: 'A publisher connected', streamId, input })
    return feed
  }

  const shared = { limits, now, admit, log }
  const rtmp = await RtmpServer.listen({ ...shared, host: options.rtmp.host, port: options.rtmp.port })
  const { rtmps: secure } = options
  let rtmps: RtmpServer | undefined
  try {
    if (secure !== undefined)
      rtmps = await RtmpServer.listen({ ...shared, host: secure.host, port: secure.port, tls: { cert: secure.cert, key: secure.key } })
  } catch (error) {
    await rtmp.close()
    throw error
  }

  const timer = setInterval(() => {
    for (const [streamId, stream] of streams) {
      stream.tick()
      if (stream.idleSince === undefined || now() - stream.idleSince < limits.retainMs) continue
      streams.delete(streamId)
      stream.close()
    }
  }, tickMs)
  timer.unref()

  return {
    rtmpPort: rtmp.port,
    ...(rtmps === undefined ? {} : { rtmpsPort: rtmps.port }),
    held: ({ streamId, name }) => streams.get(streamId)?.catalogue.held(name),
    serve: async ({ streamId, ...request }) => {
      const catalogue = streams.get(streamId)?.catalogue
      return catalogue === undefined ? { status: 404, code: 'not_found' } : await catalogue.serve(request satisfies CatalogueRequest)
    },
    health: (streamId) => streams.get(streamId)?.health(),
    streams: () => [...streams.keys()],
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    switchInput: (streamId, input) => streams.get(streamId)?.choose(input),
    disconnect: (streamId, reason) => streams.get(streamId)?.disconnect(reason),
    end: (streamId) => streams.get(streamId)?.end('The program has ended'),
    recordings: recordings ?? nothingRecorded,
    close: async () => {
      clearInterval(timer)
      for (const stream of streams.values()) stream.close()
      await Promise.all([rtmp.close(), rtmps?.close(), recordings?.close()])
      streams.clear()
    },
  }
}
