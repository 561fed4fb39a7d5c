// Owns: what attacks on SAML answers are made with: the honest answer, the forged one, and how one is put into the other.
import type { ErrorCode } from '@voila/protocol'
import type { CertifiedKey } from '../../../src/access/saml/certificate.ts'
import { assertionXml, encrypted, type Facts, type Idp, newId, responseXml, signed } from '../idp.ts'

export type World = {
  readonly idp: Idp
  /** A key that the connection does not know. */
  readonly stranger: CertifiedKey
  /** Our own pair, whose certificate everybody can read. */
  readonly ours: CertifiedKey
  readonly facts: Facts
}

export type Attack = {
  readonly name: string
  readonly meets: readonly ErrorCode[]
  /** The answer's XML. */
  readonly xml?: undefined | ((world: World) => string | Promise<string>)
  /** The form's field, where it is more than the XML in Base64. */
  readonly field?: (world: World) => string
  /** Whether somebody was sent away with a request; otherwise the connection takes answers that nobody asked for. */
  readonly unasked?: true
}

export const mallory = 'mallory@evil.example'
export const minute = 60_000

/** The text once replaced, and surely there. */
export function edited(xml: string, from: string | RegExp, to: string): string {
  const next = xml.replace(from, () => to)
  if (next === xml) throw new Error(`there is no ${from} in the answer to attack`)
  return next
}

export const assertionIn = (xml: string): string => /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)?.[0] ?? ''
export const signatureIn = (xml: string): string => /<ds:Signature [\s\S]*?<\/ds:Signature>/.exec(xml)?.[0] ?? ''
export const inside = (xml: string, addition: string): string =>
  xml.replace(/(<\/[\w:]+>)$/, () => `${addition}${/(<\/[\w:]+>)$/.exec(xml)?.[0]}`)
export const afterIssuer = (xml: string, addition: string): string => edited(xml, '</saml:Issuer>', `</saml:Issuer>${addition}`)
export const withObject = (signature: string, content: string): string => inside(signature, `<ds:Object>${content}</ds:Object>`)

export const honestAnswer = ({ idp, facts }: World): string => idp.answer(facts)
export const honestResponse = ({ idp, facts }: World): string => idp.answer(facts, 'response')
/** What the attacker would rather be: unsigned, with the id of the real one or another. */
export const evil = ({ facts }: World, id = newId()): string => assertionXml({ ...facts, nameId: mallory, assertionId: id })
export const evilResponse = ({ facts }: World, assertion: string, id = newId()): string =>
  responseXml({ ...facts, responseId: id }, assertion)

/** An honest answer changed after it was signed. */
export const tampered =
  (from: string | RegExp, to: string) =>
  (world: World): string =>
    edited(honestAnswer(world), from, to)
/** What the identity provider itself says, signed as it should be. */
export const said =
  (change: (assertion: string, world: World) => string) =>
  (world: World): string => {
    const xml = responseXml(world.facts, change(assertionXml(world.facts), world))
    return signed(xml, world.facts.assertionId, { key: world.idp.key })
  }
export const saidOf =
  (facts: (world: World) => Partial<Facts>) =>
  (world: World): string =>
    world.idp.answer({ ...world.facts, ...facts(world) })
export const saidAround =
  (change: (response: string, world: World) => string) =>
  (world: World): string =>
    change(honestAnswer(world), world)
/** Signed rightly by the identity provider, but in another way. */
export const signedBy =
  (options: Partial<Parameters<typeof signed>[2]>) =>
  ({ idp, facts }: World): string =>
    signed(responseXml(facts), facts.assertionId, { key: idp.key, ...options })
export const ciphered =
  (make: (world: World) => string, options: Partial<Parameters<typeof encrypted>[1]> = {}) =>
  async (world: World): Promise<string> =>
    responseXml(world.facts, await encrypted(make(world), { certificate: world.ours.certificate, ...options }))
export const signedAssertion = ({ idp, facts }: World): string => assertionIn(idp.answer(facts))

export const withSignature =
  (change: (signature: string, world: World) => string) =>
  (world: World): string => {
    const xml = honestAnswer(world)
    const signature = signatureIn(xml)
    return edited(xml, signature, change(signature, world))
  }
