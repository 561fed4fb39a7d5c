// Owns: reading single bits and Exp-Golomb numbers, as H.264 and AAC headers have them.

/** Reads bits from the most significant on. Throws RangeError beyond the end. */
export class BitReader {
  readonly #data: Uint8Array
  #position = 0

  constructor(data: Uint8Array) {
    this.#data = data
  }

  /** An unsigned number of up to 32 bits. */
  bits(count: number): number {
    let value = 0
    for (let index = 0; index < count; index++) {
      const byte = this.#data[this.#position >> 3]
      if (byte === undefined) throw new RangeError('no more bits')
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1)
      this.#position++
    }
    return value
  }

  flag(): boolean {
    return this.bits(1) === 1
  }

  /** ue(v) of H.264, section 9.1. */
  unsigned(): number {
    let zeros = 0
    while (!this.flag()) if (++zeros > 31) throw new RangeError('an Exp-Golomb number beyond 32 bits')
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  /** se(v) of H.264, section 9.1.1. */
  signed(): number {
    const code = this.unsigned()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}
