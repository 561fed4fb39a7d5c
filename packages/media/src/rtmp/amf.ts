// Owns: AMF0 and AMF3 values as RTMP commands and metadata carry them.
import { ProtocolError } from './handshake.ts'

/** Objects are Maps, so that no name of a stranger's becomes a property of ours. */
export type AmfValue = undefined | null | boolean | number | string | AmfValue[] | Map<string, AmfValue>

const maxDepth = 16
const maxValues = 4_096

class AmfReader {
  readonly #data: Buffer
  #position = 0
  #values = 0
  readonly #strings: string[] = []
  readonly #objects: AmfValue[] = []
  readonly #traits: { names: string[]; dynamic: boolean }[] = []

  constructor(data: Buffer) {
    this.#data = data
  }

  get done(): boolean {
    return this.#position >= this.#data.length
  }

  amf0(depth = 0): AmfValue {
    this.#count(depth)
    const marker = this.#byte()
    switch (marker) {
      case 0x00:
        return this.#double()
      case 0x01:
        return this.#byte() !== 0
      case 0x02:
        return this.#utf8(this.#take(2).readUInt16BE(0))
      case 0x03:
        return this.#members(depth)
      case 0x05:
        return null
      case 0x06:
      case 0x0d:
        return undefined
      case 0x07:
        // A reference to an earlier object: no encoder sends one, and following it could build a cycle.
        this.#take(2)
        return undefined
      case 0x08:
        this.#take(4)
        return this.#members(depth)
      case 0x0a: {
        const count = this.#take(4).readUInt32BE(0)
        const list: AmfValue[] = []
        for (let index = 0; index < count; index++) list.push(this.amf0(depth + 1))
        return list
      }
      case 0x0b: {
        const time = this.#double()
        this.#take(2)
        return time
      }
      case 0x0c:
      case 0x0f:
        return this.#utf8(this.#take(4).readUInt32BE(0))
      case 0x10:
        this.#utf8(this.#take(2).readUInt16BE(0))
        return this.#members(depth)
      case 0x11:
        return this.#amf3(depth + 1)
      default:
        throw new ProtocolError(`AMF0 marker ${marker}`)
    }
  }

  #members(depth: number): Map<string, AmfValue> {
    const members = new Map<string, AmfValue>()
    for (;;) {
      const name = this.#utf8(this.#take(2).readUInt16BE(0))
      if (name === '' && this.#data[this.#position] === 0x09) {
        this.#position++
        return members
      }
      members.set(name, this.amf0(depth + 1))
    }
  }

  #amf3(depth: number): AmfValue {
    this.#count(depth)
    const marker = this.#byte()
    switch (marker) {
      case 0x00:
        return undefined
      case 0x01:
        return null
      case 0x02:
        return false
      case 0x03:
        return true
      case 0x04: {
        const value = this.#u29()
        return value >= 0x10000000 ? value - 0x20000000 : value
      }
      case 0x05:
        return this.#double()
      case 0x06:
        return this.#amf3String()
      case 0x07:
      case 0x0b:
      case 0x0c: {
        const head = this.#u29()
        if ((head & 1) === 0) return this.#objects[head >> 1]
        const text = this.#utf8(head >> 1)
        this.#objects.push(text)
        return text
      }
      case 0x08: {
        const head = this.#u29()
        if ((head & 1) === 0) return this.#objects[head >> 1]
        const time = this.#double()
        this.#objects.push(time)
        return time
      }
      case 0x09: {
        const head = this.#u29()
        if ((head & 1) === 0) return undefined
        this.#objects.push(undefined)
        for (let name = this.#amf3String(); name !== ''; name = this.#amf3String()) this.#amf3(depth + 1)
        const list: AmfValue[] = []
        for (let index = 0; index < head >> 1; index++) list.push(this.#amf3(depth + 1))
        return list
      }
      case 0x0a:
        return this.#amf3Object(depth)
      default:
        throw new ProtocolError(`AMF3 marker ${marker}`)
    }
  }

  #amf3Object(depth: number): AmfValue {
    const head = this.#u29()
    if ((head & 1) === 0) return undefined
    this.#objects.push(undefined)
    let traits = this.#traits[head >> 2]
    if ((head & 2) !== 0) {
      if ((head & 4) !== 0) throw new ProtocolError('an externalizable AMF3 object')
      this.#amf3String()
      const names: string[] = []
      for (let index = 0; index < head >> 4; index++) {
        this.#count(depth)
        names.push(this.#amf3String())
      }
      traits = { names, dynamic: (head & 8) !== 0 }
      this.#traits.push(traits)
    }
    if (traits === undefined) throw new ProtocolError('unknown AMF3 traits')
    const members = new Map<string, AmfValue>()
    for (const name of traits.names) members.set(name, this.#amf3(depth + 1))
    if (traits.dynamic) for (let name = this.#amf3String(); name !== ''; name = this.#amf3String()) members.set(name, this.#amf3(depth + 1))
    return members
  }

  #amf3String(): string {
    const head = this.#u29()
    if ((head & 1) === 0) {
      const known = this.#strings[head >> 1]
      if (known === undefined) throw new ProtocolError('unknown AMF3 string')
      return known
    }
    const text = this.#utf8(head >> 1)
    if (text !== '') this.#strings.push(text)
    return text
  }

  #u29(): number {
    let value = 0
    for (let index = 0; index < 3; index++) {
      const byte = this.#byte()
      value = value * 128 + (byte & 0x7f)
      if (byte < 0x80) return value
    }
    return value * 256 + this.#byte()
  }

  #count(depth: number): void {
    if (depth > maxDepth) throw new ProtocolError('AMF nested too deeply')
    if (++this.#values > maxValues) throw new ProtocolError('too many AMF values')
  }

  #take(count: number): Buffer {
    const end = this.#position + count
    if (end > this.#data.length) throw new ProtocolError('AMF ends early')
    const taken = this.#data.subarray(this.#position, end)
    this.#position = end
    return taken
  }

  #byte(): number {
    return this.#take(1)[0] ?? 0
  }

  #double(): number {
    return this.#take(8).readDoubleBE(0)
  }

  #utf8(count: number): string {
    return this.#take(count).toString('utf8')
  }
}

/**
 * Reads all AMF0 values of a message, AMF3 values where the AMF0 marker 0x11 announces them.
 *
 * @throws ProtocolError on truncated, unknown or too deeply nested (16) values, and on more than 4,096 of them.
 */
export function decodeAmf(data: Buffer): AmfValue[] {
  const reader = new AmfReader(data)
  const values: AmfValue[] = []
  while (!reader.done) values.push(reader.amf0())
  return values
}

/** What we send: scalars and flat or nested plain objects. */
export type AmfOutput = null | boolean | number | string | { [name: string]: AmfOutput }

function encodeName(name: string): Buffer {
  const bytes = Buffer.from(name, 'utf8')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function encodeValue(value: AmfOutput): Buffer {
  if (value === null) return Buffer.from([0x05])
  if (typeof value === 'boolean') return Buffer.from([0x01, value ? 1 : 0])
  if (typeof value === 'number') {
    const out = Buffer.alloc(9)
    out.writeDoubleBE(value, 1)
    return out
  }
  if (typeof value === 'string') return Buffer.concat([Buffer.from([0x02]), encodeName(value)])
  const members = Object.entries(value).flatMap(([name, member]) => [encodeName(name), encodeValue(member)])
  return Buffer.concat([Buffer.from([0x03]), ...members, Buffer.from([0, 0, 0x09])])
}

/** Writes values as AMF0. Strings have at most 65,535 bytes. */
export function encodeAmf(...values: AmfOutput[]): Buffer {
  return Buffer.concat(values.map(encodeValue))
}
