// Owns: which segments and parts of a stream exist now, their numbers, and when they are forgotten. RFC 8216bis, section 6.2.

export type Part = { uri: string; bytes: Buffer; durationSeconds: number; independent: boolean }

export type Segment = {
  msn: number
  ingest: string
  initUri: string
  uri: string
  /** Stands behind EXT-X-DISCONTINUITY. */
  discontinuity: boolean
  /** Unix milliseconds of its first frame. */
  startsAtMs: number
  durationSeconds: number
  parts: Part[]
  complete: boolean
  sizeBytes: number
}

/** What a playlist is rendered from. */
export type WindowView = {
  segments: readonly Segment[]
  /** Whole seconds; fixed once the first segment is complete. */
  targetDurationSeconds: number
  partTargetSeconds: number
  discontinuitySequence: number
  /** The next part's URI, while a publisher is there. */
  hint: string | undefined
  /** Nothing more belongs to what is listed: the publisher dropped, or its tracks change. */
  interrupted: boolean
  ended: boolean
}

export type WindowOptions = {
  windowSeconds: number
  graceSeconds: number
  maxBytes: number
  partSeconds: number
  segmentSeconds: number
  /** First media sequence number. */
  firstMsn: number
}

/** What a player needs at least, so what the byte limit never takes. */
const keptSegments = 3

/** The live window of one stream. Names registered in `files` are the only ones that can be served. */
export class SegmentWindow {
  /** Bytes by URI: a part, an initialization segment, or the parts of a segment. */
  readonly files = new Map<string, Buffer | readonly Buffer[]>()
  readonly #options: WindowOptions
  #segments: Segment[] = []
  #expired: Segment[] = []
  #inits = new Map<string, Buffer>()
  #open: Segment | undefined
  #nextMsn: number
  // From zero, unlike the media sequence: hls.js 1.7 walks an array of this length at each reload.
  #discontinuitySequence = 0
  #targetDurationSeconds: number | undefined
  #partTargetSeconds: number
  #ingest = ''
  #initUri: string | undefined
  #initCount = 0
  #interrupted = false
  #ended = false

  constructor(options: WindowOptions) {
    this.#options = options
    this.#nextMsn = options.firstMsn
    this.#partTargetSeconds = options.partSeconds
  }

  /** Undefined until the first segment is complete, as the target duration is unknown until then. */
  view(): WindowView | undefined {
    if (this.#targetDurationSeconds === undefined) return undefined
    return {
      segments: this.#segments,
      targetDurationSeconds: this.#targetDurationSeconds,
      partTargetSeconds: this.#partTargetSeconds,
      discontinuitySequence: this.#discontinuitySequence,
      hint: this.hint,
      interrupted: this.#interrupted,
      ended: this.#ended,
    }
  }

  /** The number of the segment that is being filled, or will be next. */
  get openMsn(): number {
    return this.#open?.msn ?? this.#nextMsn
  }

  get openParts(): number {
    return this.#open?.parts.length ?? 0
  }

  get hint(): string | undefined {
    if (this.#initUri === undefined || this.#interrupted || this.#ended) return undefined
    return partUri(this.#ingest, this.openMsn, this.openParts)
  }

  get targetDurationSeconds(): number | undefined {
    return this.#targetDurationSeconds
  }

  get partTargetSeconds(): number {
    return this.#partTargetSeconds
  }

  /** A new publisher, or new tracks of the same: what follows has another initialization segment. */
  begin(ingest: string, init: Buffer): void {
    if (this.#initUri !== undefined) this.interrupt()
    if (ingest !== this.#ingest) this.#initCount = 0
    this.#ingest = ingest
    this.#initUri = `${ingest}/init-${this.#initCount++}.mp4`
    this.#inits.set(this.#initUri, init)
    this.files.set(this.#initUri, init)
    this.#ended = false
  }

  addPart(part: { bytes: Buffer; durationSeconds: number; independent: boolean; startsAtMs: number }): void {
    if (this.#initUri === undefined) return
    const { bytes, durationSeconds, independent } = part
    const segment = this.#open ?? this.#openSegment(this.#initUri, part.startsAtMs)
    const uri = partUri(this.#ingest, segment.msn, segment.parts.length)
    segment.parts.push({ uri, bytes, durationSeconds, independent })
    segment.durationSeconds += durationSeconds
    segment.sizeBytes += bytes.length
    this.files.set(uri, bytes)
  }

  #openSegment(initUri: string, startsAtMs: number): Segment {
    const msn = this.#nextMsn++
    const segment: Segment = {
      msn,
      ingest: this.#ingest,
      initUri,
      uri: `${this.#ingest}/s${msn}.m4s`,
      discontinuity: this.#interrupted,
      startsAtMs,
      durationSeconds: 0,
      parts: [],
      complete: false,
      sizeBytes: 0,
    }
    this.#interrupted = false
    this.#open = segment
    this.#segments.push(segment)
    return segment
  }

  closeSegment(): void {
    const segment = this.#open
    if (segment === undefined) return
    segment.complete = true
    this.files.set(
      segment.uri,
      segment.parts.map(({ bytes }) => bytes),
    )
    this.#open = undefined
    if (this.#targetDurationSeconds === undefined) {
      this.#targetDurationSeconds = Math.max(this.#options.segmentSeconds, Math.round(segment.durationSeconds))
      this.#settlePartTarget(segment)
    }
    this.#forget()
  }

  /**
   * The part target is what a publisher's frames really fill: 0.28 s at 25 frames a second, as all parts but the last must have 85 % of it, and
   * longer than wished at less than four frames a second. A stub of a segment says nothing.
   */
  #settlePartTarget({ parts, durationSeconds }: Segment): void {
    const { partSeconds, segmentSeconds } = this.#options
    const longest = Math.max(...parts.map((part) => part.durationSeconds))
    const telling = durationSeconds >= segmentSeconds / 2 && longest >= partSeconds / 2
    if (telling && Math.abs(longest - partSeconds) > 0.001) this.#partTargetSeconds = longest
  }

  /** Appends a discontinuity to what is listed, at once. */
  interrupt(): void {
    this.closeSegment()
    this.#initUri = undefined
    if (this.#segments.length > 0) this.#interrupted = true
  }

  /** The program is over: nothing more is coming. */
  end(): void {
    this.interrupt()
    this.#ended = true
  }

  get sizeBytes(): number {
    return this.#segments.concat(this.#expired).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  }

  #forget(): void {
    const { windowSeconds, graceSeconds, maxBytes } = this.#options
    let listed = this.#segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
    let bytes = this.sizeBytes
    const dropListed = (): void => {
      const [first] = this.#segments.splice(0, 1)
      if (first === undefined) return
      if (first.discontinuity) this.#discontinuitySequence++
      listed -= first.durationSeconds
      this.#expired.push(first)
    }
    const dropExpired = (): void => {
      const [first] = this.#expired.splice(0, 1)
      if (first === undefined) return
      bytes -= first.sizeBytes
      this.files.delete(first.uri)
      for (const { uri } of first.parts) this.files.delete(uri)
    }
    while (this.#segments.length > keptSegments && listed - (this.#segments[0]?.durationSeconds ?? 0) >= windowSeconds) dropListed()
    let grace = this.#expired.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
    while (grace > graceSeconds) {
      grace -= this.#expired[0]?.durationSeconds ?? grace
      dropExpired()
    }
    while (bytes > maxBytes && this.#expired.length > 0) dropExpired()
    while (bytes > maxBytes && this.#segments.length > keptSegments) {
      dropListed()
      dropExpired()
    }
    const used = new Set([...this.#expired, ...this.#segments].map(({ initUri }) => initUri))
    for (const uri of this.#inits.keys()) {
      if (used.has(uri) || uri === this.#initUri) continue
      this.#inits.delete(uri)
      this.files.delete(uri)
    }
  }
}

function partUri(ingest: string, msn: number, part: number): string {
  return `${ingest}/s${msn}.${part}.m4s`
}
