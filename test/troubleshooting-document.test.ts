// Owns: that docs/troubleshooting.md has a line for every code that an attendee or a developer can meet, and says where the inspector shows it.
import { readFileSync } from 'node:fs'
import { errors } from '@voila/protocol'
import { inspectToken, type KeyFacts, tokenErrorCodes } from '@voila/tokens/inspect'
import { describe, expect, test } from 'vitest'
import { header, key, now, program, token, tokenWith } from '../packages/tokens/test/handmade.ts'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const document = read('docs/troubleshooting.md')

/** The groups of the table, as its comments name them. */
const groups = [
  ...read('packages/protocol/src/errors.ts').matchAll(/^ {2}\/\/ ([^.,(]+?)(?: \(|[.,]).*\n((?:(?! {2}\/\/ |\} as).*\n)*)/gm),
].map(([, name = '', rows = '']) => ({ name, codes: [...rows.matchAll(/^ {2}(\w+): \{/gm)].map(([, code = '']) => code) }))
/** Told to the team alone, in words that say what to do. */
const elsewhere = 'Administration and the rest'

const sections = new Map(document.split(/^## /m).map((text) => [text.slice(0, text.indexOf('\n')), text]))
const rowsOf = (section: string): string[][] =>
  [...(sections.get(section) ?? '').matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, code = '', rest = '']) => [code, ...rest.split(' | ')])

test('the groups of the table hold every code', () => {
  expect(groups.flatMap(({ codes }) => codes)).toEqual(Object.keys(errors))
  expect(groups.map(({ name }) => name)).toContain(elsewhere)
})

describe.each(groups.filter(({ name }) => name !== elsewhere))('the codes of $name', ({ name, codes }) => {
  test.each(codes)('%s', (code) => {
    const told = rowsOf(name).find(([each]) => each === code)
    expect(told, `${code} is of the group “${name}”: give it a line in docs/troubleshooting.md, under “## ${name}”`).toBeDefined()
    expect(told?.every((cell) => cell.trim() !== '')).toBe(true)
  })
  test('stand there once each, and no others', () => {
    expect(
      rowsOf(name)
        .map(([code]) => code)
        .sort(),
    ).toEqual([...codes].sort())
  })
})

describe('where the inspector shows it', () => {
  /** A token that is refused with the code, and what is known of its key. */
  const refused: Record<string, () => { text: string; key?: Partial<KeyFacts> | null; signed?: false }> = {
    too_large: () => ({ text: 'x'.repeat(8_193) }),
    malformed: () => ({ text: 'a.b' }),
    signature_missing: () => ({ text: token().replace(/[^.]*$/, '') }),
    encoding: () => ({ text: `${token()}=` }),
    header_json: () => ({ text: token({ header: '[' }) }),
    header_alg: () => ({ text: token({ header: { ...header, alg: 'HS256' } }) }),
    header_crit: () => ({ text: token({ header: { ...header, crit: ['b64'] } }) }),
    header_typ: () => ({ text: token({ header: { ...header, typ: 'at+jwt' } }) }),
    kid_missing: () => ({ text: token({ header: { ...header, kid: undefined } }) }),
    kid_format: () => ({ text: token({ header: { ...header, kid: 'short' } }) }),
    kid_unknown: () => ({ text: token(), key: null }),
    signature_length: () => ({ text: token().replace(/[^.]*$/, 'AAAA') }),
    signature: () => ({ text: token(), signed: false }),
    key_revoked: () => ({ text: token(), key: { state: 'revoked' } }),
    key_expired: () => ({ text: token(), key: { notAfter: now - 1 } }),
    payload_json: () => ({ text: token({ payload: '{' }) }),
    claim_range: () => ({ text: tokenWith({ exp: -1 }) }),
    expired: () => ({ text: tokenWith({ exp: now - 61, iat: now - 600, nbf: undefined }) }),
    not_yet_valid: () => ({ text: tokenWith({ nbf: now + 120 }) }),
    issued_in_future: () => ({ text: tokenWith({ iat: now + 120, nbf: undefined }) }),
    lifetime: () => ({ text: tokenWith({ iat: now + 30, exp: now + 10, nbf: undefined }) }),
    lifetime_too_long: () => ({ text: tokenWith({ exp: now * 1_000 }) }),
    token_use: () => ({ text: tokenWith({ token_use: 'access' }) }),
    organization_mismatch: () => ({ text: tokenWith({ organization_id: 'another' }) }),
    event_mismatch: () => ({ text: tokenWith({ roles: [{ eventId: 'another' }] }) }),
    role_not_allowed: () => ({ text: tokenWith({ roles: [{ name: 'ROLE_MODERATOR', eventId: program.id }] }) }),
    claim_text: () => ({ text: tokenWith({ given_name: '\u200b' }) }),
    claim_email: () => ({ text: tokenWith({ email: 'ada' }) }),
  }
  /** At the check that reads the claim: more than one. */
  const anywhere = ['claim_missing', 'claim_type', 'claim_length']
  /** What Backstage calls a check. */
  const [, labels = ''] = /const names: [^{]*\{([\s\S]*?)\n\}/.exec(read('packages/web/src/backstage/inspector/verdict.tsx')) ?? []
  const names = Object.fromEntries([...labels.matchAll(/(\w+): '(.+)'/g)].map(([, id, name]) => [id, name]))

  test('is tried for every code of a token', () => {
    expect([...Object.keys(refused), ...anywhere].sort()).toEqual([...tokenErrorCodes].sort())
  })

  test('the order is that of the checks', () => {
    expect(rowsOf('Attendee tokens').map(([code]) => code)).toEqual(tokenErrorCodes)
  })

  test.each(rowsOf('Attendee tokens'))('%s', (code = '', _cause, _cure, check) => {
    if (anywhere.includes(code)) return expect(check).toBe('the claim’s')
    const { text = '', key: facts, signed = true } = refused[code]?.() ?? {}
    const { checks } = inspectToken(text, { program, now, key: facts === null ? null : { ...key, ...facts }, signatureValid: signed })
    const failed = checks.find(({ outcome }) => outcome === 'fail')
    expect(failed?.code).toBe(code)
    expect(names[failed?.id ?? '']).toBe(check)
  })
})
