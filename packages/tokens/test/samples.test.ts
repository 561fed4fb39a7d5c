// Owns: the sample cases: every token and PEM of the fixtures meets its expectation.
import { verify as verifySignature } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importPublicKey, inspectToken, KeyError, type PartnerKey, TokenError, verifyToken } from '../src/index.ts'
import { signatureParts } from '../src/inspect.ts'

interface Sample {
  id: string
  how: string
  expect: string
  generate?: [string, number][]
}
interface TokenSample extends Sample {
  token: string | null
  program: { id: string; organizationId: string }
  claim?: string
  expectName?: Record<'givenName' | 'familyName', string | null | (string | null)[]>
  expectShare?: boolean
  expectWarning?: boolean
}
interface PemSample extends Sample {
  pem: string | null
}
type KeySample = Omit<PartnerKey, 'publicKey'> & { pem: string }

function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as T
}

function text(given: string | null, sample: Sample): string {
  return given ?? (sample.generate ?? []).map(([part, times]) => part.repeat(times)).join('')
}

function outcome<T>(attempt: () => T): { value?: T; code: string; claim?: string | undefined } {
  try {
    return { value: attempt(), code: 'accept' }
  } catch (error) {
    if (error instanceof TokenError) return { code: error.code, claim: error.claim }
    if (error instanceof KeyError) return { code: error.code }
    throw error
  }
}

describe('sample tokens', () => {
  const { now, keys, cases } = fixture<{ now: number; keys: KeySample[]; cases: TokenSample[] }>('tokens')
  const declared = new Map(keys.map(({ pem, ...key }) => [key.kid, { ...key, publicKey: importPublicKey(pem).publicKey }]))

  test.each(cases)('$id ($how): $expect', (sample) => {
    const { value, code, claim } = outcome(() =>
      verifyToken(text(sample.token, sample), { findKey: (kid) => declared.get(kid), program: sample.program, now }),
    )
    expect(sample.expect.split('|')).toContain(code)
    if (sample.claim !== undefined) expect(claim).toBe(sample.claim)
    for (const [part, wanted] of Object.entries(sample.expectName ?? {})) {
      expect([wanted].flat()).toContain(value?.[part as 'givenName' | 'familyName'])
    }
    if (sample.expectShare !== undefined) expect(value?.sharePersonalData).toBe(sample.expectShare)
    if (sample.expectWarning !== undefined) expect(value?.warnings.length !== 0).toBe(sample.expectWarning)
  })
})

describe('sample tokens, inspected', () => {
  const { now, keys, cases } = fixture<{ now: number; keys: KeySample[]; cases: TokenSample[] }>('tokens')
  const declared = new Map(keys.map((key) => [key.kid, key]))

  test.each(cases)('$id ($how): $expect', (sample) => {
    const token = text(sample.token, sample)
    const parts = signatureParts(token)
    const key = declared.get(parts?.kid ?? '')
    const signatureValid =
      parts &&
      key &&
      verifySignature('sha256', parts.signingInput, { key: importPublicKey(key.pem).publicKey, dsaEncoding: 'ieee-p1363' }, parts.signature)
    const { ok, checks } = inspectToken(token, { now, program: sample.program, key, signatureValid })
    expect(sample.expect.split('|')).toContain(checks.find(({ outcome: came }) => came === 'fail')?.code ?? 'accept')
    expect(ok).toBe(sample.expect === 'accept')
  })
})

describe('sample PEMs', () => {
  const { cases } = fixture<{ cases: PemSample[] }>('pems')

  test.each(cases)('$id ($how): $expect', (sample) => {
    const { code } = outcome(() => importPublicKey(text(sample.pem, sample)))
    expect(sample.expect.split('|')).toContain(code)
  })
})
