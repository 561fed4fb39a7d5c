// Owns: the rules of an attendee token, each at its limits, and the order in which they are judged.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type PartnerKey, tokenErrorCodes, verifyToken } from '../src/index.ts'
import {
  claims,
  encode,
  header,
  key,
  kid,
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

type Row = [what: string, text: string | (() => string), expected: string]

function judged(rows: Row[]): void {
  test.each(rows)('%s', (_, text, expected) => {
    expect(outcome(() => verify(typeof text === 'string' ? text : text()))).toBe(expected)
  })
}

const role = { name: 'ROLE_ATTENDEE', eventId: program.id }
const segments = token().split('.') as [string, string, string]

function paddedToLength(length: number): string {
  // Three bytes more are four characters more, so the last difference is made up in the header, whose length is free of that.
  for (let slack = 0; slack < 8; slack++) {
    const head = { ...header, x: 'x'.repeat(slack) }
    for (let size = 5000; size < 6200; size++) {
      const total = encode(head).length + 1 + Math.ceil(((JSON.stringify({ ...claims, pad: '' }).length + size) * 4) / 3) + 1 + 86
      if (total === length) return token({ header: head, payload: { ...claims, pad: 'x'.repeat(size) } })
    }
  }
  throw new Error(`no token of ${length} characters`)
}

describe('[1] form', () => {
  judged([
    ['a token of 8,192 characters is read', () => paddedToLength(8192), 'accept'],
    ['a token of 8,193 characters is too_large', () => paddedToLength(8193), 'too_large'],
    ['size is judged before form', '.'.repeat(8193), 'too_large'],
    ['the empty text', '', 'malformed'],
    ['one part', segments[0], 'malformed'],
    ['two parts', `${segments[0]}.${segments[1]}`, 'malformed'],
    ['four parts', `${token()}.AAAA`, 'malformed'],
    ['a dot at the end', `${token()}.`, 'malformed'],
    ['five parts, as of an encrypted token', 'a.b.c.d.e', 'malformed'],
    ['an empty header', `.${segments[1]}.${segments[2]}`, 'malformed'],
    ['an empty payload', `${segments[0]}..${segments[2]}`, 'malformed'],
    ['dots alone', '..', 'malformed'],
    ['an empty signature', `${segments[0]}.${segments[1]}.`, 'signature_missing'],
    ['an empty signature is told before a bad header', '!.!.', 'signature_missing'],
    ['padding in the signature', `${token()}==`, 'encoding'],
    ['padding in the payload, signed so', () => signSegments(segments[0], `${segments[1]}=`), 'encoding'],
    ['a line break at the end', `${token()}\n`, 'encoding'],
    ['a blank before', ` ${token()}`, 'encoding'],
    ['standard base64 in the header', () => signSegments(`${segments[0].slice(0, -1)}+`, segments[1]), 'encoding'],
    ['a slash in the signature', `${segments[0]}.${segments[1]}.${'/'.repeat(86)}`, 'encoding'],
    ['a length that base64 cannot have', `${segments[0]}.${segments[1]}.${segments[2]}AAA`, 'encoding'],
    ['a character beyond ASCII', `${segments[0]}.${segments[1]}.${segments[2].slice(0, -1)}é`, 'encoding'],
    ['a character whose low byte is a letter', `${segments[0]}.${segments[1]}.${String.fromCharCode(0x141).repeat(86)}`, 'encoding'],
    ['percent-encoding', token().replaceAll('.', '%2E'), 'malformed'],
    ['encoding is judged for all parts before the header is read', `${encode('no json')}.${segments[1]}.=`, 'encoding'],
  ])

  test('each non-zero trailing bit of the signature is refused', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(segments[2].slice(-1))
    const outcomes = [...alphabet].map((letter, value) =>
      value === last ? undefined : outcome(() => verify(`${segments[0]}.${segments[1]}.${segments[2].slice(0, -1)}${letter}`)),
    )
    // 86 characters hold 64 bytes and four bits more: 4 letters have these at zero, and 3 of them are another signature.
    expect(outcomes.filter((code) => code === 'encoding')).toHaveLength(60)
    expect(outcomes.filter((code) => code === 'signature')).toHaveLength(3)
  })

  test.each([undefined, null, 12, ['a.b.c'], { length: 3 }])('what is not text, %j, is malformed', (value) => {
    expect(outcome(() => verify(value as unknown as string))).toBe('malformed')
  })
})

describe('[2] header', () => {
  const withText = (json: string): string => token({ header: json })
  const kidText = `"kid":"${kid}"`
  judged([
    ['an array', withText('[]'), 'header_json'],
    ['a text', withText('"ES256"'), 'header_json'],
    ['an empty object has no alg', withText('{}'), 'header_alg'],
    ['a duplicate that only an escape tells apart', withText(`{"alg":"ES256","\\u0061lg":"ES256",${kidText}}`), 'header_json'],
    ['__proto__ by an escape', withText(`{"alg":"ES256",${kidText},"\\u005f_proto__":{}}`), 'header_json'],
    ['constructor', withText(`{"alg":"ES256",${kidText},"jwk":{"constructor":1}}`), 'header_json'],
    ['depth 3', withText(`{"alg":"ES256",${kidText},"x":{"y":[]}}`), 'accept'],
    ['depth 4', withText(`{"alg":"ES256",${kidText},"x":{"y":[[]]}}`), 'header_json'],
    ['white space around and within', withText(` {\t"alg" :\r\n"ES256" , ${kidText} }\n`), 'accept'],
    ['a byte order mark', withText(`\uFEFF{"alg":"ES256",${kidText}}`), 'header_json'],
    ['UTF-16', () => token({ header: Buffer.from(JSON.stringify(header), 'utf16le') }), 'header_json'],
    ['invalid UTF-8', () => token({ header: Buffer.from(`{"alg":"ES256",${kidText},"x":"\xff"}`, 'latin1') }), 'header_json'],
    ['something after it', withText(`${JSON.stringify(header)}{}`), 'header_json'],
    ['alg in lower case', token({ header: { ...header, alg: 'es256' } }), 'header_alg'],
    ['alg none', token({ header: { ...header, alg: 'none' } }), 'header_alg'],
    ['alg in a list', token({ header: { ...header, alg: ['ES256'] } }), 'header_alg'],
    ['alg null', token({ header: { ...header, alg: null } }), 'header_alg'],
    ['crit, even empty', token({ header: { ...header, crit: [] } }), 'header_crit'],
    ['crit null', token({ header: { ...header, crit: null } }), 'header_crit'],
    ['b64 true', token({ header: { ...header, b64: true } }), 'header_crit'],
    ['alg is judged before crit', token({ header: { ...header, alg: 'none', crit: [] } }), 'header_alg'],
    ['crit is judged before typ', token({ header: { ...header, typ: 'x', crit: [] } }), 'header_crit'],
    ['typ before kid', token({ header: { alg: 'ES256', typ: 'x' } }), 'header_typ'],
    ['no typ', token({ header: { ...header, typ: undefined } }), 'accept'],
    ['typ jwt', token({ header: { ...header, typ: 'jwt' } }), 'accept'],
    ['typ with a line break', token({ header: { ...header, typ: 'JWT\n' } }), 'header_typ'],
    ['typ at+jwt', token({ header: { ...header, typ: 'at+jwt' } }), 'header_typ'],
    ['typ null', token({ header: { ...header, typ: null } }), 'header_typ'],
    ['typ in a list', token({ header: { ...header, typ: ['JWT'] } }), 'header_typ'],
    ['an embedded key is not used', token({ header: { ...header, jwk: pair.publicKey.export({ format: 'jwk' }) } }), 'accept'],
  ])

  test.each(['x5t', 'jku', 'jwk', 'x5c', 'cty', 'zip'])('%s is ignored with a warning', (name) => {
    expect(verify(token({ header: { ...header, [name]: 'x' } })).warnings).toEqual(['header_ignored'])
  })
})

describe('[3] kid', () => {
  const withKid = (value: unknown): string => token({ header: { ...header, kid: value } })
  judged([
    ['absent', withKid(undefined), 'kid_missing'],
    ['null', withKid(null), 'kid_format'],
    ['a number', withKid(12345678), 'kid_format'],
    ['a list', withKid([kid]), 'kid_format'],
    ['empty', withKid(''), 'kid_format'],
    ['7 characters', withKid('1234567'), 'kid_format'],
    ['8 characters', withKid('12345678'), 'kid_unknown'],
    ['64 characters', withKid('x'.repeat(64)), 'kid_unknown'],
    ['65 characters', withKid('x'.repeat(65)), 'kid_format'],
    ['a path', withKid('../../etc/passwd'), 'kid_format'],
    ['a line break at the end', withKid(`${kid}\n`), 'kid_format'],
    ['__proto__', withKid('__proto__'), 'kid_unknown'],
  ])

  test('findKey hears no kid of another form', () => {
    const heard: string[] = []
    for (const bad of ['', "' OR 1=1 --", '../../../key']) {
      outcome(() => verifyToken(withKid(bad), { findKey: (wanted) => void heard.push(wanted), program, now }))
    }
    expect(heard).toEqual([])
  })

  test.each(['__proto__', 'constructor', 'hasOwnProperty'])('a lookup of %s in a plain object finds no key', (name) => {
    const keys = { [kid]: key } as Record<string, PartnerKey>
    expect(outcome(() => verifyToken(withKid(name), { findKey: (wanted) => keys[wanted], program, now }))).toBe('kid_unknown')
  })
})

describe('[5] the key', () => {
  const stranger = token().replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))
  const rows: [string, Partial<PartnerKey>, string][] = [
    ['revoked', { state: 'revoked' }, 'key_revoked'],
    ['revoked and past its last day', { state: 'revoked', notAfter: now - 1 }, 'key_revoked'],
    ['at its last second', { notAfter: now }, 'accept'],
    ['a second later', { notAfter: now - 1 }, 'key_expired'],
    ['a moment later', { notAfter: now - 0.001 }, 'key_expired'],
    ['retiring, at its last second', { state: 'retiring', retireAt: now }, 'accept'],
    ['retiring, a second later', { state: 'retiring', retireAt: now - 1 }, 'key_expired'],
    ['retiring later, but past its last day', { state: 'retiring', retireAt: now + 9, notAfter: now - 1 }, 'key_expired'],
    ['active with a retireAt that is past', { state: 'active', retireAt: now - 1 }, 'accept'],
  ]
  test.each(rows)('%s', (_, facts, expected) => {
    expect(outcome(() => verify(token(), { key: { ...key, ...facts } }))).toBe(expected)
  })
  test.each(rows)('%s: told only after the signature holds', (_, facts) => {
    expect(outcome(() => verify(stranger, { key: { ...key, ...facts } }))).toBe('signature')
  })
  test('told before the payload is read', () => {
    expect(outcome(() => verify(token({ payload: 'no json' }), { key: { ...key, state: 'revoked' } }))).toBe('key_revoked')
  })
  test('a key without an end is refused rather than trusted', () => {
    expect(outcome(() => verify(token(), { key: { ...key, notAfter: Number.NaN } }))).toBe('key_expired')
  })
})

describe('[6] payload', () => {
  const nested = (depth: number): string => `${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}`
  judged([
    ['depth 8', tokenWithText('x', nested(8)), 'accept'],
    ['depth 9', tokenWithText('x', nested(9)), 'payload_json'],
    ['depth 2,000', tokenWithText('x', nested(2000)), 'payload_json'],
    ['a duplicate of an unknown claim deep inside', tokenWithText('x', '[{"a":{"b":1,"b":1}}]'), 'payload_json'],
    ['a duplicate beside colons in a text', tokenWithText('x', '{"b":":::", "b" : ":"}'), 'payload_json'],
    ['a duplicate in a role', tokenWithText('roles', `[{"eventId":"other","eventId":"${program.id}"}]`), 'payload_json'],
    ['a duplicate whose first is too deep', tokenWithText('x', '{"a":[[[[[[[[[]]]]]]]]],"a":1}'), 'payload_json'],
    ['the same name at two levels', tokenWithText('x', '{"x":{"x":1}}'), 'accept'],
    ['colons and quotes in text', tokenWithText('x', '"\\":\\\\\\":{\\"a\\":1}"'), 'accept'],
    ['prototype in a list', tokenWithText('x', '[{"prototype":1}]'), 'payload_json'],
    ['__proto__ by escapes', tokenWithText('x', '{"\\u005f\\u005fproto\\u005f\\u005f":{"sub":"x"}}'), 'payload_json'],
    ['names that only resemble', tokenWithText('x', '{"__PROTO__":1,"Constructor":1,"prototype ":1}'), 'accept'],
    ['a trailing comma', tokenWithText('x', '[1,]'), 'payload_json'],
    ['a comment', tokenWithText('x', '1/**/'), 'payload_json'],
    ['NaN', tokenWithText('x', 'NaN'), 'payload_json'],
    ['a leading zero', tokenWithText('x', '01'), 'payload_json'],
    ['a bare point', tokenWithText('x', '1.'), 'payload_json'],
    ['a plus sign', tokenWithText('x', '+1'), 'payload_json'],
    ['hexadecimal', tokenWithText('x', '0x1'), 'payload_json'],
    ['single quotes', tokenWithText('x', "'a'"), 'payload_json'],
    ['a bare line break in text', tokenWithText('x', '"a\nb"'), 'payload_json'],
    ['a bare NUL in text', tokenWithText('x', '"\0"'), 'payload_json'],
    ['an unknown escape', tokenWithText('x', '"\\x41"'), 'payload_json'],
    ['a short escape', tokenWithText('x', '"\\u12"'), 'payload_json'],
    ['a no-break space between', tokenWithText('x', '\u00A01'), 'payload_json'],
    ['a lone surrogate by an escape is JSON', tokenWithText('x', '"\\ud800"'), 'accept'],
    [
      'an overlong NUL',
      () => token({ payload: Buffer.from(JSON.stringify({ ...claims, x: '@' }).replace('@', '\xc0\x80'), 'latin1') }),
      'payload_json',
    ],
    [
      'a surrogate in UTF-8',
      () => token({ payload: Buffer.from(JSON.stringify({ ...claims, x: '@' }).replace('@', '\xed\xa0\x80'), 'latin1') }),
      'payload_json',
    ],
    [
      'a text cut within a character',
      () => token({ payload: Buffer.from([...Buffer.from(JSON.stringify(claims)), 0xc3]) }),
      'payload_json',
    ],
    ['nothing but a blank', token({ payload: ' ' }), 'payload_json'],
    ['null', token({ payload: 'null' }), 'payload_json'],
  ])
})

describe('[7] times', () => {
  judged([
    ['exp is read first', tokenWith({ exp: undefined, iat: 'x', nbf: 'x' }), 'claim_missing exp'],
    ['iat second', tokenWith({ iat: undefined, nbf: 'x' }), 'claim_missing iat'],
    ['nbf third, before any is judged', tokenWith({ nbf: '1', exp: 1 }), 'claim_type nbf'],
    ['no nbf', tokenWith({ nbf: undefined }), 'accept'],
    ['nbf null', tokenWith({ nbf: null }), 'claim_type nbf'],
    ['exp null', tokenWith({ exp: null }), 'claim_type exp'],
    ['exp quoted', tokenWith({ exp: String(claims.exp) }), 'claim_type exp'],
    ['exp true', tokenWith({ exp: true }), 'claim_type exp'],
    ['exp 1e400', tokenWithText('exp', '1e400'), 'claim_range exp'],
    ['exp -1', tokenWith({ exp: -1 }), 'claim_range exp'],
    ['exp -0', tokenWithText('exp', '-0'), 'expired'],
    ['iat -1e400', tokenWithText('iat', '-1e400'), 'claim_range iat'],
    ['nbf 2^53', tokenWithText('nbf', '9007199254740992'), 'claim_range nbf'],
    ['exp 2^53-1 is in range and too far', tokenWithText('exp', '9007199254740991'), 'lifetime_too_long'],
    ['exp with an exponent and a fraction', tokenWithText('exp', '1.8000000015E9'), 'accept'],
    ['exp - leeway: expired at now - 60', tokenWith({ exp: now - 60, iat: now - 100 }), 'expired'],
    ['not yet at now - 59.5', tokenWith({ exp: now - 59.5, iat: now - 100, nbf: now - 100 }), 'accept'],
    ['nbf at now + 60', tokenWith({ nbf: now + 60 }), 'accept'],
    ['nbf a moment later', tokenWith({ nbf: now + 60.001 }), 'not_yet_valid'],
    ['iat at now + 60', tokenWith({ iat: now + 60, nbf: undefined }), 'accept'],
    ['iat a second later', tokenWith({ iat: now + 61, nbf: undefined }), 'issued_in_future'],
    ['exp = iat', tokenWith({ iat: now, exp: now }), 'lifetime'],
    ['365 days', tokenWith({ iat: now, exp: now + 31_536_000 }), 'accept'],
    ['365 days and a second', tokenWith({ iat: now, exp: now + 31_536_001 }), 'lifetime_too_long'],
    ['expired before not_yet_valid', tokenWith({ exp: 1, nbf: now + 999 }), 'expired'],
    ['not_yet_valid before issued_in_future', tokenWith({ iat: now + 999, nbf: now + 999 }), 'not_yet_valid'],
    ['issued_in_future before lifetime', tokenWith({ iat: now + 999, exp: now + 998, nbf: undefined }), 'issued_in_future'],
    ['times before token_use', tokenWith({ exp: 1, token_use: 'x' }), 'expired'],
  ])

  test('the result keeps fractions', () => {
    const { issuedAt, expiresAt } = verify(tokenWith({ iat: now - 0.5, exp: now + 0.25 }))
    expect([issuedAt, expiresAt]).toEqual([now - 0.5, now + 0.25])
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined])('a clock that says %s lets nobody in', (clock) => {
    expect(() => verifyToken(token(), { findKey: () => key, program, now: clock as number })).toThrow(TypeError)
  })
})

describe('[8] token_use and [9] organization', () => {
  judged([
    ['token_use null', tokenWith({ token_use: null }), 'claim_type token_use'],
    ['token_use in a list', tokenWith({ token_use: ['selfcontained-access'] }), 'claim_type token_use'],
    ['token_use empty', tokenWith({ token_use: '' }), 'token_use'],
    ['token_use with a blank', tokenWith({ token_use: 'selfcontained-access ' }), 'token_use'],
    ['token_use before organization', tokenWith({ token_use: 'x', organization_id: 'x' }), 'token_use'],
    ['no organization', tokenWith({ organization_id: undefined }), 'claim_missing organization_id'],
    ['organization null', tokenWith({ organization_id: null }), 'claim_type organization_id'],
    ['organization in a list', tokenWith({ organization_id: [organizationId] }), 'claim_type organization_id'],
    ['another organization', tokenWith({ organization_id: 'org-b' }), 'organization_mismatch'],
    ['other case', tokenWith({ organization_id: 'ORG-A' }), 'organization_mismatch'],
    ['organization before roles', tokenWith({ organization_id: 'org-b', roles: undefined }), 'organization_mismatch'],
  ])
  test('absent token_use is a warning', () => {
    expect(verify(tokenWith({ token_use: undefined })).warnings).toEqual(['token_use_absent'])
  })
})

describe('[10] roles', () => {
  const many = (length: number, element: unknown = role): unknown[] => Array.from({ length }, () => element)
  judged([
    ['null', tokenWith({ roles: null }), 'claim_type roles'],
    ['an object', tokenWith({ roles: role }), 'claim_type roles'],
    ['an object that looks like a list', tokenWith({ roles: { 0: role, length: 1 } }), 'claim_type roles'],
    ['none', tokenWith({ roles: [] }), 'claim_length roles'],
    ['16', tokenWith({ roles: many(16) }), 'accept'],
    ['17', tokenWith({ roles: many(17) }), 'claim_length roles'],
    ['a text in the list', tokenWith({ roles: [role, 'ROLE_ATTENDEE'] }), 'claim_type roles'],
    ['null in the list', tokenWith({ roles: [role, null] }), 'claim_type roles'],
    ['a list in the list', tokenWith({ roles: [[role]] }), 'claim_type roles'],
    ['no eventId', tokenWith({ roles: [{ name: 'ROLE_ATTENDEE' }] }), 'claim_type roles'],
    ['eventId a number', tokenWith({ roles: [{ ...role, eventId: 1 }] }), 'claim_type roles'],
    ['name null', tokenWith({ roles: [{ ...role, name: null }] }), 'claim_type roles'],
    ['a role for another program has its shape checked', tokenWith({ roles: [role, { name: 1, eventId: 'other' }] }), 'claim_type roles'],
    ['and not its name', tokenWith({ roles: [role, { name: 'ROLE_ADMIN', eventId: 'other' }] }), 'accept'],
    ['shape before event_mismatch', tokenWith({ roles: [{ name: 1, eventId: 'other' }] }), 'claim_type roles'],
    ['another program', tokenWith({ roles: [{ ...role, eventId: 'other' }] }), 'event_mismatch'],
    ['the id in capitals', tokenWith({ roles: [{ ...role, eventId: program.id.toUpperCase() }] }), 'event_mismatch'],
    ['the id with a blank', tokenWith({ roles: [{ ...role, eventId: `${program.id} ` }] }), 'event_mismatch'],
    ['an empty name is a name', tokenWith({ roles: [{ ...role, name: '' }] }), 'role_not_allowed'],
    ['a name in lower case', tokenWith({ roles: [{ ...role, name: 'role_attendee' }] }), 'role_not_allowed'],
    ['one of two not allowed', tokenWith({ roles: [role, { ...role, name: 'ROLE_MODERATOR' }] }), 'role_not_allowed'],
    ['event_mismatch before role_not_allowed', tokenWith({ roles: [{ name: 'ROLE_ADMIN', eventId: 'other' }] }), 'event_mismatch'],
    ['roles before jti', tokenWith({ roles: [{ ...role, name: 'ROLE_ADMIN' }], jti: undefined }), 'role_not_allowed'],
  ])

  test('the program is another organization’s: event_mismatch, whatever the roles', () => {
    expect(outcome(() => verify(token(), { program: { ...program, organizationId: 'org-b' } }))).toBe('event_mismatch')
  })
  test('the result holds this program’s roles, each once', () => {
    const roles = [role, { ...role, name: 'ROLE_MODERATOR' }, role, { name: 'ROLE_OTHER', eventId: 'other' }]
    const allowed = { ...key, allowedRoles: ['ROLE_ATTENDEE', 'ROLE_MODERATOR'] }
    expect(verify(tokenWith({ roles }), { key: allowed }).roles).toEqual(['ROLE_ATTENDEE', 'ROLE_MODERATOR'])
  })
  test('a key that may grant nothing admits nobody', () => {
    expect(outcome(() => verify(token(), { key: { ...key, allowedRoles: [] } }))).toBe('role_not_allowed')
  })
  test('a role without a name is ROLE_ATTENDEE, with a warning', () => {
    const { roles, warnings } = verify(tokenWith({ roles: [{ eventId: program.id }] }))
    expect({ roles, warnings }).toEqual({ roles: ['ROLE_ATTENDEE'], warnings: ['role_name_absent'] })
  })
})

describe('[11] jti and names', () => {
  judged([
    ['no jti', tokenWith({ jti: undefined }), 'claim_missing jti'],
    ['jti a number', tokenWith({ jti: 1 }), 'claim_type jti'],
    ['jti empty', tokenWith({ jti: '' }), 'claim_length jti'],
    ['jti of 128', tokenWith({ jti: 'x'.repeat(128) }), 'accept'],
    ['jti of 129', tokenWith({ jti: 'x'.repeat(129) }), 'claim_length jti'],
    ['no given_name', tokenWith({ given_name: undefined }), 'claim_missing given_name'],
    ['given_name null', tokenWith({ given_name: null }), 'claim_type given_name'],
    ['given_name empty', tokenWith({ given_name: '' }), 'claim_text given_name'],
    ['given_name of nothing visible', tokenWith({ given_name: ' \u200B\u202E\t\u{E0041} ' }), 'claim_text given_name'],
    ['given_name of 200', tokenWith({ given_name: 'x'.repeat(200) }), 'accept'],
    ['given_name of 201', tokenWith({ given_name: 'x'.repeat(201) }), 'claim_length given_name'],
    ['given_name of 201 blanks: judged before cleaning', tokenWith({ given_name: ' '.repeat(201) }), 'claim_length given_name'],
    ['given_name of 100 emoji, 200 units', tokenWith({ given_name: '😀'.repeat(100) }), 'accept'],
    ['given_name of 101 emoji', tokenWith({ given_name: '😀'.repeat(101) }), 'claim_length given_name'],
    ['a lone surrogate', tokenWithText('given_name', '"a\\ud83d"'), 'claim_text given_name'],
    ['surrogates in the wrong order', tokenWithText('family_name', '"\\ude00\\ud83d"'), 'claim_text family_name'],
    ['a surrogate pair by escapes', tokenWithText('given_name', '"\\ud83d\\ude00"'), 'accept'],
    ['length before text', tokenWithText('given_name', `"\\ud800${'x'.repeat(200)}"`), 'claim_length given_name'],
    ['no family_name', tokenWith({ family_name: undefined }), 'accept'],
    ['family_name null', tokenWith({ family_name: null }), 'claim_type family_name'],
    ['family_name of 201', tokenWith({ family_name: 'x'.repeat(201) }), 'claim_length family_name'],
    ['jti before names', tokenWith({ jti: '', given_name: undefined }), 'claim_length jti'],
    ['given_name before family_name', tokenWith({ given_name: '', family_name: 1 }), 'claim_text given_name'],
    ['names before sub', tokenWith({ family_name: 1, sub: '' }), 'claim_type family_name'],
  ])
  test.each(['', ' ', '\u200B'])('an empty family_name %j is as absent', (name) => {
    expect(verify(tokenWith({ family_name: name })).familyName).toBeNull()
  })
})

describe('[12] identity', () => {
  judged([
    ['sub null', tokenWith({ sub: null }), 'claim_type sub'],
    ['sub a number', tokenWith({ sub: 1 }), 'claim_type sub'],
    ['sub empty, whatever the email', tokenWith({ sub: '' }), 'claim_length sub'],
    ['sub of 256', tokenWith({ sub: 'x'.repeat(256) }), 'accept'],
    ['sub of 257', tokenWith({ sub: 'x'.repeat(257) }), 'claim_length sub'],
    ['sub alone', tokenWith({ email: undefined }), 'accept'],
    ['email alone', tokenWith({ sub: undefined }), 'accept'],
    ['neither', tokenWith({ sub: undefined, email: undefined }), 'claim_missing sub'],
    ['email null', tokenWith({ email: null }), 'claim_type email'],
    ['email empty', tokenWith({ email: '', sub: undefined }), 'claim_email email'],
    ['iss null', tokenWith({ iss: null }), 'claim_type iss'],
    ['iss empty', tokenWith({ iss: '' }), 'claim_length iss'],
    ['iss of 257', tokenWith({ iss: 'x'.repeat(257) }), 'claim_length iss'],
    ['iss of 256', tokenWith({ iss: 'x'.repeat(256) }), 'accept'],
    ['email before iss', tokenWith({ email: 'x', iss: '' }), 'claim_email email'],
    ['iss before sharePersonalData', tokenWith({ sharePersonalData: 1, iss: '' }), 'claim_length iss'],
    ['an unknown claim', tokenWith({ aud: ['x'], nickname: null }), 'accept'],
  ])
  test('the subject is sub, else the lower-cased e-mail address', () => {
    expect(verify(token()).subject).toBe('ada-1')
    expect(verify(tokenWith({ sub: undefined }))).toMatchObject({ subject: 'ada@example.com', email: 'Ada@Example.com' })
    expect(verify(tokenWith({ email: undefined })).email).toBeNull()
  })
})

describe('[12] sharePersonalData', () => {
  const shared = (top: unknown, ...inRoles: unknown[]): string =>
    tokenWith({
      sharePersonalData: top,
      roles: inRoles.length === 0 ? [role] : inRoles.map((value) => ({ ...role, sharePersonalData: value })),
    })
  test.each<[unknown, unknown[], boolean]>([
    [undefined, [], false],
    [true, [], true],
    ['true', [], true],
    ['false', [], false],
    [undefined, ['true'], true],
    [undefined, [false], false],
    [true, [true], true],
    [true, [false], false],
    [false, [true], false],
    ['true', ['false'], false],
    [undefined, [true, undefined], true],
    [undefined, [true, false], false],
    [true, [undefined, 'false'], false],
  ])('top level %j, this program’s roles %j: %s', (top, inRoles, expected) => {
    expect(verify(shared(top, ...inRoles)).sharePersonalData).toBe(expected)
  })
  test.each([null, 1, 0, '', 'TRUE', 'yes', [], {}])('%j is claim_type, in either place', (value) => {
    expect(outcome(() => verify(shared(value)))).toBe('claim_type sharePersonalData')
    expect(outcome(() => verify(shared(undefined, value)))).toBe('claim_type sharePersonalData')
  })
  test('another program’s role says nothing here', () => {
    const roles = [role, { eventId: 'other', sharePersonalData: false }, { eventId: 'other', sharePersonalData: 'odd' }]
    expect(verify(tokenWith({ sharePersonalData: true, roles })).sharePersonalData).toBe(true)
  })
})

describe('the result', () => {
  test('holds what the token says, and nothing else of it', () => {
    expect(verify(tokenWith({ aud: 'x' }))).toEqual({
      kid,
      organizationId,
      programId: program.id,
      roles: ['ROLE_ATTENDEE'],
      subject: 'ada-1',
      givenName: 'Ada',
      familyName: 'Lovelace',
      email: 'Ada@Example.com',
      sharePersonalData: false,
      jti: 'token-1',
      issuedAt: now - 10,
      expiresAt: now + 3600,
      warnings: [],
    })
  })
  test('claims are never taken from a polluted Object.prototype', () => {
    const pollution = { sharePersonalData: true, family_name: 'Polluted', sub: 'polluted' }
    for (const [name, value] of Object.entries(pollution)) Object.defineProperty(Object.prototype, name, { value, configurable: true })
    try {
      const { sharePersonalData, familyName, subject } = verify(tokenWith({ sub: undefined, family_name: undefined }))
      expect({ sharePersonalData, familyName, subject }).toEqual({ sharePersonalData: false, familyName: null, subject: 'ada@example.com' })
    } finally {
      for (const name of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, name)
    }
  })
  test('a findKey that verifies another token on the way disturbs nothing', () => {
    const other = tokenWith({ given_name: 'Mallory' })
    const findKey = (): PartnerKey => {
      verify(other)
      return key
    }
    expect(verifyToken(token(), { findKey, program, now }).givenName).toBe('Ada')
  })
  test('a header that was read before opens nothing', () => {
    const good = token()
    verify(good)
    const [head = '', body = ''] = good.split('.')
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const codeOf = (text: string, given: { key?: PartnerKey } = {}): string => outcome(() => verify(text, given))
    expect(codeOf(tokenWith({ jti: 'token-2' }))).toBe('accept')
    expect(codeOf(signSegments(head, encode({ ...claims, jti: 'token-2' }), other.privateKey))).toBe('signature')
    expect(codeOf(signSegments(head, `${body}=`))).toBe('encoding')
    expect(codeOf(good, { key: { ...key, kid: 'pk_another_kid_00000000' } })).toBe('kid_unknown')
    expect(codeOf(good, { key: { ...key, publicKey: other.publicKey } })).toBe('signature')
    expect(codeOf(good, { key: { ...key, state: 'revoked' } })).toBe('key_revoked')
  })
  test('no message quotes the token', () => {
    const secret = 'zq7secret'
    for (const text of [
      `${secret}.${secret}.${secret}`,
      token({ payload: `{"${secret}` }),
      tokenWith({ email: secret }),
      tokenWith({ [secret]: 1, exp: secret }),
    ]) {
      expect(() => verify(text)).toThrowError(
        expect.objectContaining({ code: expect.toBeOneOf([...tokenErrorCodes]), stack: expect.not.stringContaining(secret) }),
      )
    }
  })
})
