// Owns: what a file of a picture says of itself: its kind by its first bytes, and its size in pixels.

export type ImageHeader = { readonly type: 'image/png' | 'image/jpeg' | 'image/webp'; readonly width: number; readonly height: number }
type Size = { width: number; height: number }

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex')

/** Portable Network Graphics: the first chunk is IHDR. */
function readPng(bytes: Buffer): Size | undefined {
  if (!bytes.subarray(0, 8).equals(pngSignature) || bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

/** Start of frame: C0 to CF without the tables C4 and CC and the reserved C8. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/** JPEG: segments with their lengths, up to the start of the frame. */
function readJpeg(bytes: Buffer): Size | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
  let at = 2
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      // Fill bytes may stand before a marker.
      at += 1
      continue
    }
    if (isFrame(marker)) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    const lengthBytes = bytes.readUInt16BE(at + 2)
    // The picture's data begins, or the segment says that it is shorter than its own length.
    if (marker === 0xda || marker === 0xd9 || lengthBytes < 2) return undefined
    at += 2 + lengthBytes
  }
  return undefined
}

/** WebP: a RIFF container with one of three kinds of first chunk (RFC 9649). */
function readWebp(bytes: Buffer): Size | undefined {
  if (bytes.length < 30 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') return undefined
  const chunk = bytes.toString('latin1', 12, 16)
  if (chunk === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
  if (chunk === 'VP8L' && bytes[20] === 0x2f) {
    const bits = bytes.readUInt32LE(21)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (chunk === 'VP8 ' && bytes.readUIntBE(23, 3) === 0x9d012a) {
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
  }
  return undefined
}

const readers = { 'image/png': readPng, 'image/jpeg': readJpeg, 'image/webp': readWebp } as const

/** Undefined for everything that is none of the three kinds, whatever it is called. */
export function readImageHeader(bytes: Buffer): ImageHeader | undefined {
  for (const type of Object.keys(readers) as (keyof typeof readers)[]) {
    const size = readers[type](bytes)
    if (size !== undefined && size.width > 0 && size.height > 0) return { type, ...size }
  }
  return undefined
}
