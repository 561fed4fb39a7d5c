// Owns: which names of a stream are answered, with what, and who waits for what comes next. RFC 8216bis, sections 6.2.5.2 and 6.2.6.
import { renderMediaPlaylist, renderMultivariantPlaylist, type VariantDescription } from './playlist.ts'
import type { SegmentWindow } from './window.ts'

/** What is answered to one request. `body` is shared by all who ask: never change it. */
export type MediaAnswer =
  | { status: 200; body: Buffer | readonly Buffer[]; contentType: string; cacheControl: string }
  | { status: 404 | 400 | 503; code: 'not_found' | 'invalid_request' | 'unavailable' }

/** The delivery directives of a request: `_HLS_msn`, `_HLS_part`, `_HLS_skip`. */
export type ReloadQuery = { msn?: number; part?: number; skip?: boolean }

export type CatalogueRequest = { name: string; query?: ReloadQuery; signal?: AbortSignal }

const playlistType = 'application/vnd.apple.mpegurl'
const mediaType = 'video/mp4'

/** Every name with media bytes has them for ever: `ingest` is random per publish. */
const immutable = 'public, max-age=3600, immutable'
const brief = 'public, max-age=1'
const never = 'no-store'

const notFound: MediaAnswer = { status: 404, code: 'not_found' }
const invalid: MediaAnswer = { status: 400, code: 'invalid_request' }
const unavailable: MediaAnswer = { status: 503, code: 'unavailable' }

/** Requests for segments further ahead are nonsense; the RFC asks for an error. */
const maxSegmentsAhead = 2

/** hls.js 1.7 gives up on a blocking reload after 0.8 target durations, and for good after the third time: it hears from us before. */
const reloadPatience = 0.6

type Waiter = { ready: () => boolean; settle: (outcome: Wait) => void }
type Wait = 'ready' | 'late' | 'aborted'

/** Answers requests for one stream's names from its window. */
export class Catalogue {
  readonly #window: SegmentWindow
  readonly #limits: { blockMs: number; waitingRequests: number }
  readonly #variant: () => VariantDescription | undefined
  readonly #waiters = new Set<Waiter>()
  readonly #playlists = new Map<string, Buffer>()

  constructor(options: {
    window: SegmentWindow
    limits: { blockMs: number; waitingRequests: number }
    variant: () => VariantDescription | undefined
  }) {
    this.#window = options.window
    this.#limits = options.limits
    this.#variant = options.variant
  }

  /**
   * Answers one request, at once or when what it waits for is there.
   *
   * A blocking reload that waits in vain gets the playlist as it is: players take an error there for the end.
   */
  async serve(request: CatalogueRequest): Promise<MediaAnswer> {
    const { name } = request
    if (name === 'stream.m3u8') return await this.#lowLatency(request)
    const held = this.held(name)
    if (held !== undefined) return held
    if (name !== this.#window.hint || this.#window.view() === undefined) return notFound
    const wait = await this.#wait(() => this.#window.hint !== name, { ms: this.#limits.blockMs, signal: request.signal })
    const published = this.#window.files.get(name)
    if (published !== undefined) return file(published)
    return wait === 'ready' ? notFound : unavailable
  }

  /** What is there of a name at this moment: `serve` without its waiting. Undefined where there is nothing, or nothing yet. */
  held(name: string): MediaAnswer | undefined {
    if (name === 'stream.m3u8' || name === 'plain.m3u8' || name === 'live.m3u8') return this.#playlist(name, brief)
    const body = this.#window.files.get(name)
    return body === undefined ? undefined : file(body)
  }

  /** The window changed: forgets rendered playlists and answers those whose wait is over. */
  changed(): void {
    this.#playlists.clear()
    for (const waiter of this.#waiters) if (waiter.ready()) waiter.settle('ready')
  }

  /** Answers everyone who waits, with what there is. */
  close(): void {
    for (const waiter of this.#waiters) waiter.settle('late')
  }

  async #lowLatency({ query = {}, signal }: CatalogueRequest): Promise<MediaAnswer> {
    const { msn, part } = query
    if (msn === undefined) return part === undefined ? this.#playlist('stream.m3u8', brief) : invalid
    if (!isIndex(msn) || (part !== undefined && !isIndex(part))) return invalid
    if (this.#window.view() === undefined) return notFound
    if (msn > this.#window.openMsn + maxSegmentsAhead) return invalid
    const listed = (): boolean => this.#listed(msn, part)
    if (listed()) return this.#playlist('stream.m3u8', brief)
    // Whatever interrupts or ends the stream is told to those who wait, although it is not what they wait for.
    const before = this.#window.view()
    const told = (): boolean => this.#window.view()?.interrupted === true && before?.interrupted !== true
    const ms = Math.min(this.#limits.blockMs, reloadPatience * 1000 * (before?.targetDurationSeconds ?? 0))
    const wait = await this.#wait(() => listed() || told(), { ms, signal })
    if (wait === 'aborted') return unavailable
    return this.#playlist('stream.m3u8', listed() ? brief : never)
  }

  #listed(msn: number, part: number | undefined): boolean {
    const { openMsn, openParts } = this.#window
    if (this.#window.view()?.ended === true || openMsn > msn) return true
    return part !== undefined && openMsn === msn && openParts > part
  }

  #playlist(name: string, cacheControl: string): MediaAnswer {
    const view = this.#window.view()
    if (view === undefined) return notFound
    let body = this.#playlists.get(name)
    if (body === undefined) {
      const text = name === 'live.m3u8' ? this.#multivariant() : renderMediaPlaylist(view, { lowLatency: name === 'stream.m3u8' })
      if (text === undefined) return notFound
      body = Buffer.from(text)
      this.#playlists.set(name, body)
    }
    return { status: 200, body, contentType: playlistType, cacheControl }
  }

  #multivariant(): string | undefined {
    const variant = this.#variant()
    return variant === undefined ? undefined : renderMultivariantPlaylist(variant)
  }

  async #wait(ready: () => boolean, { ms, signal }: { ms: number; signal: AbortSignal | undefined }): Promise<Wait> {
    if (signal?.aborted === true) return 'aborted'
    if (this.#waiters.size >= this.#limits.waitingRequests) return 'late'
    return await new Promise((resolve) => {
      const abort = (): void => waiter.settle('aborted')
      const waiter: Waiter = {
        ready,
        settle: (outcome) => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', abort)
          this.#waiters.delete(waiter)
          resolve(outcome)
        },
      }
      const timer = setTimeout(() => waiter.settle('late'), ms)
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiters.add(waiter)
    })
  }
}

function file(body: Buffer | readonly Buffer[]): MediaAnswer {
  return { status: 200, body, contentType: mediaType, cacheControl: immutable }
}

function isIndex(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
