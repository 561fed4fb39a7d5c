// Owns: the text of the playlists. RFC 8216bis (HTTP Live Streaming, second edition).
import type { Tracks } from '../mp4/init.ts'
import type { Segment, WindowView } from './window.ts'

/** How far behind the newest part players keep, in parts: what the RFC recommends. */
const holdBackParts = 3
/** Parts are listed for so many segments at the end, the open one included. */
const segmentsWithParts = 3

function seconds(value: number): string {
  return value.toFixed(5)
}

/** A part's duration never exceeds the target, not even by the rounding of a decimal. */
function partSeconds(value: number, target: number): string {
  const rounded = seconds(value)
  return Number(rounded) > target && value <= target + 0.001 ? seconds(target) : rounded
}

function at(ms: number): string {
  return new Date(Math.round(ms)).toISOString()
}

/**
 * Renders a media playlist; all URIs are relative to it.
 *
 * @param options.lowLatency  with parts, preload hint and blocking reload; otherwise whole segments only
 */
export function renderMediaPlaylist(view: WindowView, options: { lowLatency: boolean }): string {
  const { lowLatency } = options
  const segments = lowLatency ? view.segments : view.segments.filter(({ complete }) => complete)
  // Once appended a discontinuity stays, also while the segment behind it is not complete yet.
  const interrupted = view.interrupted || (!lowLatency && view.segments.some(({ complete, discontinuity }) => !complete && discontinuity))
  const partTarget = view.partTargetSeconds
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${lowLatency ? 9 : 7}`, `#EXT-X-TARGETDURATION:${view.targetDurationSeconds}`]
  if (lowLatency) {
    lines.push(`#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${seconds(partTarget * holdBackParts)}`)
    lines.push(`#EXT-X-PART-INF:PART-TARGET=${seconds(partTarget)}`)
  }
  lines.push(`#EXT-X-MEDIA-SEQUENCE:${segments[0]?.msn ?? 0}`, `#EXT-X-DISCONTINUITY-SEQUENCE:${view.discontinuitySequence}`)
  if (segments.every(({ parts }) => parts[0]?.independent === true)) lines.push('#EXT-X-INDEPENDENT-SEGMENTS')
  const openWithoutParts = segments.at(-1)?.complete === true ? 1 : 0
  const firstWithParts = segments.length + openWithoutParts - segmentsWithParts
  let initUri: string | undefined
  for (const [index, segment] of segments.entries()) {
    if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY')
    if (segment.initUri !== initUri) lines.push(`#EXT-X-MAP:URI="${segment.initUri}"`)
    initUri = segment.initUri
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${at(segment.startsAtMs)}`)
    if (lowLatency && index >= firstWithParts) lines.push(...partLines(segment, partTarget))
    if (segment.complete) lines.push(`#EXTINF:${seconds(segment.durationSeconds)},`, segment.uri)
  }
  if (view.ended) lines.push('#EXT-X-ENDLIST')
  else if (interrupted) lines.push('#EXT-X-DISCONTINUITY')
  else if (lowLatency && view.hint !== undefined) lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${view.hint}"`)
  return `${lines.join('\n')}\n`
}

function partLines(segment: Segment, target: number): string[] {
  return segment.parts.map(
    ({ uri, durationSeconds, independent }) =>
      `#EXT-X-PART:DURATION=${partSeconds(durationSeconds, target)},URI="${uri}"${independent ? ',INDEPENDENT=YES' : ''}`,
  )
}

/** What the multivariant playlist says about the one variant there is. Bits a second. */
export type VariantDescription = { tracks: Tracks; peakBitrate: number; averageBitrate: number; framesPerSecond?: number }

/** Renders the multivariant playlist: one quality, whose media playlist is stream.m3u8. */
export function renderMultivariantPlaylist(variant: VariantDescription): string {
  const { video, audio } = variant.tracks
  const codecs = [video?.codec, audio?.codec].filter((codec) => codec !== undefined)
  const attributes = [`BANDWIDTH=${variant.peakBitrate}`, `AVERAGE-BANDWIDTH=${variant.averageBitrate}`, `CODECS="${codecs.join(',')}"`]
  if (video !== undefined) {
    const width = Math.round((video.width * video.pixelAspect.width) / video.pixelAspect.height)
    attributes.push(`RESOLUTION=${width}x${video.height}`)
    if (variant.framesPerSecond !== undefined) attributes.push(`FRAME-RATE=${variant.framesPerSecond.toFixed(3)}`)
  }
  return `#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-STREAM-INF:${attributes.join(',')}\nstream.m3u8\n`
}
