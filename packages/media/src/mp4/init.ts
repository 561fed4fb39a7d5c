// Owns: the initialization segment: which tracks there are and how to decode them. ISO/IEC 14496-12, sections 8.2 to 8.8.
import type { AudioConfig } from '../codec/aac.ts'
import type { VideoConfig } from '../codec/avc.ts'
import { ascii, box, fullBox, u8, u16, u32, u64 } from './box.ts'

export const trackIds = { video: 1, audio: 2 } as const

/** Ticks a second of video decoding times: divisible by every usual frame rate, 29.97 included. */
export const videoTimescale = 90_000

export type Tracks = { video?: VideoConfig; audio?: AudioConfig }

const unity = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
const movieTimescale = 1000

/** Builds ftyp and moov for the tracks given (at least one). */
export function buildInit(tracks: Tracks): Buffer {
  const traks: Buffer[] = []
  const extensions: Buffer[] = []
  if (tracks.video !== undefined) traks.push(videoTrack(tracks.video))
  if (tracks.audio !== undefined) traks.push(audioTrack(tracks.audio))
  if (tracks.video !== undefined) extensions.push(trackDefaults(trackIds.video))
  if (tracks.audio !== undefined) extensions.push(trackDefaults(trackIds.audio))
  const movieHeader = fullBox('mvhd', {}, u32(0, 0, movieTimescale, 0, 0x10000), u16(0x0100, 0), u32(0, 0), unity, u32(0, 0, 0, 0, 0, 0, 3))
  return Buffer.concat([
    box('ftyp', ascii('iso6'), u32(1), ascii('iso6cmfcmp41')),
    box('moov', movieHeader, ...traks, box('mvex', ...extensions)),
  ])
}

/** Adds a duration to what `buildInit` made: a live stream has none, and a file should. */
export function withDuration(init: Buffer, durationMs: number): Buffer {
  const moov = init.indexOf('moov', 0, 'latin1') - 4
  const mvex = init.lastIndexOf('mvex', undefined, 'latin1') - 4
  const duration = fullBox('mehd', { version: 1 }, u64(durationMs))
  const out = Buffer.concat([init.subarray(0, mvex + 8), duration, init.subarray(mvex + 8)])
  for (const position of [moov, mvex]) out.writeUInt32BE(out.readUInt32BE(position) + duration.length, position)
  return out
}

function trackDefaults(trackId: number): Buffer {
  return fullBox('trex', {}, u32(trackId, 1, 0, 0, 0))
}

function trackHeader(trackId: number, options: { volume: number; width: number; height: number }): Buffer {
  const enabledInMovie = 3
  return fullBox(
    'tkhd',
    { flags: enabledInMovie },
    u32(0, 0, trackId, 0, 0, 0, 0),
    u16(0, 0, options.volume, 0),
    unity,
    u32(Math.round(options.width * 0x10000), options.height * 0x10000),
  )
}

function media(options: { timescale: number; handler: string; name: string; header: Buffer; sampleEntry: Buffer }): Buffer {
  const undefinedLanguage = 0x55c4
  const selfContained = 1
  const empty = u32(0)
  return box(
    'mdia',
    fullBox('mdhd', {}, u32(0, 0, options.timescale, 0), u16(undefinedLanguage, 0)),
    fullBox('hdlr', {}, u32(0), ascii(options.handler), u32(0, 0, 0), ascii(`${options.name}\0`)),
    box(
      'minf',
      options.header,
      box('dinf', fullBox('dref', {}, u32(1), fullBox('url ', { flags: selfContained }))),
      box(
        'stbl',
        fullBox('stsd', {}, u32(1), options.sampleEntry),
        fullBox('stts', {}, empty),
        fullBox('stsc', {}, empty),
        fullBox('stsz', {}, u32(0, 0)),
        fullBox('stco', {}, empty),
      ),
    ),
  )
}

function videoTrack(config: VideoConfig): Buffer {
  const { width, height, pixelAspect, record } = config
  const square = pixelAspect.width === pixelAspect.height
  const sampleEntry = box(
    'avc1',
    u32(0),
    u16(0, 1, 0, 0),
    u32(0, 0, 0),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(24, 0xffff),
    box('avcC', record),
    ...(square ? [] : [box('pasp', u32(pixelAspect.width, pixelAspect.height))]),
  )
  return box(
    'trak',
    trackHeader(trackIds.video, { volume: 0, width: (width * pixelAspect.width) / pixelAspect.height, height }),
    media({
      timescale: videoTimescale,
      handler: 'vide',
      name: 'Video',
      header: fullBox('vmhd', { flags: 1 }, u16(0, 0, 0, 0)),
      sampleEntry,
    }),
  )
}

function audioTrack(config: AudioConfig): Buffer {
  const { sampleRate, channels } = config
  // The field is 16.16, so 88.2 and 96 kHz do not fit; decoders read the AudioSpecificConfig.
  const shownRate = sampleRate > 0xffff ? 0 : sampleRate * 0x10000
  const sampleEntry = box(
    'mp4a',
    u32(0),
    u16(0, 1),
    u32(0, 0),
    u16(channels, 16, 0, 0),
    u32(shownRate),
    fullBox('esds', {}, elementaryStreamDescriptor(config)),
  )
  return box(
    'trak',
    trackHeader(trackIds.audio, { volume: 0x0100, width: 0, height: 0 }),
    media({ timescale: sampleRate, handler: 'soun', name: 'Audio', header: fullBox('smhd', {}, u16(0, 0)), sampleEntry }),
  )
}

/** ISO/IEC 14496-1, section 7.2.6.5. */
function elementaryStreamDescriptor({ record }: AudioConfig): Buffer {
  const descriptor = (tag: number, ...content: Buffer[]): Buffer => {
    const body = Buffer.concat(content)
    return Buffer.concat([u8(tag, 0x80, 0x80, 0x80, body.length), body])
  }
  const decoderConfig = descriptor(4, u8(0x40, 0x15, 0, 0, 0), u32(0, 0), descriptor(5, record))
  return descriptor(3, u16(trackIds.audio), u8(0), decoderConfig, descriptor(6, u8(2)))
}
