// Owns: how the picture is loaded and kept alive: hls.js or the browser's own HLS, credentials, recovery.

import type { MediaAccess } from '@voila/protocol'
import type Hls from 'hls.js'
import type { ErrorData, HlsConfig, LoadPolicy, RetryConfig } from 'hls.js'
import type { MediaAccessKeeper } from '../../live/index.ts'
import type { Picture } from '../cue.ts'

/** loading: nothing to see yet; playing; stalled: the last picture stands still and more is awaited. */
export type PlaybackStatus = 'loading' | 'playing' | 'stalled'

export type Playback = {
  /** Tells whether a feed is there. While none is, failures are expected and nothing is hurried. */
  setFeed(live: boolean): void
  /** Goes to the newest picture and plays. */
  toLive(): void
  /** The moment that is on the screen now. */
  picture(): Picture
  close(): void
}

type PlaybackOptions = {
  readonly video: HTMLVideoElement
  readonly access: MediaAccessKeeper
  readonly feed: boolean
  /** An address for the browser's own HLS, which cannot renew it. */
  lasting(): Promise<MediaAccess>
  /** Told just before the picture is taken off the video. */
  onLosing(): void
  onStatus(status: PlaybackStatus): void
  /** The browser lets the picture start only without sound (or, `blocked`, not at all until somebody presses play). */
  onAutoplay(outcome: 'with-sound' | 'muted' | 'blocked'): void
}

const watchMs = 1_000
/** Time without progress while a feed is there: first a jump to the newest picture, then everything is built anew. */
const jumpAfterMs = 5_000
const rebuildAfterMs = 12_000
/** Further behind than this is caught up by a jump: hls.js plays faster only within about three seconds of where it should be. */
const farBehindSeconds = 5
const firstRetryMs = 1_000
const longestRetryMs = 10_000

/**
 * hls.js' settings. Every request gets the credential of now (hls.js keeps old addresses across playlist merges), waits only if that has run
 * out, and is retried after a renewal when it was answered 401 (hls.js gives up at any 4xx by itself).
 */
export function hlsConfig(access: MediaAccessKeeper): Partial<HlsConfig> {
  const refused = new Set<string>()

  async function open(xhr: XMLHttpRequest, context: { url: string }): Promise<void> {
    const old = [...refused].find((url) => access.rewrite(url) === url)
    if (old === undefined) await access.good()
    else await access.renew(old)
    refused.clear()
    context.url = access.rewrite(context.url)
    xhr.open('GET', context.url, true)
  }

  const errorRetry: RetryConfig = {
    maxNumRetry: 6,
    retryDelayMs: 500,
    maxRetryDelayMs: 4_000,
    shouldRetry(config, retryCount, _isTimeout, response, retry) {
      if (response?.code !== 401 || config === null || config === undefined) return retry
      refused.add(response.url)
      return retryCount < config.maxNumRetry
    },
  }
  const policy = (maxLoadTimeMs: number): LoadPolicy => ({
    default: {
      maxTimeToFirstByteMs: 10_000,
      maxLoadTimeMs,
      timeoutRetry: { maxNumRetry: 3, retryDelayMs: 0, maxRetryDelayMs: 0 },
      errorRetry,
    },
  })
  return {
    lowLatencyMode: true,
    // Without it hls.js never catches up with the edge after a stall.
    maxLiveSyncPlaybackRate: 1.3,
    // A stall costs a little more distance from the edge, not a second each.
    liveSyncOnStallIncrease: 0.3,
    liveDurationInfinity: true,
    maxBufferLength: 20,
    backBufferLength: 20,
    // fMP4 passes through untouched; a worker would cost more than it saves.
    enableWorker: false,
    xhrSetup: (xhr, _url, context) => open(xhr, context),
    manifestLoadPolicy: policy(20_000),
    playlistLoadPolicy: policy(20_000),
    fragLoadPolicy: policy(60_000),
  }
}

/** Plays through hls.js until closed. It never gives up: what is fatal to one instance of hls.js is followed by another one. */
export function playHls(Player: typeof Hls, options: PlaybackOptions): Playback {
  const { video, access } = options
  let hls: Hls | undefined
  let feed = options.feed
  let retryMs = firstRetryMs
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let progressAt = Date.now()
  let lastTime = -1
  let recoveredAt = 0
  let jumped = false

  function build(): void {
    clearTimeout(retryTimer)
    retryTimer = undefined
    hls?.destroy()
    hls = undefined
    const source = access.current()
    if (source === null) return
    progressAt = Date.now()
    jumped = false
    const made = new Player(hlsConfig(access))
    hls = made
    made.on(Player.Events.ERROR, (_event, data) => {
      if (hls === made && data.fatal) onFatal(made, data)
    })
    made.on(Player.Events.FRAG_BUFFERED, () => {
      retryMs = firstRetryMs
    })
    made.on(Player.Events.MANIFEST_PARSED, () => void startPlaying(options))
    made.loadSource(source.url)
    made.attachMedia(video)
  }

  function onFatal(failed: Hls, data: ErrorData): void {
    if (data.type === Player.ErrorTypes.MEDIA_ERROR && Date.now() - recoveredAt > 5_000) {
      recoveredAt = Date.now()
      failed.recoverMediaError()
      return
    }
    options.onStatus('stalled')
    failed.stopLoad()
    // The dead instance stays attached while nothing can come: it holds the last picture.
    hls = undefined
    broken = failed
    if (feed) buildSoon()
  }

  let broken: Hls | undefined

  function buildSoon(): void {
    clearTimeout(retryTimer)
    retryTimer = setTimeout(rebuild, retryMs * (0.75 + Math.random() / 2))
    retryMs = Math.min(retryMs * 2, longestRetryMs)
  }

  function rebuild(): void {
    options.onLosing()
    broken?.destroy()
    broken = undefined
    build()
  }

  function toEdge(): void {
    const edge = hls?.liveSyncPosition
    if (typeof edge === 'number' && Math.abs(edge - video.currentTime) > 0.5) video.currentTime = edge
  }

  function watch(): void {
    const now = Date.now()
    if (video.currentTime !== lastTime) {
      lastTime = video.currentTime
      progressAt = now
      jumped = false
      if (hls !== undefined && !video.paused && hls.latency > farBehindSeconds) toEdge()
      return
    }
    // Somebody paused, nobody looks (timers and decoding sleep), or nothing can come: no progress is as it should be.
    if (!feed || video.paused || document.hidden || retryTimer !== undefined) {
      progressAt = now
      return
    }
    const stuckMs = now - progressAt
    if (stuckMs > rebuildAfterMs) rebuild()
    else if (stuckMs > jumpAfterMs && !jumped) {
      jumped = true
      toEdge()
    }
  }

  const stopWatching = watchStatus(video, options)
  const watcher = setInterval(watch, watchMs)
  if (feed) build()

  return {
    setFeed(live) {
      if (live === feed) return
      feed = live
      progressAt = Date.now()
      if (!live) {
        clearTimeout(retryTimer)
        retryTimer = undefined
      } else if (hls === undefined) {
        retryMs = firstRetryMs
        rebuild()
      }
    },
    toLive() {
      toEdge()
      void video.play().catch(() => {})
    },
    picture: () => pictureOn(video, { feed, shows: hls?.playingDate?.getTime() }),
    close() {
      clearInterval(watcher)
      clearTimeout(retryTimer)
      stopWatching()
      broken?.destroy()
      hls?.destroy()
      hls = undefined
    },
  }
}

/** Plays through the browser's own HLS, whose address is good for as long as the session. */
export function playNative(options: PlaybackOptions): Playback {
  const { video } = options
  let feed = options.feed
  let closed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    clearTimeout(timer)
    try {
      const { url } = await options.lasting()
      if (closed) return
      options.onLosing()
      video.src = url
      await startPlaying(options)
    } catch {
      onError()
    }
  }
  const onError = (): void => {
    options.onStatus('stalled')
    clearTimeout(timer)
    if (feed && !closed) timer = setTimeout(load, 3_000)
  }
  video.addEventListener('error', onError)
  const stopWatching = watchStatus(video, options)
  if (feed) void load()

  return {
    setFeed(live) {
      if (live === feed) return
      feed = live
      if (live && (video.error !== null || video.src === '' || video.readyState < 3)) void load()
    },
    toLive() {
      if (video.seekable.length > 0) video.currentTime = video.seekable.end(video.seekable.length - 1)
      void video.play().catch(() => {})
    },
    picture: () => pictureOn(video, { feed, shows: startOf(video) + video.currentTime * 1_000 }),
    close() {
      closed = true
      clearTimeout(timer)
      stopWatching()
      video.removeEventListener('error', onError)
      video.removeAttribute('src')
      video.load()
    },
  }
}

/** When the first picture was made (Unix milliseconds), as Safari reads it from the playlist; NaN elsewhere. */
function startOf(video: HTMLVideoElement & { getStartDate?(): Date }): number {
  return video.getStartDate?.().getTime() ?? Number.NaN
}

/** Awaited: not there yet, but to be expected. One that is paused, or whose browser does not say its time (NaN), tells nothing. */
export function pictureOn(
  { paused, readyState }: Pick<HTMLVideoElement, 'paused' | 'readyState'>,
  { feed, shows }: { feed: boolean; shows: number | undefined },
): Picture {
  const canGoOn = readyState >= 3
  if ((paused && canGoOn) || (!feed && !canGoOn)) return undefined
  if (shows === undefined || !canGoOn) return shows === undefined || Number.isNaN(shows) ? 'awaited' : { shows }
  return Number.isNaN(shows) ? undefined : { shows }
}

async function startPlaying({ video, onAutoplay }: PlaybackOptions): Promise<void> {
  try {
    await video.play()
    onAutoplay(video.muted ? 'muted' : 'with-sound')
  } catch (error) {
    // Superseded by another load: that one plays.
    if (error instanceof DOMException && error.name === 'AbortError') return
    if (video.muted) {
      onAutoplay('blocked')
      return
    }
    video.muted = true
    await video.play().then(
      () => onAutoplay('muted'),
      () => onAutoplay('blocked'),
    )
  }
}

function watchStatus(video: HTMLVideoElement, { onStatus }: PlaybackOptions): () => void {
  const playing = (): void => onStatus('playing')
  const stalled = (): void => onStatus('stalled')
  video.addEventListener('playing', playing)
  video.addEventListener('waiting', stalled)
  return () => {
    video.removeEventListener('playing', playing)
    video.removeEventListener('waiting', stalled)
  }
}
