// Owns: the types of the public surface, checked by the package's type check (the calls do nothing when run).
import type { KeyObject } from 'node:crypto'
import { describe, expect, expectTypeOf, test } from 'vitest'
import * as tokens from '../src/index.ts'

describe('types', () => {
  test('verifyToken', () => {
    expectTypeOf(tokens.verifyToken).parameters.toEqualTypeOf<[string, tokens.VerifyOptions]>()
    expectTypeOf(tokens.verifyToken).returns.toEqualTypeOf<tokens.VerifiedToken>()
    expectTypeOf<tokens.VerifyOptions['findKey']>().toEqualTypeOf<(kid: string) => tokens.PartnerKey | undefined>()
    expectTypeOf<tokens.VerifiedToken['familyName']>().toEqualTypeOf<string | null>()
    expectTypeOf<tokens.VerifiedToken['roles']>().toEqualTypeOf<readonly string[]>()
    expectTypeOf<tokens.VerifiedToken['warnings'][number]>().toEqualTypeOf<tokens.TokenWarning>()
    // @ts-expect-error a promise is not a key: lookups are synchronous
    expectTypeOf<() => Promise<tokens.PartnerKey>>().toExtend<tokens.VerifyOptions['findKey']>()
    // @ts-expect-error a key needs its last day
    expectTypeOf<Omit<tokens.PartnerKey, 'notAfter'>>().toExtend<tokens.PartnerKey>()
  })
  test('codes are closed', () => {
    expectTypeOf<tokens.TokenError['code']>().toEqualTypeOf<keyof typeof tokens.tokenErrors>()
    expectTypeOf<tokens.KeyError['code']>().toEqualTypeOf<keyof typeof tokens.keyErrors>()
    expectTypeOf<'expired'>().toExtend<tokens.TokenErrorCode>()
    // @ts-expect-error no such code
    expectTypeOf<'late'>().toExtend<tokens.TokenErrorCode>()
    expectTypeOf<tokens.TokenError['claim']>().toEqualTypeOf<string | undefined>()
    expect(tokens.tokenErrorCodes).toEqual(Object.keys(tokens.tokenErrors))
    expect(tokens.keyErrorCodes).toEqual(Object.keys(tokens.keyErrors))
  })
  test('signToken', () => {
    expectTypeOf(tokens.signToken).returns.toEqualTypeOf<string>()
    expectTypeOf<{
      organization_id: string
      given_name: string
      sub: string
      roles: { eventId: string }[]
    }>().toExtend<tokens.AttendeeClaims>()
    // @ts-expect-error exp is a number of seconds
    expectTypeOf<{ organization_id: string; given_name: string; roles: []; exp: string }>().toExtend<tokens.AttendeeClaims>()
    // @ts-expect-error the claims have the names of the wire
    expectTypeOf<{ organizationId: string; givenName: string; roles: [] }>().toExtend<tokens.AttendeeClaims>()
    expectTypeOf<tokens.SignOptions['privateKey']>().toEqualTypeOf<string | KeyObject>()
  })
  test('keys', () => {
    expectTypeOf(tokens.importPublicKey).toEqualTypeOf<(pem: string) => tokens.ImportedKey>()
    expectTypeOf<tokens.ImportedKey>().toEqualTypeOf<{ readonly publicKey: KeyObject; readonly pem: string; readonly thumbprint: string }>()
    expectTypeOf(tokens.generateKeyPair).toEqualTypeOf<() => tokens.KeyPair>()
  })
  test('inspectToken', () => {
    expectTypeOf<tokens.Check['outcome']>().toEqualTypeOf<'pass' | 'fail' | 'not judged'>()
    expectTypeOf<tokens.InspectOptions['signatureValid']>().toEqualTypeOf<boolean | undefined>()
    expectTypeOf<tokens.PartnerKey>().toExtend<NonNullable<tokens.InspectOptions['key']>>()
  })
})
