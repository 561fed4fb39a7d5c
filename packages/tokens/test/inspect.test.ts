// Owns: that inspectToken agrees with verifyToken, names the likely mistake, and runs without Node.
import { createHash, sign, webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkIds, type InspectOptions, inspectToken, readPublicKeyPem, signatureParts } from '../src/inspect.ts'
import {
  claims,
  encode,
  header,
  key,
  now,
  organizationId,
  outcome,
  pair,
  program,
  signSegments,
  token,
  tokenWith,
  tokenWithText,
  verify,
} from './handmade.ts'

const spki = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** Judges a signature as a browser does. */
async function signatureValid(text: string): Promise<boolean | undefined> {
  const parts = signatureParts(text)
  if (parts === undefined) return undefined
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const imported = await webcrypto.subtle.importKey('spki', readPublicKeyPem(spki).spki, algorithm, false, ['verify'])
  return await webcrypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, imported, parts.signature, parts.signingInput)
}
async function inspected(text: string, options: InspectOptions = {}): Promise<ReturnType<typeof inspectToken>> {
  return inspectToken(text, { program, now, key, signatureValid: await signatureValid(text), ...options })
}
function failures({ checks }: ReturnType<typeof inspectToken>): string[] {
  return checks.filter(({ outcome: came }) => came === 'fail').map(({ code, claim }) => [code, claim].filter(Boolean).join(' '))
}

const der = sign('sha256', Buffer.from(`${encode(header)}.${encode(claims)}`), pair.privateKey)
const tokens = {
  good: token(),
  'broken form': 'a.b',
  'no signature': token().replace(/[^.]*$/, ''),
  padding: `${token()}=`,
  'no header JSON': token({ header: '[' }),
  'alg none': token({ header: { ...header, alg: 'none' } }),
  'other kid': token({ header: { ...header, kid: 'other-kid-1' } }),
  'kid missing': token({ header: { ...header, kid: undefined } }),
  DER: `${encode(header)}.${encode(claims)}.${encode(der)}`,
  'changed payload': token().replace(/\.[^.]*\./, `.${encode({ ...claims, sub: 'eve' })}.`),
  'no payload JSON': token({ payload: '{' }),
  expired: tokenWith({ exp: now - 100 }),
  'several faults': tokenWith({ exp: now - 100, token_use: 'x', roles: [{ eventId: 'other' }], jti: 1, email: 'x' }),
  'other organization': tokenWith({ organization_id: 'org-b' }),
  'other role': tokenWith({ roles: [{ name: 'ROLE_ADMIN', eventId: program.id }] }),
  'odd sharing': tokenWith({ roles: [{ eventId: program.id, sharePersonalData: 'yes' }] }),
  'too large': 'x'.repeat(9000),
}

describe('inspectToken agrees with verifyToken', () => {
  test.each(Object.entries(tokens))('%s', async (_, text) => {
    const found = await inspected(text)
    const verdict = outcome(() => verify(text))
    expect(failures(found)[0] ?? 'accept').toBe(verdict)
    expect(found.ok).toBe(verdict === 'accept')
    expect(found.checks.map(({ id }) => id)).toEqual([...checkIds])
  })
  test('it goes on after a failure', async () => {
    expect(failures(await inspected(tokens['several faults']))).toEqual([
      'expired',
      'token_use',
      'event_mismatch',
      'claim_type jti',
      'claim_email email',
    ])
  })
  test('a revoked key', async () => {
    expect(failures(await inspected(token(), { key: { ...key, state: 'revoked' } }))).toEqual(['key_revoked'])
  })
  test('it shows header and claims, also where they are at fault', async () => {
    expect(await inspected(tokens['several faults'])).toMatchObject({ header, claims: { organization_id: organizationId, token_use: 'x' } })
  })
})

describe('what is not given is not judged', () => {
  const unjudged = (options: InspectOptions): string[] =>
    inspectToken(token(), { now, ...options }).checks.flatMap(({ id, outcome: came }) => (came === 'not judged' ? [id] : []))
  test('nothing given', () => expect(unjudged({})).toEqual(['kid', 'signature', 'key', 'organization', 'roles']))
  test('a program', () => expect(unjudged({ program })).toEqual(['kid', 'signature', 'key', 'organization', 'roles']))
  test('a key', () => expect(unjudged({ key })).toEqual(['signature', 'roles']))
  test('a key and a program', () => expect(unjudged({ key, program })).toEqual(['signature']))
  test('and what is not judged is never ok', () => expect(inspectToken(token(), { now, key, program }).ok).toBe(false))
  test('a program that the token is not for fails without a key', () => {
    expect(failures(inspectToken(token(), { now, program: { ...program, id: 'other' } }))).toEqual(['event_mismatch'])
  })
  test.each([undefined, null])('a key that was looked for and is %s is kid_unknown', (none) => {
    expect(failures(inspectToken(token(), { now, key: none }))).toEqual(['kid_unknown'])
  })
  test('the clock is this machine’s unless given', () => {
    const seconds = Math.floor(Date.now() / 1000)
    expect(failures(inspectToken(tokenWith({ iat: seconds, nbf: seconds, exp: seconds + 60 })))).toEqual([])
    expect(failures(inspectToken(tokenWith({ iat: seconds - 900, nbf: undefined, exp: seconds - 600 })))).toEqual(['expired'])
  })
})

describe('it names the likely mistake', () => {
  const rows: [mistake: string, text: string, says: RegExp, options?: InspectOptions][] = [
    ['exp quoted', tokenWith({ exp: String(now + 60) }), /exp is quoted: write 1800000060, not "1800000060"/],
    ['exp in milliseconds', tokenWith({ exp: (now + 60) * 1000 }), /exp is in milliseconds/],
    ['iat in milliseconds', tokenWith({ iat: now * 1000 }), /iat is in milliseconds/],
    ['nbf in milliseconds', tokenWith({ nbf: now * 1000 }), /nbf is in milliseconds/],
    ['exp a duration', tokenWith({ exp: 3600 }), /duration/],
    ['exp a date text', tokenWith({ exp: '2027-01-15' }), /text; it must be a number of seconds/],
    ['a DER signature', tokens.DER, /DER.*ieee-p1363/],
    ['another curve, by its signature', `${encode(header)}.${encode(claims)}.${encode(Buffer.alloc(96))}`, /wrong curve \(P-384\)/],
    ['another curve, by alg', token({ header: { ...header, alg: 'ES384' } }), /another curve.*prime256v1/],
    ['a shared secret', token({ header: { ...header, alg: 'HS256' } }), /shared secret/],
    ['RSA', token({ header: { ...header, alg: 'RS256' } }), /RSA/],
    ['not yet valid on this clock', tokenWith({ nbf: now + 300 }), /nbf is .* 5 min ahead of this clock .*Compare the clock/],
    [
      'another program’s id',
      tokenWith({ roles: [{ eventId: 'elsewhere' }] }),
      /\["elsewhere"\], and this is "program12345": another program’s id/,
    ],
    ['another organization’s program', token(), /another organization than the key/, { program: { ...program, organizationId: 'org-b' } }],
    ['another organization’s key', token(), /another organization’s key/, { key: { ...key, organizationId: 'org-b' } }],
    [
      'another key',
      signSegments(encode(header), encode({ ...claims, sub: 'x' })).replace(/[^.]*$/, token().split('.')[2] ?? ''),
      /another private key, or changed/,
    ],
    ['padding', tokens.padding, /padding/],
    ['base64', token().replace(/.$/, '+'), /base64url/],
    ['a line break', `${token()}\n`, /line break/],
    ['Bearer', `Bearer ${token()}`.replaceAll('.', ''), /Bearer/],
    ['a whole address', `https://example.com/x?token=${token()}`, /token=|address/],
    ['an encrypted token', 'a.b.c.d.e', /JWE/],
    ['a duplicate', tokenWithText('x', '1,"x":2'), /given twice/],
    ['null', tokenWith({ family_name: null }), /leave it out/],
    ['camel case', tokenWith({ given_name: undefined, givenName: 'Ada' }), /given_name, not givenName/],
    ['nobody', tokenWith({ sub: undefined, email: undefined }), /Give sub/],
    ['no kid', tokens['kid missing'], /keyid/],
    ['a key past its day', token(), /until 2027-01-15T07:59:59Z/, { key: { ...key, notAfter: now - 1 } }],
    ['out of range', tokenWith({ exp: -5 }), /It is -5/],
    ['a role', tokens['other role'], /ROLE_ADMIN/],
    ['another use', tokenWith({ token_use: 'id' }), /It is "id"/],
  ]
  test.each(rows)('%s', async (_, text, says, options) => {
    const found = await inspected(text, options)
    expect(found.checks.find(({ outcome: came }) => came === 'fail')?.says).toMatch(says)
  })
})

describe('the browser’s entry', () => {
  function importsOf(file: string, seen = new Map<string, string[]>()): Map<string, string[]> {
    if (seen.has(file)) return seen
    const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8')
    const imports = [...source.matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? '')
    seen.set(file, imports)
    for (const from of imports) if (from.startsWith('./')) importsOf(from.slice(2), seen)
    return seen
  }
  test('reaches no file that imports anything but its neighbours', () => {
    const reached = importsOf('inspect.ts')
    expect([...reached.values()].flat().filter((from) => !from.startsWith('./'))).toEqual([])
    expect([...reached.keys()]).toContain('strict-json.ts')
    expect([...reached.keys()]).not.toContain('verify.ts')
  })
  test('names no global of Node', () => {
    for (const file of importsOf('inspect.ts').keys()) {
      const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8').replace(
        /\/\/.*|\/\*[\s\S]*?\*\/|'[^'\n]*'|`[^`]*`/g,
        '',
      )
      expect(source, file).not.toMatch(/\b(Buffer|process|require|global|setImmediate)\b/)
    }
  })
  test('signatureParts gives what WebCrypto needs, or nothing', async () => {
    expect(await signatureValid(token())).toBe(true)
    expect(await signatureValid(tokens['changed payload'])).toBe(false)
    expect([tokens.DER, tokens.padding, tokens['kid missing'], ''].map(signatureParts)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
  test('readPublicKeyPem gives the coordinates for a thumbprint', () => {
    const { x, y } = readPublicKeyPem(spki)
    const jwk = pair.publicKey.export({ format: 'jwk' })
    const own = { crv: 'P-256', kty: 'EC', x: Buffer.from(x).toString('base64url'), y: Buffer.from(y).toString('base64url') }
    expect(createHash('sha256').update(JSON.stringify(own)).digest()).toEqual(
      createHash('sha256')
        .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))
        .digest(),
    )
  })
})
