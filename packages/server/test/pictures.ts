// Owns: small pictures for tests, as real encoders begin them.

const crc = Buffer.alloc(4)

/** A PNG that ends after its header; nobody here looks further. */
export function png(width: number, height: number): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 6, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), head, crc])
}

/** A JPEG with an EXIF segment before its start of frame, whose payload looks like a start of frame itself. */
export function jpeg(width: number, height: number, frame = 0xc2): Buffer {
  const decoy = Buffer.from('ffc00011080bad0bad03', 'hex')
  const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 2 + decoy.length]), decoy])
  const start = Buffer.from([0xff, frame, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3])
  return Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'), exif, Buffer.from([0xff]), start, Buffer.alloc(32)])
}

function riff(chunk: string, payload: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(payload.length)
  const body = Buffer.concat([Buffer.from(`WEBP${chunk}`, 'latin1'), size, payload, Buffer.alloc(16)])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(body.length)
  return Buffer.concat([Buffer.from('RIFF', 'latin1'), length, body])
}

export const webp = {
  lossy(width: number, height: number): Buffer {
    return riff('VP8 ', Buffer.from([0x30, 1, 0, 0x9d, 1, 0x2a, width & 255, width >> 8, height & 255, height >> 8]))
  },
  lossless(width: number, height: number): Buffer {
    const bits = Buffer.alloc(4)
    bits.writeUInt32LE(((width - 1) | ((height - 1) << 14)) >>> 0)
    return riff('VP8L', Buffer.concat([Buffer.from([0x2f]), bits]))
  },
  extended(width: number, height: number): Buffer {
    const head = Buffer.alloc(10)
    head.writeUIntLE(width - 1, 4, 3)
    head.writeUIntLE(height - 1, 7, 3)
    return riff('VP8X', head)
  },
}
