// Owns: where the fragments of a file are: found by reading it, and written down as a segment index. ISO/IEC 14496-12, section 8.16.3.
import type { FileHandle } from 'node:fs/promises'
import { fullBox, u16, u32, u64 } from './box.ts'
import { trackIds } from './init.ts'

/** One run of fragments that can be played from its beginning. `ticks` is its duration. */
export type IndexEntry = { sizeBytes: number; ticks: number }

/** Builds a sidx for entries that follow it without a gap, the first of them at time zero. */
export function buildSegmentIndex(options: { trackId: number; timescale: number; entries: readonly IndexEntry[] }): Buffer {
  // The count has 16 bits; a longer recording (36 hours of 2 s) goes without an index and plays all the same.
  if (options.entries.length === 0 || options.entries.length > 0xffff) return Buffer.alloc(0)
  const beginsWithKeyFrame = 0x90000000
  const references = options.entries.map(({ sizeBytes, ticks }) => u32(sizeBytes, ticks, beginsWithKeyFrame))
  return fullBox(
    'sidx',
    { version: 1 },
    u32(options.trackId, options.timescale),
    u64(0),
    u64(0),
    u16(0, options.entries.length),
    ...references,
  )
}

/** What a scan found: entries, the bytes before the first of them, and how far the file is whole. */
export type Scan = { initBytes: number; entries: IndexEntry[]; wholeBytes: number }

const maxMoofBytes = 1024 * 1024

/** Reads the boxes of a fragmented file of ours; stops at the first that is not whole, as a killed process leaves one. */
export async function scanFragments(file: FileHandle, options: { video: boolean }): Promise<Scan> {
  const { size } = await file.stat()
  const trackId = options.video ? trackIds.video : trackIds.audio
  const scan: Scan = { initBytes: 0, entries: [], wholeBytes: 0 }
  const head = Buffer.alloc(8)
  let fragment: { sizeBytes: number; ticks: number; key: boolean } | undefined
  for (let position = 0; position + 8 <= size; ) {
    await file.read(head, 0, 8, position)
    const boxBytes = head.readUInt32BE(0)
    const type = head.toString('latin1', 4, 8)
    if (boxBytes < 8 || position + boxBytes > size) break
    if (type === 'moof') {
      if (boxBytes > maxMoofBytes) break
      const moof = Buffer.alloc(boxBytes)
      await file.read(moof, 0, boxBytes, position)
      fragment = { sizeBytes: boxBytes, ...readMoof(moof, trackId) }
    } else if (type === 'mdat' && fragment !== undefined) {
      fragment.sizeBytes += boxBytes
      addToIndex(scan.entries, fragment)
      scan.wholeBytes = position + boxBytes
      fragment = undefined
    } else if (type === 'ftyp' || type === 'moov') {
      scan.initBytes = position + boxBytes
    }
    position += boxBytes
  }
  return scan
}

/** Adds a fragment: as an entry of its own where it begins with a key frame, else to the last one. */
export function addToIndex(entries: IndexEntry[], fragment: { sizeBytes: number; ticks: number; key: boolean }): void {
  const last = entries.at(-1)
  if (fragment.key || last === undefined) {
    entries.push({ sizeBytes: fragment.sizeBytes, ticks: fragment.ticks })
  } else {
    last.sizeBytes += fragment.sizeBytes
    last.ticks += fragment.ticks
  }
}

/** Finds how long a track's samples of one moof are, and whether the first is a key frame; knows the layout of our own fragments only. */
function readMoof(moof: Buffer, trackId: number): { ticks: number; key: boolean } {
  const nonKey = 0x00010000
  let ticks = 0
  let key = true
  for (let traf = 8; traf + 8 <= moof.length; traf += Math.max(8, moof.readUInt32BE(traf))) {
    if (moof.toString('latin1', traf + 4, traf + 8) !== 'traf' || moof.readUInt32BE(traf + 20) !== trackId) continue
    const trun = moof.indexOf('trun', traf, 'latin1') - 4
    if (trun < 0) continue
    const entryBytes = trackId === trackIds.video ? 16 : 8
    const count = moof.readUInt32BE(trun + 12)
    const first = trun + 20
    for (let sample = 0; sample < count && first + (sample + 1) * entryBytes <= moof.length; sample++)
      ticks += moof.readUInt32BE(first + sample * entryBytes)
    if (trackId === trackIds.video && count > 0) key = (moof.readUInt32BE(first + 8) & nonKey) === 0
  }
  return { ticks, key }
}
