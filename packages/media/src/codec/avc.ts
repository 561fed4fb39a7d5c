// Owns: what H.264 parameter sets say about the picture. ISO/IEC 14496-15, section 5.3.3; ITU-T H.264, sections 7.3.2.1 and E.1.
import { BitReader } from './bits.ts'

/** How to decode the picture. Two configurations are the same when their records are. */
export type VideoConfig = {
  kind: 'video'
  /** AVCDecoderConfigurationRecord */
  record: Buffer
  /** RFC 6381, such as avc1.64001f */
  codec: string
  /** In pixels as coded; shown they are `pixelAspect` wide for each high. */
  width: number
  height: number
  pixelAspect: { width: number; height: number }
  /** From the timing information, when there is any. */
  framesPerSecond?: number
  /** Whether every browser decodes it: 8 bits, 4:2:0. */
  common: boolean
  lengthBytes: number
}

const sampleAspects: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
]

const profilesWithChroma = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/** Reads an AVCDecoderConfigurationRecord; undefined when it or its sequence parameter set makes no sense. */
export function readAvcConfig(source: Buffer): VideoConfig | undefined {
  if (source.length < 8 || source[0] !== 1) return undefined
  const setCount = (source[5] ?? 0) & 0x1f
  const spsBytes = source.readUInt16BE(6)
  const sps = source.subarray(8, 8 + spsBytes)
  if (setCount < 1 || spsBytes < 4 || sps.length < spsBytes || ((sps[0] ?? 0) & 0x1f) !== 7) return undefined
  // The tag's bytes belong to a received message; the configuration outlives it.
  const record = Buffer.from(source)
  try {
    return {
      kind: 'video',
      record,
      codec: `avc1.${sps.toString('hex', 1, 4)}`,
      lengthBytes: ((source[4] ?? 0) & 3) + 1,
      ...readSequenceParameterSet(withoutEmulationPrevention(sps)),
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function withoutEmulationPrevention(nal: Buffer): Uint8Array {
  const out: number[] = []
  let zeros = 0
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    out.push(byte)
  }
  return Uint8Array.from(out)
}

type Picture = Pick<VideoConfig, 'width' | 'height' | 'pixelAspect' | 'framesPerSecond' | 'common'>

function readSequenceParameterSet(sps: Uint8Array): Picture {
  const bits = new BitReader(sps.subarray(1))
  const profile = bits.bits(8)
  bits.bits(16)
  bits.unsigned()
  let chroma = 1
  let deep = false
  let separatePlanes = false
  if (profilesWithChroma.has(profile)) {
    chroma = bits.unsigned()
    if (chroma === 3) separatePlanes = bits.flag()
    deep = bits.unsigned() + bits.unsigned() > 0
    bits.flag()
    if (bits.flag()) skipScalingMatrix(bits, chroma === 3 ? 12 : 8)
  }
  bits.unsigned()
  skipPictureOrder(bits)
  bits.unsigned()
  bits.flag()
  const widthBlocks = bits.unsigned() + 1
  const heightUnits = bits.unsigned() + 1
  const frameOnly = bits.flag()
  if (!frameOnly) bits.flag()
  bits.flag()
  const crop = { left: 0, right: 0, top: 0, bottom: 0 }
  if (bits.flag()) {
    crop.left = bits.unsigned()
    crop.right = bits.unsigned()
    crop.top = bits.unsigned()
    crop.bottom = bits.unsigned()
  }
  const fieldFactor = frameOnly ? 1 : 2
  const planar = chroma !== 0 && !separatePlanes
  const cropX = planar && (chroma === 1 || chroma === 2) ? 2 : 1
  const cropY = (planar && chroma === 1 ? 2 : 1) * fieldFactor
  const width = widthBlocks * 16 - cropX * (crop.left + crop.right)
  const height = heightUnits * fieldFactor * 16 - cropY * (crop.top + crop.bottom)
  if (width < 1 || height < 1 || width > 16_384 || height > 16_384) throw new RangeError('an impossible picture size')
  const usability = bits.flag() ? readUsability(bits) : { pixelAspect: { width: 1, height: 1 } }
  return { width, height, common: chroma === 1 && !deep, ...usability }
}

function skipScalingMatrix(bits: BitReader, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64)
  }
}

function skipScalingList(bits: BitReader, size: number): void {
  let last = 8
  let next = 8
  for (let index = 0; index < size; index++) {
    if (next !== 0) next = (last + bits.signed() + 256) % 256
    if (next !== 0) last = next
  }
}

function skipPictureOrder(bits: BitReader): void {
  const type = bits.unsigned()
  if (type === 0) {
    bits.unsigned()
  } else if (type === 1) {
    bits.flag()
    bits.signed()
    bits.signed()
    const cycle = bits.unsigned()
    if (cycle > 255) throw new RangeError('an impossible picture order')
    for (let index = 0; index < cycle; index++) bits.signed()
  }
}

function readUsability(bits: BitReader): Pick<VideoConfig, 'pixelAspect' | 'framesPerSecond'> {
  let pixelAspect = { width: 1, height: 1 }
  if (bits.flag()) {
    const idc = bits.bits(8)
    const [width, height] = idc === 255 ? [bits.bits(16), bits.bits(16)] : (sampleAspects[idc] ?? [1, 1])
    if (width > 0 && height > 0) pixelAspect = { width, height }
  }
  if (bits.flag()) bits.flag()
  if (bits.flag()) {
    bits.bits(4)
    if (bits.flag()) bits.bits(24)
  }
  if (bits.flag()) {
    bits.unsigned()
    bits.unsigned()
  }
  if (!bits.flag()) return { pixelAspect }
  const ticks = bits.bits(32)
  const scale = bits.bits(32)
  const framesPerSecond = ticks > 0 ? scale / (2 * ticks) : 0
  return framesPerSecond >= 1 && framesPerSecond <= 240 ? { pixelAspect, framesPerSecond } : { pixelAspect }
}

/** Whether a frame is a whole number of length-prefixed NAL units; browsers end playback at one that is not. */
export function isWholeAvcFrame(data: Buffer, lengthBytes: number): boolean {
  let position = 0
  while (position < data.length) {
    if (position + lengthBytes > data.length) return false
    const size = data.readUIntBE(position, lengthBytes)
    if (size === 0) return false
    position += lengthBytes + size
  }
  return position === data.length && position > 0
}
