// Owns: MP4 boxes as bytes. ISO/IEC 14496-12, section 4.2.

/** One box: size, four-character type, content. */
export function box(type: string, ...content: Buffer[]): Buffer {
  const head = Buffer.alloc(8)
  const size = content.reduce((sum, part) => sum + part.length, 8)
  head.writeUInt32BE(size, 0)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, ...content], size)
}

/** A box with version and flags before its content. */
export function fullBox(type: string, { version = 0, flags = 0 }: { version?: number; flags?: number }, ...content: Buffer[]): Buffer {
  return box(type, u32(version * 2 ** 24 + flags), ...content)
}

export function u8(...values: number[]): Buffer {
  return Buffer.from(values)
}

export function u16(...values: number[]): Buffer {
  const out = Buffer.alloc(values.length * 2)
  values.forEach((value, index) => {
    out.writeUInt16BE(value, index * 2)
  })
  return out
}

export function u32(...values: number[]): Buffer {
  const out = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => {
    out.writeUInt32BE(value >>> 0, index * 4)
  })
  return out
}

export function u64(value: number): Buffer {
  const out = Buffer.alloc(8)
  out.writeBigUInt64BE(BigInt(value))
  return out
}

export function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
