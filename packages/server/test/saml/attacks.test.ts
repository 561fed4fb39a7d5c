// Owns: that every attack of the table meets its refusal, and that the rules are needed: what the library alone would let through.
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml'
import { Refusal } from '@voila/protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeCertifiedKey } from '../../src/access/saml/certificate.ts'
import { verifyResponse } from '../../src/access/saml/response.ts'
import { attacks, type World } from './attacks.ts'
import { factsOf, fieldOf, honest, makeIdp, newId } from './idp.ts'

let parts: Omit<World, 'facts'>
beforeAll(async () => {
  const now = Date.now()
  const [idp, stranger, ours] = await Promise.all([
    makeIdp(),
    makeCertifiedKey({ name: 'stranger', now }),
    makeCertifiedKey({ name: 'ours', now }),
  ])
  parts = { idp, stranger, ours }
})

async function prepare({ xml, field, unasked }: (typeof attacks)[number]) {
  const facts = factsOf({ requestId: unasked === true ? null : newId() })
  const world = { ...parts, facts }
  return { facts, field: field?.(world) ?? fieldOf((await xml?.(world)) ?? '') }
}

describe('an attack', () => {
  test.each(attacks)('$name: is refused', async (attack) => {
    const { facts, field } = await prepare(attack)
    const refused = await verifyResponse(
      field,
      { idpEntityId: honest.issuer, audience: honest.audience, acsUrl: honest.acsUrl, requestId: facts.requestId, now: Date.now() },
      { idpCertificates: [parts.idp.key.certificate], decryptionKeys: [parts.ours.privateKey] },
    ).then(
      (verified) => `admitted as ${verified.nameId}`,
      (error: unknown) => (error instanceof Refusal ? error.code : error),
    )
    expect(attack.meets).toContain(refused)
  })

  test('has a name of its own, and there are more than 200', () => {
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length)
    expect(attacks.length).toBeGreaterThan(200)
  })

  test('gets past the library alone in many cases, well configured as it is: the rules around it are needed', async () => {
    const admitted: string[] = []
    for (const attack of attacks) {
      const { facts, field } = await prepare(attack)
      const library = new SAML({
        issuer: honest.audience,
        audience: honest.audience,
        callbackUrl: honest.acsUrl,
        idpIssuer: honest.issuer,
        idpCert: parts.idp.key.certificate,
        decryptionPvk: parts.ours.privateKey,
        wantAuthnResponseSigned: false,
        wantAssertionsSigned: false,
        validateInResponseTo: facts.requestId === null ? ValidateInResponseTo.never : ValidateInResponseTo.always,
        requestIdExpirationPeriodMs: 600_000,
        acceptedClockSkewMs: 60_000,
        maxAssertionAgeMs: 300_000,
        disableRequestedAuthnContext: true,
        identifierFormat: null,
        cacheProvider: {
          saveAsync: async () => null,
          getAsync: async (id) => (id === facts.requestId ? new Date().toISOString() : null),
          removeAsync: async () => null,
        },
      })
      const { profile } = await library.validatePostResponseAsync({ SAMLResponse: field }).catch(() => ({ profile: null }))
      if (profile !== null) admitted.push(attack.name)
    }
    expect(admitted.length).toBeGreaterThan(80)
  })
})
