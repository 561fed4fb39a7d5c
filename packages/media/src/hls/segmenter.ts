// Owns: where parts and segments begin and end. Frames in, fragments out; no clock, no I/O. RFC 8216bis, sections 4.4.4.9 and B.1.
import { type AudioConfig, silence } from '../codec/aac.ts'
import type { VideoConfig } from '../codec/avc.ts'
import { buildFragment, type Fragment, type Sample } from '../mp4/fragment.ts'
import { type Tracks, videoTimescale } from '../mp4/init.ts'
import { AudioClock, exactFrameRate, VideoClock } from './clock.ts'

/** One coded frame of a publisher. `ms` is its decoding time, unwrapped. */
export type VideoFrame = { kind: 'video'; ms: number; compositionMs: number; key: boolean; data: Buffer; config: VideoConfig }
export type AudioFrame = { kind: 'audio'; ms: number; data: Buffer; config: AudioConfig }
export type Frame = VideoFrame | AudioFrame

/** What the publisher's metadata promises; undefined where it is silent. */
export type Promised = { video?: boolean; audio?: boolean; framesPerSecond?: number }

export type SegmenterOutput =
  /** What follows needs a new initialization segment and stands behind a discontinuity. `startMs` is media time. */
  | { type: 'tracks'; tracks: Tracks; startMs: number }
  | { type: 'part'; fragment: Fragment; startMs: number; durationSeconds: number; independent: boolean }
  | { type: 'segment' }

export type SegmenterOptions = {
  /** No part is longer. Asked at each frame, as it is settled only once the first segment is complete. */
  maxPartSeconds(): number
  segmentSeconds: number
  /** No segment is longer, key frame or not. Asked at each frame as well. */
  maxSegmentSeconds(): number
  maxSegmentBytes: number
  promised: Promised
}

/** How long a publisher's second track may keep us waiting at the start, in media time. */
const trackWaitMs = { audio: 700, video: 1_000 }
/** Without sound for so long the sound is taken as gone. */
const soundGoneMs = 1_500
/** Timestamps that jump further are a new beginning. */
const jumpMs = { ahead: 3_000, back: 1_000 }
/** A part may be so much longer than the target: 9 frames at 29.97 are 0.3003 s, and a playlist's decimals round it away. */
const partToleranceSeconds = 0.001
/** Sound may run ahead of the picture by so many frames (about 10 s). */
const maxWaitingAudio = 500
const maxWaitingVideo = 300
/** Timestamps that stand still would otherwise gather frames without end; 240 frames a second have 72 in a part. */
const maxFramesInPart = 512

type Current = { tracks: Tracks; silent: boolean; offsetMs: number; timescale: number; nominal: number }

/**
 * Cuts one publisher's frames into parts and segments.
 *
 * The newest frame is always held back until the next one shows how long it lasts, so a part is published exactly when the frame that opens
 * the next one is here: a hinted part is never empty.
 */
export class Segmenter {
  readonly #options: SegmenterOptions
  #current: Current | undefined
  #firstMs: number | undefined
  #sawVideo = false
  #waitingVideo: VideoFrame[] = []
  #waitingBytes = 0
  #waitingAudio: AudioFrame[] = []
  #videoClock = new VideoClock(undefined)
  #audioClock: AudioClock | undefined
  #held: Sample | undefined
  #part: Sample[] = []
  #partStart = 0
  #partsInSegment = 0
  #segmentStart = 0
  /** How long the last segment was, in seconds: most likely the next one is as long. */
  #expectedSeconds: number
  #segmentBytes = 0
  #lastKey = 0
  #lastLeadMs = 0
  #lastAudioMs: number | undefined
  #silenceUntil = 0
  #sequence = 0
  #endMs: number
  #out: SegmenterOutput[] = []

  /** @param startMs  media time that nothing may precede */
  constructor(options: SegmenterOptions & { startMs: number }) {
    this.#options = options
    this.#endMs = options.startMs
    this.#expectedSeconds = options.segmentSeconds
  }

  /** @param atMs  media time of now, which the first frame of a beginning gets */
  push(frame: Frame, atMs: number): SegmenterOutput[] {
    this.#out = []
    this.#firstMs ??= frame.ms
    if (frame.kind === 'audio') this.#pushAudio(frame, atMs)
    else this.#pushVideo(frame, atMs)
    return this.#out
  }

  /** The publisher is gone: publishes what is held back. A later frame begins anew. */
  end(): SegmenterOutput[] {
    this.#out = []
    this.#stop()
    return this.#out
  }

  #pushAudio(frame: AudioFrame, atMs: number): void {
    const current = this.#current
    this.#lastAudioMs = frame.ms
    if (current !== undefined && current.tracks.video === undefined) {
      const jumped = this.#jumped(frame.ms)
      if (!jumped && current.tracks.audio === frame.config) {
        this.#leadAudio(frame, current)
        return
      }
      this.#stop()
      this.#waitingAudio = [frame]
      this.#start({
        tracks: { audio: frame.config },
        silent: false,
        firstMs: frame.ms,
        offsetMs: jumped ? undefined : current.offsetMs,
        atMs,
      })
      return
    }
    this.#waitingAudio.push(frame)
    if (this.#waitingAudio.length > maxWaitingAudio) this.#waitingAudio.shift()
    if (current === undefined) this.#tryStart(frame, atMs)
  }

  #pushVideo(frame: VideoFrame, atMs: number): void {
    this.#sawVideo = true
    const current = this.#current
    if (current === undefined) {
      if (this.#waitingVideo.length === 0 && !frame.key) return
      if (frame.key && this.#waitingVideo[0]?.config !== frame.config) this.#waitingVideo = []
      this.#waitingVideo.push(frame)
      this.#waitingBytes = this.#waitingVideo.length === 1 ? frame.data.length : this.#waitingBytes + frame.data.length
      if (this.#waitingVideo.length > maxWaitingVideo || this.#waitingBytes > this.#options.maxSegmentBytes) this.#waitingVideo = []
      this.#tryStart(frame, atMs)
      return
    }
    const jumped = current.tracks.video !== undefined && this.#jumped(frame.ms)
    if (jumped) this.#jumpAudio(frame.ms)
    if (!jumped && (!frame.key || !this.#tracksChange(frame, current))) {
      if (frame.config === current.tracks.video) this.#leadVideo(frame, current)
      return
    }
    const audio = this.#audioNow(frame.ms)
    const nextDecodeTime = jumped || current.tracks.video === undefined ? undefined : Math.round((frame.ms + current.offsetMs) * 90)
    this.#stop(nextDecodeTime)
    if (!frame.key) return
    this.#start({
      tracks: { video: frame.config, audio: audio ?? silence.config },
      silent: audio === undefined,
      firstMs: frame.ms,
      offsetMs: jumped ? undefined : current.offsetMs,
      atMs,
    })
    const begun = this.#current
    if (begun !== undefined) this.#leadVideo(frame, begun)
  }

  /** Sound jumps with the picture: what still has old times is out of place, and its absence is none. */
  #jumpAudio(ms: number): void {
    this.#waitingAudio = this.#waitingAudio.filter((frame) => Math.abs(frame.ms - ms) < jumpMs.back)
    if (this.#lastAudioMs !== undefined && this.#lastAudioMs >= this.#lastLeadMs - soundGoneMs) this.#lastAudioMs = ms
  }

  /** The configuration of the sound that comes with this picture; undefined when there is none. */
  #audioNow(ms: number): AudioConfig | undefined {
    if (this.#lastAudioMs === undefined || this.#lastAudioMs < ms - soundGoneMs) return undefined
    return this.#waitingAudio.at(-1)?.config ?? (this.#current?.silent === false ? this.#current.tracks.audio : undefined)
  }

  #tracksChange(frame: VideoFrame, current: Current): boolean {
    return frame.config !== current.tracks.video || (this.#audioNow(frame.ms) ?? silence.config) !== current.tracks.audio
  }

  #jumped(ms: number): boolean {
    const step = ms - this.#lastLeadMs
    return step > jumpMs.ahead || step < -jumpMs.back
  }

  #tryStart(frame: Frame, atMs: number): void {
    const { promised } = this.#options
    const waitedMs = frame.ms - (this.#firstMs ?? frame.ms)
    const video = this.#waitingVideo[0]
    const audio = this.#waitingAudio.at(-1)
    if (video !== undefined) {
      if (audio === undefined && promised.audio !== false && waitedMs < trackWaitMs.audio) return
      const waiting = this.#waitingVideo
      this.#waitingVideo = []
      this.#start({
        tracks: { video: video.config, audio: audio?.config ?? silence.config },
        silent: audio === undefined,
        firstMs: video.ms,
        offsetMs: undefined,
        atMs,
      })
      for (const held of waiting) if (this.#current !== undefined && held.config === video.config) this.#leadVideo(held, this.#current)
    } else if (audio !== undefined && !this.#sawVideo && (promised.video === false || waitedMs >= trackWaitMs.video)) {
      const first = this.#waitingAudio.find(({ config }) => config === audio.config) ?? audio
      this.#start({ tracks: { audio: audio.config }, silent: false, firstMs: first.ms, offsetMs: undefined, atMs })
    }
  }

  #start(begin: { tracks: Tracks; silent: boolean; firstMs: number; offsetMs: number | undefined; atMs: number }): void {
    const { tracks, silent, firstMs } = begin
    // A new beginning is placed at the present; what waited for its second track began a little earlier.
    const offsetMs = begin.offsetMs ?? Math.max(begin.atMs, this.#endMs) - firstMs
    const startMs = Math.max(firstMs + offsetMs, 0)
    const timescale = tracks.video === undefined ? (tracks.audio?.sampleRate ?? videoTimescale) : videoTimescale
    const framesPerSecond = exactFrameRate(this.#options.promised.framesPerSecond ?? tracks.video?.framesPerSecond)
    const nominal =
      tracks.video === undefined ? (tracks.audio?.samplesPerFrame ?? 1024) : Math.round(videoTimescale / (framesPerSecond ?? 25))
    this.#videoClock = new VideoClock(framesPerSecond)
    this.#audioClock = tracks.audio === undefined ? undefined : new AudioClock(tracks.audio)
    this.#current = { tracks, silent, offsetMs, timescale, nominal }
    this.#lastLeadMs = firstMs
    this.#held = undefined
    this.#part = []
    this.#partStart = Math.round((startMs * timescale) / 1000)
    this.#segmentStart = this.#partStart
    this.#lastKey = this.#partStart
    this.#partsInSegment = 0
    this.#segmentBytes = 0
    this.#silenceUntil = Math.round((startMs * silence.config.sampleRate) / 1000)
    this.#out.push({ type: 'tracks', tracks, startMs })
    const waiting = this.#waitingAudio.filter(({ ms, config }) => ms >= firstMs && (silent || config === tracks.audio))
    this.#waitingAudio = waiting
    if (tracks.video !== undefined) return
    this.#waitingAudio = []
    for (const frame of waiting) this.#leadAudio(frame, this.#current)
  }

  /** Publishes all that is held, its last frame lasting until `until` (ticks) or as long as frames usually do, and forgets the tracks. */
  #stop(until?: number): void {
    const current = this.#current
    if (current !== undefined) {
      if (this.#held !== undefined) {
        const usual = this.#held.decodeTime + current.nominal
        this.#settle(
          this.#held,
          until !== undefined && until > this.#held.decodeTime && until < usual + 3 * current.nominal ? until : usual,
        )
        this.#held = undefined
      }
      const last = this.#part.at(-1)
      if (last !== undefined) {
        this.#closePart(last.decodeTime + last.duration)
        this.#closeSegment()
      }
    }
    this.#current = undefined
    this.#waitingVideo = []
    this.#firstMs = undefined
  }

  #leadVideo(frame: VideoFrame, current: Current): void {
    this.#lastLeadMs = frame.ms
    const decodeTime = this.#videoClock.next(Math.max(frame.ms + current.offsetMs, 0))
    const compositionOffset = this.#videoClock.offset(frame.compositionMs)
    this.#lead({ decodeTime, duration: 0, compositionOffset, key: frame.key, data: frame.data }, current)
  }

  #leadAudio(frame: AudioFrame, current: Current): void {
    this.#lastLeadMs = frame.ms
    const decodeTime = this.#audioClock?.next(Math.max(frame.ms + current.offsetMs, 0))
    if (decodeTime !== undefined) this.#lead({ decodeTime, duration: 0, compositionOffset: 0, key: true, data: frame.data }, current)
  }

  /** The track that decides where parts end: video, or audio where there is no video. */
  #lead(next: Sample, current: Current): void {
    const held = this.#held
    this.#held = next
    if (held === undefined) {
      this.#partStart = next.decodeTime
      this.#segmentStart = next.decodeTime
      this.#lastKey = next.decodeTime
      return
    }
    const now = next.decodeTime
    current.nominal = now - held.decodeTime
    this.#settle(held, now)
    if (this.#endsSegment(next, current)) {
      this.#expectedSeconds = (now - this.#segmentStart) / current.timescale
      this.#closePart(now)
      this.#closeSegment()
    } else if (this.#endsPart(now, current)) {
      this.#closePart(now)
    }
    if (next.key) this.#lastKey = now
  }

  /** Gives the held frame its duration and its place; a frame that lasts unexpectedly long opens a part of its own rather than overfill one. */
  #settle(held: Sample, until: number): void {
    const current = this.#current
    if (current === undefined) return
    held.duration = until - held.decodeTime
    if (this.#part.length > 0 && until - this.#partStart > this.#maxPart(current)) this.#closePart(held.decodeTime)
    this.#part.push(held)
    this.#segmentBytes += held.data.length
  }

  #maxPart({ timescale }: Current): number {
    return (this.#options.maxPartSeconds() + partToleranceSeconds) * timescale
  }

  /**
   * Spreads a segment's frames evenly over its parts.
   *
   * Full parts would leave a short one at the end (25 frames a second: seven of 0.28 s and one of 0.04 s), and hls.js 1.7 never loads a last part
   * of less than 0.2 s when it hears of it while it is still loading the part before.
   */
  #endsPart(now: number, current: Current): boolean {
    const { nominal, timescale } = current
    if (now - this.#partStart + nominal > this.#maxPart(current) || this.#part.length >= maxFramesInPart) return true
    const framesInPart = Math.max(1, Math.floor(this.#maxPart(current) / nominal))
    const framesInSegment = Math.max(1, Math.round((this.#expectedSeconds * timescale) / nominal))
    const evenFrames = framesInSegment / Math.ceil(framesInSegment / framesInPart)
    const evenEnd = this.#segmentStart + Math.round((this.#partsInSegment + 1) * evenFrames) * nominal
    return now + nominal / 2 > evenEnd
  }

  #endsSegment(next: Sample, { timescale, nominal }: Current): boolean {
    const max = this.#options.maxSegmentSeconds() * timescale
    const elapsed = next.decodeTime - this.#segmentStart
    if (elapsed + nominal > max || this.#segmentBytes > this.#options.maxSegmentBytes) return true
    if (!next.key) return false
    const target = this.#options.segmentSeconds * timescale
    const groupOfPictures = next.decodeTime - this.#lastKey
    // Waiting for another key frame would make the segment longer than the target duration, which is a whole number of seconds.
    return elapsed >= target - nominal / 2 || elapsed + groupOfPictures > target + 0.49 * timescale
  }

  #closePart(end: number): void {
    const current = this.#current
    const first = this.#part[0]
    if (current === undefined || first === undefined) return
    const { timescale, tracks } = current
    const lead = this.#part
    this.#part = []
    const startMs = (this.#partStart * 1000) / timescale
    const durationSeconds = (end - this.#partStart) / timescale
    this.#partStart = end
    this.#partsInSegment++
    this.#endMs = (end * 1000) / timescale
    const sequence = ++this.#sequence
    const fragment =
      tracks.video === undefined
        ? buildFragment({ sequence, video: [], audio: lead })
        : buildFragment({ sequence, video: lead, audio: current.silent ? this.#silentAudio() : this.#audioUntil(this.#endMs, current) })
    this.#segmentBytes += fragment.moofBytes
    this.#out.push({ type: 'part', fragment, startMs, durationSeconds, independent: first.key })
  }

  #closeSegment(): void {
    this.#segmentStart = this.#partStart
    this.#partsInSegment = 0
    this.#segmentBytes = 0
    this.#out.push({ type: 'segment' })
  }

  /** Takes the waiting sound that belongs before `endMs`, and no sound of another configuration. */
  #audioUntil(endMs: number, { tracks, offsetMs }: Current): Sample[] {
    const samples: Sample[] = []
    const clock = this.#audioClock
    if (clock === undefined || tracks.audio === undefined) return samples
    let taken = 0
    for (const frame of this.#waitingAudio) {
      if (frame.ms + offsetMs >= endMs || frame.config !== tracks.audio) break
      taken++
      const decodeTime = frame.ms + offsetMs < 0 ? undefined : clock.next(frame.ms + offsetMs)
      if (decodeTime === undefined) continue
      const previous = samples.at(-1)
      if (previous !== undefined) previous.duration = decodeTime - previous.decodeTime
      samples.push({ decodeTime, duration: tracks.audio.samplesPerFrame, compositionOffset: 0, key: true, data: frame.data })
    }
    this.#waitingAudio.splice(0, taken)
    return samples
  }

  #silentAudio(): Sample[] {
    const { samplesPerFrame, sampleRate } = silence.config
    const end = (this.#endMs * sampleRate) / 1000
    const samples: Sample[] = []
    for (; this.#silenceUntil < end; this.#silenceUntil += samplesPerFrame)
      samples.push({ decodeTime: this.#silenceUntil, duration: samplesPerFrame, compositionOffset: 0, key: true, data: silence.frame })
    return samples
  }
}
