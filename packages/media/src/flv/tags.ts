// Owns: FLV: the bodies of audio and video tags (which RTMP messages carry too, Enhanced RTMP included) and the tags of a file.

/** What one video tag says. `compositionMs` is how much later than its decoding time the picture shows; negative is possible. */
export type VideoTag =
  | { type: 'config'; record: Buffer }
  | { type: 'frame'; key: boolean; compositionMs: number; data: Buffer }
  | { type: 'unsupported'; codec: string }
  | { type: 'malformed' }
  | { type: 'other' }

/** What one audio tag says. */
export type AudioTag =
  | { type: 'config'; record: Buffer }
  | { type: 'frame'; data: Buffer }
  | { type: 'unsupported'; codec: string }
  | { type: 'malformed' }
  | { type: 'other' }

const videoCodecs: Record<number, string> = {
  2: 'Sorenson H.263',
  3: 'Screen video',
  4: 'VP6',
  5: 'VP6 with alpha',
  6: 'Screen video 2',
  8: 'VP8',
  9: 'VP9',
  12: 'HEVC (H.265)',
  13: 'AV1',
  14: 'VVC (H.266)',
}

const audioCodecs: Record<number, string> = {
  0: 'uncompressed sound',
  1: 'ADPCM',
  2: 'MP3',
  3: 'uncompressed sound',
  4: 'Nellymoser',
  5: 'Nellymoser',
  6: 'Nellymoser',
  7: 'G.711',
  8: 'G.711',
  11: 'Speex',
  13: 'Opus',
  14: 'MP3',
  15: 'device-specific sound',
}

const fourCcs: Record<string, string> = {
  hvc1: 'HEVC (H.265)',
  av01: 'AV1',
  vp08: 'VP8',
  vp09: 'VP9',
  vvc1: 'VVC (H.266)',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
  Opus: 'Opus',
  '.mp3': 'MP3',
  fLaC: 'FLAC',
}

/** Multitrack packets carry further tracks beside the plain one, and ModEx wraps them: neither holds what we show. */
const enhancedPacket = { sequenceStart: 0, codedFrames: 1, codedFramesX: 3, audioMultitrack: 5, videoMultitrack: 6, modEx: 7 } as const

function fourCc(body: Buffer): string {
  return body.toString('latin1', 1, 5)
}

/** Judges one video tag body (RTMP message type 9). Never throws. */
export function readVideoTag(body: Buffer): VideoTag {
  const first = body[0]
  // An empty message is a keep-alive of some encoders.
  if (first === undefined) return { type: 'other' }
  if ((first & 0x80) !== 0) return readEnhancedVideo(first, body)
  const codec = first & 0x0f
  const frameType = first >> 4
  if (frameType === 5) return { type: 'other' }
  if (codec !== 7) return { type: 'unsupported', codec: videoCodecs[codec] ?? `video codec ${codec}` }
  if (body.length < 5) return { type: 'malformed' }
  if (body[1] === 0) return { type: 'config', record: body.subarray(5) }
  if (body[1] === 1) return { type: 'frame', key: frameType === 1, compositionMs: body.readIntBE(2, 3), data: body.subarray(5) }
  return { type: 'other' }
}

function readEnhancedVideo(first: number, body: Buffer): VideoTag {
  const frameType = (first >> 4) & 7
  const packet = first & 0x0f
  if (frameType === 5 || packet === enhancedPacket.videoMultitrack || packet === enhancedPacket.modEx) return { type: 'other' }
  if (body.length < 5) return { type: 'malformed' }
  const code = fourCc(body)
  if (code !== 'avc1') return { type: 'unsupported', codec: fourCcs[code] ?? `video codec ${printable(code)}` }
  const key = frameType === 1
  if (packet === enhancedPacket.sequenceStart) return { type: 'config', record: body.subarray(5) }
  if (packet === enhancedPacket.codedFramesX) return { type: 'frame', key, compositionMs: 0, data: body.subarray(5) }
  if (packet !== enhancedPacket.codedFrames) return { type: 'other' }
  if (body.length < 8) return { type: 'malformed' }
  return { type: 'frame', key, compositionMs: body.readIntBE(5, 3), data: body.subarray(8) }
}

/** Judges one audio tag body (RTMP message type 8). Never throws. */
export function readAudioTag(body: Buffer): AudioTag {
  const first = body[0]
  if (first === undefined) return { type: 'other' }
  const format = first >> 4
  if (format === 9) return readEnhancedAudio(first & 0x0f, body)
  if (format !== 10) return { type: 'unsupported', codec: audioCodecs[format] ?? `sound format ${format}` }
  if (body.length < 2) return { type: 'malformed' }
  if (body[1] === 0) return { type: 'config', record: body.subarray(2) }
  if (body[1] === 1) return body.length > 2 ? { type: 'frame', data: body.subarray(2) } : { type: 'other' }
  return { type: 'other' }
}

function readEnhancedAudio(packet: number, body: Buffer): AudioTag {
  if (packet === enhancedPacket.audioMultitrack || packet === enhancedPacket.modEx) return { type: 'other' }
  if (body.length < 5) return { type: 'malformed' }
  const code = fourCc(body)
  if (code !== 'mp4a') return { type: 'unsupported', codec: fourCcs[code] ?? `sound format ${printable(code)}` }
  if (packet === enhancedPacket.sequenceStart) return { type: 'config', record: body.subarray(5) }
  if (packet === enhancedPacket.codedFrames) return { type: 'frame', data: body.subarray(5) }
  return { type: 'other' }
}

function printable(code: string): string {
  return code.replace(/[^\w. -]/g, '?')
}

/** One tag of an FLV file; `type` is the RTMP message type of the same content (8 audio, 9 video, 18 script data). */
export type FlvTag = { type: number; timestamp: number; body: Buffer }

/**
 * Reads the tags of an FLV file that is whole in memory; a last tag that is cut off is left out.
 *
 * @throws Error when it is no FLV file.
 */
export function* readFlv(file: Buffer): Generator<FlvTag> {
  if (file.length < 13 || file.toString('latin1', 0, 3) !== 'FLV') throw new Error('not an FLV file')
  let position = file.readUInt32BE(5) + 4
  while (position + 11 <= file.length) {
    const size = file.readUIntBE(position + 1, 3)
    const from = position + 11
    if (from + size > file.length) return
    const timestamp = (file.readUIntBE(position + 4, 3) + (file[position + 7] ?? 0) * 2 ** 24) >>> 0
    yield { type: (file[position] ?? 0) & 0x1f, timestamp, body: file.subarray(from, from + size) }
    position = from + size + 4
  }
}
