// Owns: what an AAC AudioSpecificConfig says, and frames of silence. ISO/IEC 14496-3, section 1.6.2.1.
import { BitReader } from './bits.ts'

/** How to decode the sound. Two configurations are the same when their records are. */
export type AudioConfig = {
  kind: 'audio'
  /** AudioSpecificConfig */
  record: Buffer
  /** RFC 6381, such as mp4a.40.2 */
  codec: string
  /** Of the AAC core, in Hz: what timestamps count in. */
  sampleRate: number
  channels: number
  samplesPerFrame: number
}

const sampleRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350]
const channelCounts = [0, 1, 2, 3, 4, 5, 6, 8]

/** Object types that browsers decode: Main, LC, SSR and LTP in name, with SBR, with PS. */
const knownTypes = new Set([1, 2, 3, 4, 5, 29])

function objectType(bits: BitReader): number {
  const type = bits.bits(5)
  return type === 31 ? 32 + bits.bits(6) : type
}

function sampleRate(bits: BitReader): number {
  const index = bits.bits(4)
  return index === 15 ? bits.bits(24) : (sampleRates[index] ?? 0)
}

/** Reads an AudioSpecificConfig; undefined when it makes no sense. */
export function readAacConfig(source: Buffer): AudioConfig | undefined {
  try {
    const bits = new BitReader(source)
    const type = objectType(bits)
    const rate = sampleRate(bits)
    const channelIndex = bits.bits(4)
    if (!knownTypes.has(type) || rate < 7_350 || rate > 96_000) return undefined
    if (type === 5 || type === 29) {
      sampleRate(bits)
      objectType(bits)
    }
    const short = bits.flag()
    // Index 0 leaves the channels to a program config element; two is what such encoders mean.
    const channels = channelIndex === 0 ? 2 : channelCounts[channelIndex]
    if (channels === undefined) return undefined
    return {
      kind: 'audio',
      record: Buffer.from(source),
      codec: `mp4a.40.${type}`,
      sampleRate: rate,
      channels,
      samplesPerFrame: short ? 960 : 1024,
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Two channels of silence at 48 kHz, for publishers without sound: players keep the tracks with which they began. */
export const silence: { config: AudioConfig; frame: Buffer } = {
  config: {
    kind: 'audio',
    record: Buffer.from([0x11, 0x90]),
    codec: 'mp4a.40.2',
    sampleRate: 48_000,
    channels: 2,
    samplesPerFrame: 1024,
  },
  frame: Buffer.from([0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80]),
}
