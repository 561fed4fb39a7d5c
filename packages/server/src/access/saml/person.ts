// Owns: who a verified sign-in is about, by the organization's mapping of its attributes.
import { Refusal, type SamlMapping } from '@voila/protocol'
import { cleanName, isPlausibleEmail, maxNameUnits } from '@voila/tokens'
import type { Facts } from './assertion.ts'
import { transientFormat } from './vocabulary.ts'

/** `share` null: the person himself is to be asked. */
export type Person = {
  readonly subject: string
  readonly givenName: string
  readonly familyName: string | null
  readonly email: string | null
  readonly share: boolean | null
}

const maxSubjectUnits = 256
const yes = /^(?:true|1|yes)$/i

const missing = (detail: string): Refusal => new Refusal('saml_attribute', { detail })

/** The first text of an attribute; undefined where there is none. */
function firstText({ attributes }: Facts, name: string | null): string | undefined {
  const value = name === null ? undefined : attributes.get(name)?.find((text) => text !== '')
  return value
}

function subjectOf(facts: Facts, name: string | null): string {
  // It is another one at each sign-in: the same person would come as somebody new every time.
  if (name === null && facts.nameIdFormat === transientFormat) {
    throw missing('The NameID is transient. Let the identity provider send a lasting one, or map the subject to an attribute.')
  }
  const subject = name === null ? facts.nameId : firstText(facts, name)
  if (subject === undefined || subject === null) throw missing(name === null ? 'There is no NameID.' : `subject: there is no ${name}`)
  if (subject.length > maxSubjectUnits) throw missing(`subject: longer than ${maxSubjectUnits} characters`)
  return subject
}

function nameOf(facts: Facts, what: string, name: string | null): string | null {
  const value = firstText(facts, name)
  if (value === undefined) return null
  if (value.length > maxNameUnits) throw missing(`${what}: longer than ${maxNameUnits} characters`)
  const clean = cleanName(value)
  return clean === '' ? null : clean
}

/**
 * Maps what came to who it is. Names are cleaned as those of tokens are; an address that is none is left out.
 *
 * @throws Refusal saml_attribute, its detail naming what lacks
 */
export function personOf(facts: Facts, { mapping, consent }: { mapping: SamlMapping; consent: 'attribute' | 'ask' }): Person {
  const subject = subjectOf(facts, mapping.subject)
  const givenName = nameOf(facts, 'givenName', mapping.givenName)
  if (givenName === null) throw missing(`givenName: there is no ${mapping.givenName}`)
  const email = firstText(facts, mapping.email)
  return {
    subject,
    givenName,
    familyName: nameOf(facts, 'familyName', mapping.familyName),
    email: email !== undefined && isPlausibleEmail(email) ? email : null,
    share: consent === 'ask' ? null : yes.test(firstText(facts, mapping.share) ?? ''),
  }
}
