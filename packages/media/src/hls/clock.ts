// Owns: media time: publishers' 32-bit milliseconds unwrapped, and smoothed into the ticks of a track.

/** Turns timestamps modulo 2^32 ms into ever-growing ones; a step of less than 2^31 ms, in either direction, is taken as meant. */
export class Unwrapper {
  #last: number | undefined
  #unwrapped = 0

  next(timestamp: number): number {
    if (this.#last === undefined) this.#unwrapped = timestamp
    else this.#unwrapped += (timestamp - this.#last) | 0
    this.#last = timestamp
    return this.#unwrapped
  }
}

/** RTMP rounds to whole milliseconds: a time this close to where a frame belongs is meant to be there. */
const roundingMs = 1.5

/** Decoding times of video in ticks of 1/90,000 s: evenly spaced where the frame rate is known and the publisher keeps to it. */
export class VideoClock {
  readonly #frameTicks: number | undefined
  #last: number | undefined

  constructor(framesPerSecond: number | undefined) {
    this.#frameTicks = framesPerSecond === undefined ? undefined : 90_000 / framesPerSecond
  }

  /** Strictly growing, whatever comes in. */
  next(ms: number): number {
    const raw = ms * 90
    const last = this.#last
    let ticks = raw
    if (last !== undefined) {
      if (this.#frameTicks !== undefined) {
        const even = last + Math.max(1, Math.round((raw - last) / this.#frameTicks)) * this.#frameTicks
        if (Math.abs(even - raw) <= roundingMs * 90) ticks = even
      }
      ticks = Math.max(ticks, last + 1)
    }
    // Kept unrounded: 23.976 frames a second are 3,753.75 ticks each.
    this.#last = ticks
    return Math.round(ticks)
  }

  /** A composition offset in ticks, evened out like the decoding times. */
  offset(ms: number): number {
    const raw = ms * 90
    if (this.#frameTicks === undefined) return raw
    const even = Math.round(raw / this.#frameTicks) * this.#frameTicks
    return Math.round(Math.abs(even - raw) <= roundingMs * 90 ? even : raw)
  }
}

const audioToleranceMs = 20
const audioNudgeMs = 1
const audioGapMs = 250

/**
 * Decoding times of audio in samples: counted, not measured, as milliseconds are too coarse for gapless sound.
 *
 * Where counted and measured time part (a publisher whose clocks drift), each frame gives in by a millisecond; a real gap is kept as one.
 */
export class AudioClock {
  readonly #rate: number
  readonly #frame: number
  #next: number | undefined

  constructor(options: { sampleRate: number; samplesPerFrame: number }) {
    this.#rate = options.sampleRate
    this.#frame = options.samplesPerFrame
  }

  /** Undefined for a frame whose time is already past by more than a gap: it is left out. */
  next(ms: number): number | undefined {
    const measured = (ms * this.#rate) / 1000
    const counted = this.#next ?? measured
    const apartMs = ((measured - counted) * 1000) / this.#rate
    let time = counted
    if (apartMs > audioGapMs) time = measured
    else if (apartMs < -audioGapMs) return undefined
    else if (Math.abs(apartMs) > audioToleranceMs) time = counted + (Math.sign(apartMs) * audioNudgeMs * this.#rate) / 1000
    time = Math.round(time)
    this.#next = time + this.#frame
    return time
  }
}

const usualRates = [24_000 / 1001, 24, 25, 30_000 / 1001, 30, 50, 60_000 / 1001, 60]

/** The exact frame rate meant by a rounded one (29.97 means 30,000/1,001); undefined when it is no frame rate. */
export function exactFrameRate(framesPerSecond: number | undefined): number | undefined {
  if (framesPerSecond === undefined || !(framesPerSecond >= 1 && framesPerSecond <= 240)) return undefined
  return usualRates.find((rate) => Math.abs(rate - framesPerSecond) < 0.011) ?? framesPerSecond
}
