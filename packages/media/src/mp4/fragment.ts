// Owns: movie fragments: samples in, moof and mdat out in one buffer. ISO/IEC 14496-12, section 8.8.
import { trackIds } from './init.ts'

/** One coded frame. Times are in ticks of its track. */
export type Sample = { decodeTime: number; duration: number; compositionOffset: number; key: boolean; data: Buffer }

export type Fragment = {
  bytes: Buffer
  moofBytes: number
  /** Where the 64-bit decode time of each track stands in `bytes`, for those who must shift it. */
  decodeTimes: readonly { position: number; track: 'video' | 'audio' }[]
}

const syncSample = 0x02000000
const otherSample = 0x01010000

const tfhdFlags = { defaultBaseIsMoof: 0x020000, sampleFlags: 0x20 }
const trunFlags = { dataOffset: 0x01, duration: 0x100, size: 0x200, flags: 0x400, compositionOffset: 0x800 }

const layouts = {
  video: { entryBytes: 16, tfhdBytes: 16, tfhd: tfhdFlags.defaultBaseIsMoof },
  audio: { entryBytes: 8, tfhdBytes: 20, tfhd: tfhdFlags.defaultBaseIsMoof | tfhdFlags.sampleFlags },
} as const

class Writer {
  readonly bytes: Buffer
  position = 0

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  box(size: number, type: string): void {
    this.u32(size)
    this.position += this.bytes.write(type, this.position, 'latin1')
  }

  u32(value: number): void {
    this.position = this.bytes.writeUInt32BE(value >>> 0, this.position)
  }

  i32(value: number): void {
    this.position = this.bytes.writeInt32BE(value, this.position)
  }

  u64(value: number): void {
    this.position = this.bytes.writeBigUInt64BE(BigInt(value), this.position)
  }
}

/** Builds one fragment. Samples of a track are in decoding order, and follow each other by their durations; a track without samples is left out. */
export function buildFragment(input: { sequence: number; video: readonly Sample[]; audio: readonly Sample[] }): Fragment {
  const runs = (['video', 'audio'] as const)
    .map((track) => ({ track, layout: layouts[track], samples: input[track] }))
    .filter(({ samples }) => samples.length > 0)
  const trafBytes = (run: (typeof runs)[number]): number => 8 + run.layout.tfhdBytes + 20 + 20 + run.samples.length * run.layout.entryBytes
  const moofBytes = runs.reduce((sum, run) => sum + trafBytes(run), 8 + 16)
  const dataBytes = runs.reduce((sum, { samples }) => samples.reduce((total, { data }) => total + data.length, sum), 0)
  const out = new Writer(moofBytes + 8 + dataBytes)
  const decodeTimes: { position: number; track: 'video' | 'audio' }[] = []
  out.box(moofBytes, 'moof')
  out.box(16, 'mfhd')
  out.u32(0)
  out.u32(input.sequence)
  let dataOffset = moofBytes + 8
  for (const run of runs) {
    const { track, layout, samples } = run
    out.box(trafBytes(run), 'traf')
    out.box(layout.tfhdBytes, 'tfhd')
    out.u32(layout.tfhd)
    out.u32(trackIds[track])
    if (track === 'audio') out.u32(syncSample)
    out.box(20, 'tfdt')
    out.u32(0x01000000)
    decodeTimes.push({ position: out.position, track })
    out.u64(samples[0]?.decodeTime ?? 0)
    writeRun(out, { track, samples, dataOffset })
    dataOffset = samples.reduce((offset, { data }) => offset + data.length, dataOffset)
  }
  out.box(8 + dataBytes, 'mdat')
  for (const { samples } of runs) for (const { data } of samples) out.position += data.copy(out.bytes, out.position)
  return { bytes: out.bytes, moofBytes, decodeTimes }
}

function writeRun(
  out: Writer,
  { track, samples, dataOffset }: { track: 'video' | 'audio'; samples: readonly Sample[]; dataOffset: number },
): void {
  const common = trunFlags.dataOffset | trunFlags.duration | trunFlags.size
  out.box(20 + samples.length * layouts[track].entryBytes, 'trun')
  // Version 1: composition offsets may be negative.
  out.u32(0x01000000 | (track === 'video' ? common | trunFlags.flags | trunFlags.compositionOffset : common))
  out.u32(samples.length)
  out.u32(dataOffset)
  for (const sample of samples) {
    out.u32(sample.duration)
    out.u32(sample.data.length)
    if (track === 'audio') continue
    out.u32(sample.key ? syncSample : otherSample)
    out.i32(sample.compositionOffset)
  }
}
