// Owns: one publisher's feed: tags in, frames and measures out. Knows neither the connection nor whether the feed is shown.
import { type AudioConfig, readAacConfig } from './codec/aac.ts'
import { isWholeAvcFrame, readAvcConfig, type VideoConfig } from './codec/avc.ts'
import { readAudioTag, readVideoTag } from './flv/tags.ts'
import type { FeedHealth, ProblemCode } from './health.ts'
import { exactFrameRate, Unwrapper } from './hls/clock.ts'
import type { Frame, Promised } from './hls/segmenter.ts'
import type { AmfValue } from './rtmp/amf.ts'

type Details = Record<string, string | number>

export type IngestPort = {
  frame(frame: Frame): void
  problem(code: ProblemCode, details?: Details): void
  /** The feed can never be shown: the publisher is to be sent away with these words. */
  refuse(code: ProblemCode, details?: Details): void
}

const measuredMs = 4_000
const driftWindowMs = 8_000
const notableDriftMs = 2_000
const rareKeyFramesMs = 2_600
const missingMs = 3_000
/** AAC allows 768 bytes for each of eight channels. */
const maxAudioFrameBytes = 8 * 1024

/** A minimum over the last while: the network only ever delays, so the least delay is the one that tells of clocks. */
class LeastDelay {
  #current = Number.POSITIVE_INFINITY
  #previous = Number.POSITIVE_INFINITY
  #since: number | undefined

  add(delayMs: number, nowMs: number): void {
    this.#since ??= nowMs
    if (nowMs - this.#since >= driftWindowMs / 2) {
      this.#previous = this.#current
      this.#current = delayMs
      this.#since = nowMs
    }
    this.#current = Math.min(this.#current, delayMs)
  }

  get value(): number {
    return Math.min(this.#current, this.#previous)
  }
}

/** Reads the tags of one publisher. */
export class Ingest {
  /** What onMetaData promises, known before the first frame. */
  readonly promised: Promised = {}
  readonly #port: IngestPort
  readonly #clock = new Unwrapper()
  #delay = new LeastDelay()
  readonly #arrivals: { at: number; bytes: number }[] = []
  readonly #frameTimes: number[] = []
  #firstDelay: number | undefined
  #firstAt: number | undefined
  #video: VideoConfig | undefined
  #audio: AudioConfig | undefined
  #lastKeyMs: number | undefined
  #keyIntervalMs: number | undefined
  #lastVideoAt: number | undefined
  #lastAudioAt: number | undefined
  #lastMs = 0

  constructor(port: IngestPort) {
    this.#port = port
  }

  /** @param metadata  the object of onMetaData */
  describe(metadata: Map<string, AmfValue>): void {
    const has = (id: string): boolean => metadata.has(id) && metadata.get(id) !== 0 && metadata.get(id) !== ''
    if (has('videocodecid') || has('audiocodecid')) {
      this.promised.video = has('videocodecid')
      this.promised.audio = has('audiocodecid')
    }
    const rate = metadata.get('framerate') ?? metadata.get('videoframerate')
    const exact = typeof rate === 'number' ? exactFrameRate(rate) : undefined
    if (exact !== undefined) this.promised.framesPerSecond = exact
  }

  /** @param now  Unix milliseconds of the arrival */
  tag(tag: { kind: 'audio' | 'video'; timestamp: number; payload: Buffer }, now: number): void {
    this.#firstAt ??= now
    this.#arrived(tag.payload.length, now)
    const ms = this.#clock.next(tag.timestamp)
    if (tag.kind === 'audio') this.#audioTag(tag.payload, ms, now)
    else this.#videoTag(tag.payload, ms, now)
  }

  /** Looks for what shows only by its absence. Call about once a second while the feed is not silent. */
  watch(now: number): void {
    const watching = now - (this.#firstAt ?? now)
    if (watching < missingMs) return
    const missing = (last: number | undefined): boolean => last === undefined || now - last > missingMs
    const sound = !missing(this.#lastAudioAt)
    const picture = !missing(this.#lastVideoAt)
    if (picture && !sound) this.#port.problem('no_sound')
    if (sound && !picture && (this.promised.video !== false || this.#lastVideoAt !== undefined)) this.#port.problem('no_picture')
    const sinceKeyMs = this.#lastMs - (this.#lastKeyMs ?? this.#lastMs)
    if (picture && this.#lastKeyMs === undefined) this.#port.problem('key_frame_missing', { seconds: Math.round(watching / 1000) })
    else if (picture && sinceKeyMs > 2 * missingMs)
      this.#port.problem('key_frames_rare', { seconds: `more than ${Math.floor(sinceKeyMs / 1000)}` })
    const driftMs = this.#driftMs()
    if (driftMs > notableDriftMs) this.#port.problem('arrives_late', { seconds: Math.round(driftMs / 1000) })
    if (driftMs < -notableDriftMs) this.#port.problem('arrives_early', { seconds: Math.round(-driftMs / 1000) })
  }

  health(now: number): FeedHealth {
    const since = this.#arrivals[0]?.at ?? now
    const bytes = this.#arrivals.reduce((sum, arrival) => sum + arrival.bytes, 0)
    const codecs = [this.#video?.codec, this.#audio?.codec].filter((codec) => codec !== undefined)
    return {
      codec: codecs.length === 0 ? undefined : codecs.join(','),
      width: this.#video?.width,
      height: this.#video?.height,
      fps: this.framesPerSecond,
      bitrate: now - since < 500 ? undefined : Math.round((bytes * 8000) / (now - since)),
      keyFrameIntervalSeconds: this.#keyIntervalMs === undefined ? undefined : this.#keyIntervalMs / 1000,
      driftMs: this.#firstDelay === undefined ? undefined : Math.round(this.#driftMs()),
    }
  }

  /** Measured, and made exact where the publisher told the rate and keeps to it. */
  get framesPerSecond(): number | undefined {
    const first = this.#frameTimes[0]
    const last = this.#frameTimes.at(-1)
    if (first === undefined || last === undefined || last - first < 1_000) return undefined
    const measured = ((this.#frameTimes.length - 1) * 1000) / (last - first)
    const told = this.promised.framesPerSecond ?? exactFrameRate(this.#video?.framesPerSecond)
    if (told !== undefined && Math.abs(told - measured) < told * 0.02) return Math.round(told * 1000) / 1000
    return Math.round(measured * 10) / 10
  }

  #driftMs(): number {
    return this.#firstDelay === undefined ? 0 : this.#delay.value - this.#firstDelay
  }

  #arrived(bytes: number, now: number): void {
    const last = this.#arrivals.at(-1)
    if (last !== undefined && now - last.at < 100) last.bytes += bytes
    else this.#arrivals.push({ at: now, bytes })
    while ((this.#arrivals[0]?.at ?? now) < now - measuredMs) this.#arrivals.shift()
  }

  #measureDelay(ms: number, now: number): void {
    if (Math.abs(ms - this.#lastMs) > notableDriftMs && this.#firstDelay !== undefined) {
      // A new time base says nothing about drift, and what was measured on the old one does neither.
      this.#firstDelay += now - ms - this.#delay.value
      this.#delay = new LeastDelay()
    }
    this.#lastMs = ms
    this.#delay.add(now - ms, now)
    // The first second settles the base: encoders often begin with a burst.
    if (this.#firstDelay === undefined || now - (this.#firstAt ?? now) < 1_000) this.#firstDelay = this.#delay.value
  }

  #videoTag(payload: Buffer, ms: number, now: number): void {
    const tag = readVideoTag(payload)
    if (tag.type === 'unsupported') {
      this.#port.refuse('video_codec', { codec: tag.codec })
    } else if (tag.type === 'malformed') {
      this.#port.problem('malformed_media')
    } else if (tag.type === 'config') {
      this.#configureVideo(tag.record)
    } else if (tag.type === 'frame') {
      this.#lastVideoAt = now
      const config = this.#video
      if (config === undefined || !isWholeAvcFrame(tag.data, config.lengthBytes)) {
        this.#port.problem('malformed_media')
        return
      }
      this.#measureDelay(ms, now)
      this.#frameTimes.push(ms)
      while (this.#frameTimes.length > 1 && Math.abs(ms - (this.#frameTimes[0] ?? ms)) > measuredMs) this.#frameTimes.shift()
      if (tag.key) this.#keyFrame(ms)
      this.#port.frame({ kind: 'video', ms, compositionMs: tag.compositionMs, key: tag.key, data: tag.data, config })
    }
  }

  #configureVideo(record: Buffer): void {
    if (this.#video?.record.equals(record)) return
    const config = readAvcConfig(record)
    if (config === undefined) {
      this.#port.problem('malformed_media')
      return
    }
    if (!config.common) this.#port.problem('video_profile')
    this.#video = config
  }

  #keyFrame(ms: number): void {
    if (this.#lastKeyMs !== undefined && ms > this.#lastKeyMs) {
      this.#keyIntervalMs = ms - this.#lastKeyMs
      if (this.#keyIntervalMs > rareKeyFramesMs)
        this.#port.problem('key_frames_rare', { seconds: Math.round(this.#keyIntervalMs / 100) / 10 })
    }
    this.#lastKeyMs = ms
  }

  #audioTag(payload: Buffer, ms: number, now: number): void {
    const tag = readAudioTag(payload)
    if (tag.type === 'unsupported') {
      this.#port.problem('audio_codec', { codec: tag.codec })
    } else if (tag.type === 'malformed') {
      this.#port.problem('malformed_media')
    } else if (tag.type === 'config') {
      if (this.#audio?.record.equals(tag.record)) return
      const config = readAacConfig(tag.record)
      if (config === undefined) this.#port.problem('malformed_media')
      else this.#audio = config
    } else if (tag.type === 'frame') {
      const config = this.#audio
      if (config === undefined || tag.data.length > maxAudioFrameBytes) {
        this.#port.problem('malformed_media')
        return
      }
      this.#lastAudioAt = now
      if (this.#video === undefined) this.#measureDelay(ms, now)
      this.#port.frame({ kind: 'audio', ms, data: tag.data, config })
    }
  }
}
