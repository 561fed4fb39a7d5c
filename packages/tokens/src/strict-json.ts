// Owns: reading JSON (RFC 8259) more strictly than JSON.parse: one reading for every reader, or none.

/** A JSON value as `parseStrictJson` returns it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject

/** A JSON object as `parseStrictJson` returns it; read it with `member`. */
export interface JsonObject {
  [name: string]: JsonValue
}

/** What was not strict JSON. The message names the rule, never the content. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError'
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/** Counts the members that are written in a JSON text, at all levels: the colons outside its strings. */
function countWritten(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === colon) count++
    if (code !== quote) continue
    for (at++; text.charCodeAt(at) !== quote; at++) {
      if (text.charCodeAt(at) === backslash) at++
    }
  }
  return count
}

/** Counts all colons: as many members as are written, or more where strings hold some. Several times faster than `countWritten`. */
function countColons(text: string): number {
  let count = 0
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) count++
  return count
}

/** Counts the members that were read, at all levels. */
function countRead(value: JsonValue[] | JsonObject, depthLeft: number): number {
  if (depthLeft === 0) throw new StrictJsonError('It is nested too deep.')
  let count = 0
  if (Array.isArray(value)) {
    for (const element of value) if (typeof element === 'object' && element !== null) count += countRead(element, depthLeft - 1)
    return count
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
      throw new StrictJsonError('A member is named __proto__, constructor or prototype.')
    }
    count++
    const inner = value[name]
    if (typeof inner === 'object' && inner !== null) count += countRead(inner, depthLeft - 1)
  }
  return count
}

/**
 * Reads a JSON object.
 *
 * Refuses what two readers could take differently: a byte order mark, a member given twice (escapes resolved) at any level,
 * members named `__proto__`, `constructor` or `prototype`, anything but an object outermost, and nesting deeper than `maxDepth` (the
 * outermost object is depth 1; arrays count). Numbers too large for a double come back as Infinity; lone surrogates written as escapes are
 * kept, for the caller to judge.
 *
 * @throws StrictJsonError
 */
export function parseStrictJson(text: string, options: { maxDepth: number }): JsonObject {
  let value: JsonValue
  try {
    value = JSON.parse(text)
  } catch {
    // JSON.parse quotes the text in its message, so the message is not passed on.
    throw new StrictJsonError('It is not JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new StrictJsonError('It is not a JSON object.')
  // JSON.parse keeps the last of two members with one name and drops the other with all that is in it, so any loss is a duplicate. What is
  // read is never more than what is written, nor that more than there are colons: where the outermost two agree, all do.
  const read = countRead(value, options.maxDepth)
  if (read !== countColons(text) && read !== countWritten(text)) throw new StrictJsonError('A member is given twice.')
  return value
}

/** The object's own member of this name; never what a polluted Object.prototype would lend it. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}
