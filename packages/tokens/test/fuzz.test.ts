// Owns: that no mutation of a token crashes the verifier, hangs it or passes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenErrorCodes } from '../src/index.ts'
import { inspectToken } from '../src/inspect.ts'
import { parseStrictJson, StrictJsonError } from '../src/strict-json.ts'
import { claims, encode, header, outcome, signSegments, token, tokenWith, verify } from './handmade.ts'

const codes: ReadonlySet<string> = new Set(tokenErrorCodes)
const refusals = (verdict: string): boolean => codes.has(verdict.split(' ')[0] ?? '')
const good = token()

/** Cuts, doubles, swaps, inserts and replaces pieces of a text. */
function mutate(text: string, steps: readonly (readonly [kind: number, at: number, length: number, insert: string])[]): string {
  return steps.reduce((current, [kind, at, length, insert]) => {
    const from = at % (current.length + 1)
    const to = Math.min(current.length, from + length)
    const [before, piece, after] = [current.slice(0, from), current.slice(from, to), current.slice(to)]
    return (
      [before + after, before + piece + piece + after, before + insert + after, before + insert + piece + after, after + piece + before][
        kind % 5
      ] ?? current
    )
  }, text)
}
const insert = fc.oneof(
  fc.constantFrom(...'.=+/-_ {}[]",:\\\n\0', 'eyJ', '\uFEFF', '\ud800', '😀', '{"a":', '"__proto__"', '1e999', 'null'),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const steps = fc.array(fc.tuple(fc.nat(4), fc.nat(2000), fc.nat(12), insert), { minLength: 1, maxLength: 5 })

test('a mutated token is refused with a code', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const mutated = mutate(good, taken)
      fc.pre(mutated !== good)
      expect(refusals(outcome(() => verify(mutated)))).toBe(true)
      expect(inspectToken(mutated).ok).toBe(false)
    }),
    { seed: 21, numRuns: 4000 },
  )
})

test('a signed token whose header was mutated is refused, or says the same', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const text = mutate(JSON.stringify(header), taken)
      const verdict = outcome(() => verify(signSegments(encode(text), encode(claims))))
      if (verdict === 'accept') expect(JSON.parse(text)).toMatchObject({ alg: 'ES256', kid: header.kid })
      else expect(refusals(verdict)).toBe(true)
    }),
    { seed: 22, numRuns: 1500 },
  )
})

test('a signed token whose payload was mutated is refused, or is what JSON.parse reads', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const text = mutate(JSON.stringify(claims), taken)
      const signed = signSegments(encode(header), encode(text))
      const verdict = outcome(() => verify(signed))
      if (verdict === 'accept') expect(verify(signed)).toMatchObject({ jti: JSON.parse(text).jti, expiresAt: JSON.parse(text).exp })
      else expect(refusals(verdict)).toBe(true)
    }),
    { seed: 23, numRuns: 1500 },
  )
})

test('bytes of any kind in place of header or payload', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (first, second) => {
      const head = encode(Buffer.from(first))
      expect(refusals(outcome(() => verify(signSegments(head, encode(Buffer.from(second))))))).toBe(true)
      expect(refusals(outcome(() => verify(signSegments(encode(header), encode(Buffer.from(second))))))).toBe(true)
    }),
    { seed: 24, numRuns: 800 },
  )
})

test('any JSON for any claim is judged, never thrown at', () => {
  const names = [...Object.keys(claims), 'iss', 'sharePersonalData', 'unknown']
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 4 }), (name, value) => {
      const verdict = outcome(() => verify(tokenWith({ [name]: value })))
      expect(verdict === 'accept' || refusals(verdict)).toBe(true)
    }),
    { seed: 25, numRuns: 1500 },
  )
})

/** Whether a JSON text gives a member twice, found in another way than the parser's: by walking the text. */
function hasDuplicate(text: string): boolean {
  const open: (Set<string> | undefined)[] = []
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (piece === '{') open.push(new Set())
    else if (piece === '[') open.push(undefined)
    else if (piece === '}' || piece === ']') open.pop()
    else if (piece.endsWith(':')) {
      const name: string = JSON.parse(piece.slice(0, -1).trim())
      if (open.at(-1)?.has(name)) return true
      open.at(-1)?.add(name)
    }
  }
  return false
}

test('the parser takes what JSON.parse takes, but for duplicates, depth and forbidden names', () => {
  const accepts = (text: string): boolean => {
    try {
      parseStrictJson(text, { maxDepth: 8 })
      return true
    } catch (error) {
      expect(error).toBeInstanceOf(StrictJsonError)
      return false
    }
  }
  const parsed = (text: string): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  }
  const depth = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0
  const name = fc.constantFrom('a', 'b', '\\u0061', '\\u0062', ':', '\\"', 'c')
  const { object } = fc.letrec<{ object: string; value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('1', '"a:b"', '"\\"a\\":1"', 'null', '[]'),
      tie('object'),
      fc.array(tie('value'), { maxLength: 2 }).map((values) => `[${values}]`),
    ),
    object: fc
      .array(fc.tuple(name, tie('value')), { maxLength: 3 })
      .map((members) => `{${members.map(([key, value]) => `"${key}" :${value}`).join(', ')}}`),
  }))
  const seen = { accepted: 0, duplicates: 0 }
  fc.assert(
    fc.property(object, fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, steps), (text, taken) => {
      const mutated = mutate(text, taken)
      const value = parsed(mutated)
      const fine = typeof value === 'object' && value !== null && !Array.isArray(value) && depth(value) <= 8 && !hasDuplicate(mutated)
      // Forbidden names come only from mutations, and are refused whatever else is right.
      const accepted = accepts(mutated)
      expect(accepted).toBe(fine && !/__proto__/.test(mutated))
      if (accepted) seen.accepted++
      if (value !== undefined && hasDuplicate(mutated)) seen.duplicates++
    }),
    { seed: 26, numRuns: 4000 },
  )
  expect(Math.min(seen.accepted, seen.duplicates)).toBeGreaterThan(200)
})
