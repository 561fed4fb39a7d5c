// Owns: reading JSON (RFC 8259) more strictly than JSON.parse: one reading for every reader, or none.

/** A JSON value as `parseStrictJson` returns it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject

/** A JSON object as `parseStrictJson` returns it: without a prototype, so that only what was written can be read. */
export interface JsonObject {
  [name: string]: JsonValue
}

/** What was not strict JSON. The message names the rule, never the content. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError'
}

// ignoreBOM keeps a byte order mark in the text, where it is refused like any other character that is not JSON.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const hex = /^[0-9a-fA-F]{4}$/
const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

class Reader {
  private readonly text: string
  private readonly maxDepth: number
  private at = 0
  private depth = 0

  constructor(text: string, maxDepth: number) {
    this.text = text
    this.maxDepth = maxDepth
  }

  document(): JsonObject {
    this.skipSpace()
    if (this.text.charCodeAt(this.at) !== 0x7b) throw new StrictJsonError('It is not a JSON object.')
    const object = this.object()
    this.skipSpace()
    if (this.at !== this.text.length) throw new StrictJsonError('Something follows the JSON object.')
    return object
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.at++
    }
  }

  private value(): JsonValue {
    switch (this.text.charCodeAt(this.at)) {
      case 0x22:
        return this.string()
      case 0x7b:
        return this.object()
      case 0x5b:
        return this.array()
      case 0x74:
        return this.word('true', true)
      case 0x66:
        return this.word('false', false)
      case 0x6e:
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw new StrictJsonError('It is not JSON.')
    this.at += word.length
    return value
  }

  private number(): number {
    number.lastIndex = this.at
    const match = number.exec(this.text)
    if (match === null) throw new StrictJsonError('It is not JSON.')
    this.at = number.lastIndex
    return Number(match[0])
  }

  private string(): string {
    const start = ++this.at
    let at = start
    for (;;) {
      const code = this.text.charCodeAt(at)
      if (code === 0x22) {
        this.at = at + 1
        return this.text.slice(start, at)
      }
      if (code === 0x5c) return this.escapedString(start, at)
      // NaN, past the end, fails this comparison too.
      if (!(code >= 0x20)) throw new StrictJsonError('A string holds a bare control character or does not end.')
      at++
    }
  }

  private escapedString(start: number, firstEscape: number): string {
    let value = this.text.slice(start, firstEscape)
    let at = firstEscape
    for (;;) {
      const character = this.text[at]
      if (character === '"') {
        this.at = at + 1
        return value
      }
      if (character === undefined || character < ' ') throw new StrictJsonError('A string holds a bare control character or does not end.')
      if (character !== '\\') {
        value += character
        at++
        continue
      }
      const kind = this.text[at + 1] ?? ''
      if (kind === 'u') {
        const digits = this.text.slice(at + 2, at + 6)
        if (!hex.test(digits)) throw new StrictJsonError('A string holds an escape that JSON does not know.')
        value += String.fromCharCode(Number.parseInt(digits, 16))
        at += 6
        continue
      }
      const escaped = Object.hasOwn(escapes, kind) ? escapes[kind] : undefined
      if (escaped === undefined) throw new StrictJsonError('A string holds an escape that JSON does not know.')
      value += escaped
      at += 2
    }
  }

  private enter(): void {
    this.at++
    if (++this.depth > this.maxDepth) throw new StrictJsonError(`It is nested deeper than ${this.maxDepth}.`)
    this.skipSpace()
  }

  private leave(): void {
    this.at++
    this.depth--
  }

  private array(): JsonValue[] {
    this.enter()
    const values: JsonValue[] = []
    if (this.text.charCodeAt(this.at) === 0x5d) {
      this.leave()
      return values
    }
    for (;;) {
      values.push(this.value())
      this.skipSpace()
      const code = this.text.charCodeAt(this.at)
      if (code === 0x5d) {
        this.leave()
        return values
      }
      if (code !== 0x2c) throw new StrictJsonError('It is not JSON.')
      this.at++
      this.skipSpace()
    }
  }

  private object(): JsonObject {
    this.enter()
    const object: JsonObject = Object.create(null)
    if (this.text.charCodeAt(this.at) === 0x7d) {
      this.leave()
      return object
    }
    for (;;) {
      if (this.text.charCodeAt(this.at) !== 0x22) throw new StrictJsonError('It is not JSON.')
      const name = this.string()
      if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
        throw new StrictJsonError('A member is named __proto__, constructor or prototype.')
      }
      if (name in object) throw new StrictJsonError('A member is given twice.')
      this.skipSpace()
      if (this.text.charCodeAt(this.at) !== 0x3a) throw new StrictJsonError('It is not JSON.')
      this.at++
      this.skipSpace()
      object[name] = this.value()
      this.skipSpace()
      const code = this.text.charCodeAt(this.at)
      if (code === 0x7d) {
        this.leave()
        return object
      }
      if (code !== 0x2c) throw new StrictJsonError('It is not JSON.')
      this.at++
      this.skipSpace()
    }
  }
}

/**
 * Reads a JSON object from UTF-8 bytes.
 *
 * Refuses what two readers could take differently: invalid UTF-8, a byte order mark, a member given twice (escapes resolved) at any level,
 * members named `__proto__`, `constructor` or `prototype`, anything but an object outermost, and nesting deeper than `maxDepth` (the
 * outermost object is depth 1; arrays count). Numbers too large for a double come back as Infinity; lone surrogates written as escapes are
 * kept, for the caller to judge.
 *
 * @throws StrictJsonError
 */
export function parseStrictJson(bytes: Uint8Array, options: { maxDepth: number }): JsonObject {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw new StrictJsonError('It is not valid UTF-8.')
  }
  return new Reader(text, options.maxDepth).document()
}
