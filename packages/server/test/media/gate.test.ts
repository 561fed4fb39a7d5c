import { type ErrorCode, programStates, Refusal } from '@voila/protocol'
import { v7 as uuid } from 'uuid'
import { describe, expect, test } from 'vitest'
import { issueCredential, purposeKey } from '../../src/media/credential.ts'
import { admit, type Gate } from '../../src/media/gate.ts'

const key = purposeKey('a secret of the platform', 'media credential')
const now = 1_800_000_000
const programId = 'abcdefghij01'
const sessionId = uuid()
const revokedId = uuid()
const memberId = uuid()

const gate: Gate = {
  key,
  stateOf: (id) => (id === programId || id === 'otherprogram' ? 'live' : undefined),
  isRevoked: (id) => id === revokedId,
  isOfTeam: (id, holderId) => id === programId && holderId === memberId,
}
const credential = issueCredential(key, { programId, holderId: sessionId, expiresAt: now + 120, kind: 'short' })

function codeOf(request: { programId?: string; credential?: string; now?: number }, at: Gate = gate): ErrorCode | 'admitted' {
  try {
    admit(at, { programId, credential, now, ...request })
    return 'admitted'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

function changed(index: number): string {
  const bytes = Buffer.from(credential, 'base64url')
  bytes[index] = (bytes[index] ?? 0) ^ 1
  return bytes.toString('base64url')
}

describe('the media gate', () => {
  test('admits a session by its own credential and says which session it is', () => {
    expect(admit(gate, { programId, credential, now })).toMatchObject({ kind: 'short', holderId: sessionId })
  })

  test('a credential is 52 bytes of base64url: expiry, session id, HMAC-SHA256', () => {
    const bytes = Buffer.from(credential, 'base64url')
    expect(bytes).toHaveLength(52)
    expect(bytes.readUInt32BE(0)).toBe(now + 120)
    expect(bytes.subarray(4, 20).toString('hex')).toBe(sessionId.replaceAll('-', ''))
  })

  const refused: [string, Parameters<typeof codeOf>[0], ErrorCode][] = [
    ['no credential', { credential: '' }, 'credential_missing'],
    ['a word', { credential: 'credential' }, 'credential_malformed'],
    ['padding', { credential: `${credential}==` }, 'credential_malformed'],
    ['a character too many', { credential: `${credential}A` }, 'credential_malformed'],
    ['a trailing bit set', { credential: `${credential.slice(0, -1)}B` }, 'credential_malformed'],
    ['a path', { credential: '../../../etc/passwd' }, 'credential_malformed'],
    ['its last second over', { now: now + 120 }, 'credential_expired'],
    ['a later expiry written in', { credential: changed(3) }, 'credential_forged'],
    ['another session written in', { credential: changed(12) }, 'credential_forged'],
    ['a bit of its HMAC changed', { credential: changed(51) }, 'credential_forged'],
    ['another program', { programId: 'otherprogram' }, 'credential_forged'],
    ['a forgery that has expired too', { credential: changed(51), now: now + 999 }, 'credential_forged'],
    [
      'another key',
      {
        credential: issueCredential(purposeKey('another secret', 'media credential'), {
          programId,
          holderId: sessionId,
          expiresAt: now + 120,
          kind: 'short',
        }),
      },
      'credential_forged',
    ],
    [
      'a key for another purpose',
      {
        credential: issueCredential(purposeKey('a secret of the platform', 'stream keys'), {
          programId,
          holderId: sessionId,
          expiresAt: now + 120,
          kind: 'short',
        }),
      },
      'credential_forged',
    ],
    [
      'a revoked session',
      { credential: issueCredential(key, { programId, holderId: revokedId, expiresAt: now + 120, kind: 'short' }) },
      'session_revoked',
    ],
    [
      'an unknown program',
      {
        programId: 'nosuchprogra',
        credential: issueCredential(key, { programId: 'nosuchprogra', holderId: sessionId, expiresAt: now + 1, kind: 'short' }),
      },
      'program_closed',
    ],
  ]
  test.each(refused)('refuses %s', (_what, request, code) => {
    expect(codeOf(request)).toBe(code)
  })

  test('a native credential is told apart by its label, and is good for its whole time', () => {
    const native = issueCredential(key, { programId, holderId: sessionId, expiresAt: now + 43_200, kind: 'native' })
    expect(codeOf({ credential: native, now: now + 43_199 })).toBe('admitted')
    expect(codeOf({ credential: native, now: now + 43_200 })).toBe('credential_expired')
  })

  test.each(Object.entries(programStates))('in %s the picture is for whom the table says', (state, row) => {
    const at: Gate = { ...gate, stateOf: () => state as keyof typeof programStates }
    expect(codeOf({}, at)).toBe(row.picture === 'all' ? 'admitted' : 'program_closed')
    expect(codeOf({ credential: preview(memberId) }, at)).toBe(row.picture === 'none' ? 'program_closed' : 'admitted')
  })

  const preview = (holderId: string): string => issueCredential(key, { programId, holderId, expiresAt: now + 120, kind: 'team' })

  test('a preview is refused from the moment on when its holder is no longer of the team', () => {
    expect(codeOf({ credential: preview(memberId) })).toBe('admitted')
    expect(codeOf({ credential: preview(memberId) }, { ...gate, isOfTeam: () => false })).toBe('not_permitted')
  })

  test('neither kind of credential passes for the other', () => {
    // An attendee whose id is a member's, and a member whose id is a session's: the label decides which list is asked.
    expect(codeOf({ credential: preview(sessionId) })).toBe('not_permitted')
    expect(
      codeOf(
        { credential: issueCredential(key, { programId, holderId: memberId, expiresAt: now + 120, kind: 'short' }) },
        { ...gate, isRevoked: () => true },
      ),
    ).toBe('session_revoked')
  })
})
