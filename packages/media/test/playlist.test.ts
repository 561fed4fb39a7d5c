import HLS from 'hls-parser'
import { describe, expect, test } from 'vitest'
import { renderMediaPlaylist, renderMultivariantPlaylist } from '../src/hls/playlist.ts'
import { SegmentWindow } from '../src/hls/window.ts'
import { audioConfig, videoConfig } from './feed.ts'

HLS.setOptions({ strictMode: true })

const epochMs = Date.UTC(2026, 0, 2, 3, 4, 5)

function openWindow(options: Partial<ConstructorParameters<typeof SegmentWindow>[0]> = {}): SegmentWindow {
  return new SegmentWindow({
    windowSeconds: 30,
    graceSeconds: 10,
    maxBytes: 1e9,
    partSeconds: 0.3,
    segmentSeconds: 2,
    firstMsn: 10,
    ...options,
  })
}

class Filler {
  readonly window: SegmentWindow
  #ms = epochMs

  constructor(window: SegmentWindow) {
    this.window = window
  }

  part(durationSeconds: number, { independent = false, bytes = 10 } = {}): void {
    this.window.addPart({ bytes: Buffer.alloc(bytes), durationSeconds, independent, startsAtMs: this.#ms })
    this.#ms += durationSeconds * 1000
  }

  segment(durations: readonly number[], bytes = 10): void {
    durations.forEach((durationSeconds, index) => {
      this.part(durationSeconds, { independent: index === 0, bytes })
    })
    this.window.closeSegment()
  }

  wait(ms: number): void {
    this.#ms += ms
  }
}

function text(window: SegmentWindow, lowLatency = true): string {
  const view = window.view()
  if (view === undefined) throw new Error('nothing to render yet')
  const rendered = renderMediaPlaylist(view, { lowLatency })
  HLS.parse(rendered)
  return rendered
}

const second = [0.5, 0.5]

function discontinuities({ segments }: HLS.types.MediaPlaylist): string {
  return segments
    .filter(({ uri }) => uri !== '')
    .map(({ discontinuity }) => (discontinuity ? 'D' : '-'))
    .join('')
}

describe('the low-latency playlist', () => {
  test('lists segments, the parts of the last ones, and the next part', () => {
    const window = openWindow()
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('init'))
    expect(window.view()).toBeUndefined()
    fill.segment([0.28, 0.28])
    fill.segment([0.3003, 0.2669])
    fill.part(0.3, { independent: true })
    expect(text(window)).toBe(`#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.90000
#EXT-X-PART-INF:PART-TARGET=0.30000
#EXT-X-MEDIA-SEQUENCE:10
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="aaaa/init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.000Z
#EXT-X-PART:DURATION=0.28000,URI="aaaa/s10.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.28000,URI="aaaa/s10.1.m4s"
#EXTINF:0.56000,
aaaa/s10.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.560Z
#EXT-X-PART:DURATION=0.30000,URI="aaaa/s11.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.26690,URI="aaaa/s11.1.m4s"
#EXTINF:0.56720,
aaaa/s11.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:06.127Z
#EXT-X-PART:DURATION=0.30000,URI="aaaa/s12.0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="aaaa/s12.1.m4s"
`)
  })

  test('ends in a discontinuity the moment the publisher drops, and goes on behind it with another initialization', () => {
    const window = openWindow()
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('init'))
    fill.segment(second)
    fill.part(0.5, { independent: true })
    window.interrupt()
    const head = `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.50000
#EXT-X-PART-INF:PART-TARGET=0.50000
#EXT-X-MEDIA-SEQUENCE:10
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="aaaa/init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.000Z
#EXT-X-PART:DURATION=0.50000,URI="aaaa/s10.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.50000,URI="aaaa/s10.1.m4s"
#EXTINF:1.00000,
aaaa/s10.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:06.000Z
#EXT-X-PART:DURATION=0.50000,URI="aaaa/s11.0.m4s",INDEPENDENT=YES
#EXTINF:0.50000,
aaaa/s11.m4s
#EXT-X-DISCONTINUITY
`
    expect(text(window)).toBe(head)
    window.begin('bbbb', Buffer.from('init'))
    expect(text(window)).toBe(head)
    fill.wait(60_000)
    fill.part(0.5, { independent: true })
    expect(text(window)).toBe(`${head}#EXT-X-MAP:URI="bbbb/init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:05:06.500Z
#EXT-X-PART:DURATION=0.50000,URI="bbbb/s12.0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="bbbb/s12.1.m4s"
`)
  })

  test('counts the discontinuities that slid out, with the segments behind them', () => {
    const window = openWindow({ windowSeconds: 4 })
    const fill = new Filler(window)
    const seen: string[] = []
    for (const ingest of ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee', 'ffff']) {
      window.begin(ingest, Buffer.from('init'))
      fill.segment(second)
      fill.segment(second)
      const parsed = HLS.parse(text(window)) as HLS.types.MediaPlaylist
      seen.push(`${parsed.mediaSequenceBase} ${parsed.discontinuitySequenceBase} ${discontinuities(parsed)}`)
      window.interrupt()
    }
    expect(seen).toEqual(['10 0 --', '10 0 --D-', '12 0 D-D-', '14 1 D-D-', '16 2 D-D-', '18 3 D-D-'])
    fill.window.begin('gggg', Buffer.from('init'))
    fill.segment(second)
    expect(text(window)).toContain('#EXT-X-MEDIA-SEQUENCE:19\n#EXT-X-DISCONTINUITY-SEQUENCE:4\n')
  })

  test('new tracks of the same publisher have the next initialization of the same ingest', () => {
    const window = openWindow()
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('one'))
    fill.segment(second)
    window.begin('aaaa', Buffer.from('two'))
    fill.segment(second)
    expect(text(window)).toContain('#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="aaaa/init-1.mp4"\n')
    expect(window.files.get('aaaa/init-0.mp4')).toEqual(Buffer.from('one'))
    expect(window.files.get('aaaa/init-1.mp4')).toEqual(Buffer.from('two'))
  })

  test('says that nothing more comes when the program is over, and takes it back when it goes on', () => {
    const window = openWindow()
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('init'))
    fill.segment(second)
    window.end()
    expect(text(window).endsWith('aaaa/s10.m4s\n#EXT-X-ENDLIST\n')).toBe(true)
    window.begin('bbbb', Buffer.from('init'))
    fill.segment(second)
    expect(text(window)).toContain('aaaa/s10.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="bbbb/init-0.mp4"\n')
    expect(text(window)).not.toContain('ENDLIST')
  })

  test.each([
    [[2.0], 2],
    [[2.4], 2],
    [[1.0], 2],
    [[4.0], 4],
    [[8.33], 8],
    [[10.4], 10],
  ])('a first segment of %j s fixes the target duration to %i s for good', (durations, target) => {
    const window = openWindow()
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('init'))
    fill.segment(durations)
    expect(window.view()?.targetDurationSeconds).toBe(target)
    fill.segment([1])
    expect(window.view()?.targetDurationSeconds).toBe(target)
  })

  test('a segment without a key frame at its beginning takes the promise of independent segments back', () => {
    const window = openWindow()
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('init'))
    fill.segment(second)
    expect(text(window)).toContain('INDEPENDENT-SEGMENTS')
    fill.part(0.5)
    window.closeSegment()
    expect(text(window)).not.toContain('INDEPENDENT-SEGMENTS')
  })
})

describe('the plain playlist', () => {
  test('has whole segments only', () => {
    const window = openWindow()
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('init'))
    fill.segment([1, 1])
    fill.segment([1, 1])
    fill.part(0.3, { independent: true })
    expect(text(window, false)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:10
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="aaaa/init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.000Z
#EXTINF:2.00000,
aaaa/s10.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:07.000Z
#EXTINF:2.00000,
aaaa/s11.m4s
`)
  })

  test('keeps its closing discontinuity until a whole segment stands behind it', () => {
    const window = openWindow()
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('init'))
    fill.segment([2])
    window.interrupt()
    const interrupted = text(window, false)
    expect(interrupted.endsWith('aaaa/s10.m4s\n#EXT-X-DISCONTINUITY\n')).toBe(true)
    window.begin('bbbb', Buffer.from('init'))
    fill.part(0.3, { independent: true })
    expect(text(window, false)).toBe(interrupted)
    window.closeSegment()
    expect(text(window, false)).toContain('#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="bbbb/init-0.mp4"\n')
  })
})

describe('the window', () => {
  test('lists 30 s, serves a little longer, and forgets the rest with its initialization', () => {
    const window = openWindow({ graceSeconds: 4 })
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('init'))
    fill.segment([1, 1])
    window.begin('bbbb', Buffer.from('init'))
    for (let count = 0; count < 15; count++) fill.segment([1, 1])
    expect(window.view()?.segments.map(({ msn }) => msn)).toEqual(Array.from({ length: 15 }, (_, index) => 11 + index))
    expect(window.files.has('aaaa/s10.m4s')).toBe(true)
    for (let count = 0; count < 3; count++) fill.segment([1, 1])
    expect([...window.files.keys()].filter((name) => name.startsWith('aaaa'))).toEqual([])
    expect(window.files.has('bbbb/s11.m4s')).toBe(false)
    expect(window.files.has('bbbb/s12.m4s')).toBe(true)
    expect(window.files.has('bbbb/s12.0.m4s')).toBe(true)
  })

  test('never keeps more bytes than it may, beyond the three segments that a player needs', () => {
    const window = openWindow({ maxBytes: 1_000 })
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('init'))
    for (let count = 0; count < 20; count++) {
      fill.segment([1, 1], 100)
      expect(window.sizeBytes).toBeLessThanOrEqual(1_000)
    }
    for (let count = 0; count < 5; count++) fill.segment([1, 1], 1_000)
    expect(window.view()?.segments).toHaveLength(3)
    expect(window.sizeBytes).toBe(6_000)
  })

  test('a segment is the very bytes of its parts', () => {
    const window = openWindow()
    const fill = new Filler(window)
    window.begin('aaaa', Buffer.from('init'))
    fill.segment([1, 1])
    const segment = window.files.get('aaaa/s10.m4s')
    expect(Array.isArray(segment) && segment[0] === window.files.get('aaaa/s10.0.m4s')).toBe(true)
  })
})

describe('the multivariant playlist', () => {
  test('has one variant with codecs, size and frame rate', () => {
    const rendered = renderMultivariantPlaylist({
      tracks: { video: videoConfig, audio: audioConfig },
      peakBitrate: 2_000_000,
      averageBitrate: 1_500_000,
      framesPerSecond: 29.97,
    })
    expect(rendered).toBe(`#EXTM3U
#EXT-X-VERSION:9
#EXT-X-STREAM-INF:BANDWIDTH=2000000,AVERAGE-BANDWIDTH=1500000,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970
stream.m3u8
`)
    expect(HLS.parse(rendered)).toMatchObject({ isMasterPlaylist: true })
  })

  test('shows the picture as it is seen when its pixels are not square, and sound alone without one', () => {
    const video = { ...videoConfig, width: 720, height: 576, pixelAspect: { width: 64, height: 45 } }
    const rates = { peakBitrate: 1, averageBitrate: 1 }
    expect(renderMultivariantPlaylist({ ...rates, tracks: { video } })).toContain('CODECS="avc1.4d401f",RESOLUTION=1024x576\n')
    expect(renderMultivariantPlaylist({ ...rates, tracks: { audio: audioConfig } })).toContain('AVERAGE-BANDWIDTH=1,CODECS="mp4a.40.2"\n')
  })
})
