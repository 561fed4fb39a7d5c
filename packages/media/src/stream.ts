// Owns: one stream: its two inputs, which of them is shown, and the way from its frames to its catalogue.
import { randomBytes } from 'node:crypto'
import { describeProblem, type InputHealth, type InputName, type Problem, type ProblemCode, type StreamHealth } from './health.ts'
import { Catalogue } from './hls/catalogue.ts'
import type { VariantDescription } from './hls/playlist.ts'
import { type Frame, Segmenter, type SegmenterOutput } from './hls/segmenter.ts'
import { SegmentWindow } from './hls/window.ts'
import { Ingest } from './ingest.ts'
import type { MediaLimits } from './limits.ts'
import { buildInit, type Tracks } from './mp4/init.ts'
import type { AmfValue } from './rtmp/amf.ts'

/** The connection behind a feed, as far as a stream must reach it. */
export type Publisher = {
  /** It is gone, or was sent away. */
  readonly closed: boolean
  close(problem: { says: string }): void
}

/** What a recorder is told of the shown feed. */
export type RecorderPort = {
  begin(tracks: Tracks): void
  part(part: Extract<SegmenterOutput, { type: 'part' }>): void
  segment(): void
  end(): void
  readonly active: boolean
}

/** One feed as its connection sees it. */
export type Feed = {
  media(tag: { kind: 'audio' | 'video'; timestamp: number; payload: Buffer }): void
  metadata(values: Map<string, AmfValue>): void
  /** The publisher is gone, of itself (no code) or for a reason. Idempotent. */
  gone(code?: ProblemCode, details?: Record<string, string | number>): void
}

export type StreamOptions = {
  limits: MediaLimits
  now: () => number
  onChange: (change: { live: boolean; health: StreamHealth }) => void
  recorder?: RecorderPort
}

type Slot = { name: InputName; publisher: Publisher; ingest: Ingest; connectedSince: number; lastMediaAt: number; steadySince: number }

const partSeconds = 0.3
const segmentSeconds = 2
/** Until the first segment is complete the key frame interval is unknown; encoders' default is at most 10 s. */
const longestFirstSegmentSeconds = 10
const roundingSeconds = 0.49
/**
 * Media time zero. Media times and first media sequence numbers are counted from this date and not from the server's start: both go on growing
 * when it restarts, and players that were there before play on.
 */
const epochMs = Date.UTC(2024, 0, 1)
const repeatProblemMs = 30_000
const flapMs = 60_000
const longestSteadyMs = 300_000

/** One stream. It is told of time by `tick`, about twice a second. */
export class Stream {
  readonly catalogue: Catalogue
  /** Since when nobody publishes; undefined while someone does. */
  idleSince: number | undefined
  readonly #options: StreamOptions
  readonly #window: SegmentWindow
  readonly #slots: Partial<Record<InputName, Slot>> = {}
  #choice: InputName | 'auto' = 'auto'
  #shown: InputName | undefined
  /** The input that is to be shown from its next key frame on. */
  #wanted: InputName | undefined
  #segmenter: Segmenter | undefined
  #ingestName = ''
  #tracks: Tracks | undefined
  #framesPerSecond: number | undefined
  #endMs = 0
  #ended = false
  #live = false
  #lastProblem: Problem | undefined
  #steadyMs: number
  #returnedAt: number | undefined
  #told = ''

  constructor(options: StreamOptions) {
    const { limits, now } = options
    this.#options = options
    this.idleSince = now()
    this.#steadyMs = limits.steadyMs
    this.#window = new SegmentWindow({
      windowSeconds: limits.windowSeconds,
      graceSeconds: limits.graceSeconds,
      maxBytes: limits.streamBytes,
      partSeconds,
      segmentSeconds,
      firstMsn: Math.max(0, Math.floor((now() - epochMs) / 1000)),
    })
    this.catalogue = new Catalogue({ window: this.#window, limits, variant: () => this.#variant() })
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Takes a publisher in; one that is already there on this input is sent away. */
  attach(name: InputName, publisher: Publisher): Feed {
    const { now } = this.#options
    const former = this.#slots[name]
    if (former !== undefined) {
      this.#detach(former)
      former.publisher.close(this.problem('replaced'))
    }
    this.#ended = false
    this.idleSince = undefined
    const ingest = new Ingest({
      frame: (frame) => this.#frame(slot, frame),
      problem: (code, details) => this.problem(code, details),
      refuse: (code, details) => {
        this.#detach(slot)
        publisher.close(this.problem(code, details))
      },
    })
    const slot: Slot = { name, publisher, ingest, connectedSince: now(), lastMediaAt: now(), steadySince: now() }
    this.#slots[name] = slot
    this.#choose()
    this.#tellChanges()
    return {
      media: (tag) => {
        if (this.#slots[name] === slot) ingest.tag(tag, now())
      },
      metadata: (values) => ingest.describe(values),
      gone: (code, details) => {
        if (this.#slots[name] !== slot) return
        if (code !== undefined) this.problem(code, details)
        this.#detach(slot)
      },
    }
  }

  /** Shows one input, or leaves the choice to the stream again. */
  choose(choice: InputName | 'auto'): void {
    this.#choice = choice
    const wanted = choice === 'auto' ? 'primary' : choice
    if (choice !== 'auto' || this.#alive(this.#slots.primary)) this.#want(wanted)
    this.#choose()
    this.#tellChanges()
  }

  /** Sends all publishers away. */
  disconnect(says: string): void {
    for (const slot of [this.#slots.primary, this.#slots.backup]) {
      if (slot === undefined) continue
      this.#detach(slot)
      slot.publisher.close({ says })
    }
  }

  /** The program is over: publishers are sent away, and players are told that nothing more comes. */
  end(says: string): void {
    this.disconnect(says)
    this.#ended = true
    this.#window.end()
    this.catalogue.changed()
    this.#tellChanges()
  }

  /** Frees everyone who waits. The stream is not used again. */
  close(): void {
    this.disconnect('The server is shutting down')
    this.#options.recorder?.end()
    this.catalogue.close()
  }

  /** Notes a problem as the last one, and answers it. */
  problem(code: ProblemCode, details?: Record<string, string | number>): Problem {
    const at = this.#options.now()
    const last = this.#lastProblem
    if (last?.code === code && at - last.at < repeatProblemMs) return last
    this.#lastProblem = describeProblem(code, at, details)
    return this.#lastProblem
  }

  /** Looks at what time alone brings: silence, steadiness, absences. */
  tick(): void {
    const now = this.#options.now()
    for (const slot of [this.#slots.primary, this.#slots.backup]) {
      if (slot === undefined) continue
      if (this.#alive(slot)) {
        slot.ingest.watch(now)
      } else {
        slot.steadySince = now
        this.problem('silent')
      }
    }
    this.#choose()
    const primary = this.#slots.primary
    if (
      this.#choice === 'auto' &&
      this.#shown === 'backup' &&
      this.#alive(primary) &&
      now - (primary?.steadySince ?? now) >= this.#steadyMs
    )
      this.#want('primary')
    this.#tellChanges()
  }

  health(): StreamHealth {
    const shown = this.#shown === undefined ? undefined : this.#slots[this.#shown]
    const { state: _, ...feed } = this.#inputHealth(shown)
    return {
      ...feed,
      live: this.#live,
      ended: this.#ended,
      input: this.#shown,
      choice: this.#choice,
      inputs: { primary: this.#inputHealth(this.#slots.primary), backup: this.#inputHealth(this.#slots.backup) },
      recording: this.#options.recorder?.active === true,
      lastProblem: this.#lastProblem,
    }
  }

  #inputHealth(slot: Slot | undefined): InputHealth {
    if (slot === undefined) return { state: 'absent' }
    const state = !this.#alive(slot) ? 'silent' : slot.name === this.#shown ? 'live' : 'standby'
    return { state, connectedSince: slot.connectedSince, ...slot.ingest.health(this.#options.now()) }
  }

  #alive(slot: Slot | undefined): boolean {
    return slot !== undefined && this.#options.now() - slot.lastMediaAt <= this.#options.limits.silentMs
  }

  #detach(slot: Slot): void {
    if (this.#slots[slot.name] !== slot) return
    delete this.#slots[slot.name]
    if (this.#slots.primary === undefined && this.#slots.backup === undefined) this.idleSince = this.#options.now()
    if (this.#wanted === slot.name) this.#wanted = undefined
    if (this.#shown === slot.name) this.#show(undefined)
    this.#choose()
    this.#tellChanges()
  }

  /** Shows another input at once where nothing good is shown; never leaves a good one. */
  #choose(): void {
    const shown = this.#shown === undefined ? undefined : this.#slots[this.#shown]
    if (this.#alive(shown)) return
    if (this.#choice !== 'auto') {
      if (this.#shown !== this.#choice && this.#slots[this.#choice] !== undefined) this.#show(this.#choice)
      return
    }
    const next = [this.#slots.primary, this.#slots.backup].find((slot) => slot !== shown && this.#alive(slot))
    if (next === undefined) return
    if (shown !== undefined) this.problem('took_over', { from: shown.name, to: next.name })
    if (next.name === 'backup' && this.#returnedAt !== undefined) {
      // A primary that keeps failing must stay up ever longer before it is trusted again.
      const flapping = this.#options.now() - this.#returnedAt < flapMs
      this.#steadyMs = flapping ? Math.min(this.#steadyMs * 2, longestSteadyMs) : this.#options.limits.steadyMs
    }
    this.#show(next.name)
  }

  #want(name: InputName): void {
    this.#wanted = name === this.#shown ? undefined : name
  }

  #show(name: InputName | undefined): void {
    if (this.#segmenter !== undefined) {
      this.#publish(this.#segmenter.end())
      this.#segmenter = undefined
      this.#options.recorder?.end()
      this.#window.interrupt()
      this.catalogue.changed()
    }
    if (name === 'primary' && this.#shown === 'backup') this.#returnedAt = this.#options.now()
    this.#shown = name
    if (this.#wanted === name) this.#wanted = undefined
    this.#updateLive()
  }

  #frame(slot: Slot, frame: Frame): void {
    slot.lastMediaAt = this.#options.now()
    if (slot.name === this.#wanted && (frame.kind === 'audio' ? slot.ingest.promised.video === false : frame.key)) this.#show(slot.name)
    else if (this.#shown === undefined) this.#choose()
    if (slot.name !== this.#shown) return
    this.#segmenter ??= this.#begin(slot)
    this.#publish(this.#segmenter.push(frame, this.#options.now() - epochMs))
  }

  #begin(slot: Slot): Segmenter {
    this.#ingestName = randomBytes(9).toString('base64url')
    return new Segmenter({
      maxPartSeconds: () => this.#window.partTargetSeconds,
      segmentSeconds,
      maxSegmentSeconds: () => (this.#window.targetDurationSeconds ?? longestFirstSegmentSeconds) + roundingSeconds,
      maxSegmentBytes: this.#options.limits.streamBytes / 8,
      promised: slot.ingest.promised,
      startMs: this.#endMs,
    })
  }

  #publish(outputs: readonly SegmenterOutput[]): void {
    if (outputs.length === 0) return
    const { recorder } = this.#options
    for (const output of outputs) {
      if (output.type === 'tracks') {
        this.#tracks = output.tracks
        this.#window.begin(this.#ingestName, buildInit(output.tracks))
        recorder?.begin(output.tracks)
      } else if (output.type === 'part') {
        const { fragment, startMs, durationSeconds, independent } = output
        this.#endMs = startMs + durationSeconds * 1000
        this.#window.addPart({ bytes: fragment.bytes, durationSeconds, independent, startsAtMs: epochMs + startMs })
        recorder?.part(output)
      } else {
        this.#window.closeSegment()
        this.#framesPerSecond =
          (this.#shown === undefined ? undefined : this.#slots[this.#shown])?.ingest.framesPerSecond ?? this.#framesPerSecond
        recorder?.segment()
      }
    }
    this.catalogue.changed()
    this.#updateLive()
  }

  #variant(): VariantDescription | undefined {
    const segments = this.#window.view()?.segments.filter(({ complete, durationSeconds }) => complete && durationSeconds > 0) ?? []
    if (this.#tracks === undefined || segments.length === 0) return undefined
    const whole = (bits: number): number => Math.ceil(bits / 1000) * 1000
    const bitrates = segments.map(({ sizeBytes, durationSeconds }) => (sizeBytes * 8) / durationSeconds)
    return {
      tracks: this.#tracks,
      peakBitrate: whole(Math.max(...bitrates)),
      averageBitrate: whole(bitrates.reduce((sum, bits) => sum + bits, 0) / bitrates.length),
      ...(this.#framesPerSecond === undefined ? {} : { framesPerSecond: this.#framesPerSecond }),
    }
  }

  #updateLive(): void {
    const view = this.#window.view()
    const live = this.#shown !== undefined && view !== undefined && !view.interrupted && !view.ended
    if (live === this.#live) return
    this.#live = live
    this.#tellChanges()
  }

  #tellChanges(): void {
    const health = this.health()
    const { live, ended, input, choice, inputs, recording, codec, width, height, lastProblem } = health
    const fps = health.fps === undefined ? undefined : Math.round(health.fps)
    const states = [inputs.primary.state, inputs.backup.state, inputs.primary.codec, inputs.backup.codec]
    const notable = [live, ended, input, choice, recording, codec, width, height, fps, lastProblem?.code, lastProblem?.at, ...states].join(
      '|',
    )
    if (notable === this.#told) return
    this.#told = notable
    this.#options.onChange({ live, health })
  }
}
