// Owns: whether what an assertion says lets somebody in: by whom, for whom, when, in answer to what. Nothing is read before its signature held.
import { Refusal } from '@voila/protocol'
import { malformed } from './shape.ts'
import { bearerMethod, namespaces } from './vocabulary.ts'
import { childrenOf, type XmlElement } from './xml.ts'

/** What an answer is held against. */
export type Expected = {
  /** The entity id of the organization's identity provider. */
  readonly idpEntityId: string
  /** Our own entity id for this organization. */
  readonly audience: string
  /** Our address that answers are sent to. */
  readonly acsUrl: string
  /** The id of the request that this browser was sent away with; null where the identity provider began. */
  readonly requestId: string | null
  /** Unix milliseconds. */
  readonly now: number
}

/** What a verified assertion says of a person. Attributes: the texts of each, by name, in the order in which they came. */
export type Facts = {
  readonly assertionId: string
  readonly nameId: string | null
  readonly nameIdFormat: string | null
  readonly attributes: ReadonlyMap<string, readonly string[]>
}

export const clockSkewMs = 60_000
/** An assertion is a message, not a pass: whoever shows one later than this has kept it. */
export const maxAssertionAgeMs = 300_000

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

/** Unix milliseconds of an attribute that is a time in UTC; undefined where it is absent. @throws Refusal saml_malformed */
function instantOf(element: XmlElement, name: string): number | undefined {
  const text = element.attributes.get(name)
  if (text === undefined) return undefined
  const ms = instantPattern.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw malformed(`${name} of ${element.name} is not a time in UTC.`)
  return ms
}

function requireInstant(element: XmlElement, name: string): number {
  const ms = instantOf(element, name)
  if (ms === undefined) throw malformed(`${element.name} lacks ${name}.`)
  return ms
}

/** @throws Refusal saml_expired | saml_not_yet_valid */
function requireWindow(element: XmlElement, now: number, { ends }: { ends: boolean }): void {
  const from = instantOf(element, 'NotBefore')
  const until = ends ? requireInstant(element, 'NotOnOrAfter') : instantOf(element, 'NotOnOrAfter')
  if (from !== undefined && now + clockSkewMs < from) throw new Refusal('saml_not_yet_valid', { detail: `NotBefore of ${element.name}` })
  if (until !== undefined && now - clockSkewMs >= until) throw new Refusal('saml_expired', { detail: `NotOnOrAfter of ${element.name}` })
}

/** The head of a response or an assertion: version 2.0, issued a moment ago, with an id. */
export function requireHead(element: XmlElement, now: number): void {
  const { name, attributes } = element
  if (attributes.get('Version') !== '2.0') throw malformed(`${name} is not of version 2.0.`)
  if (attributes.get('ID') === undefined) throw malformed(`${name} has no ID.`)
  const issued = requireInstant(element, 'IssueInstant')
  if (now + clockSkewMs < issued) throw new Refusal('saml_not_yet_valid', { detail: `IssueInstant of ${name}` })
  if (now - clockSkewMs >= issued + maxAssertionAgeMs) throw new Refusal('saml_expired', { detail: `${name} is older than five minutes` })
}

/** @throws Refusal saml_issuer, also where there is none and `required` */
export function requireIssuer(element: XmlElement, idpEntityId: string, { required }: { required: boolean }): void {
  const [issuer] = childrenOf(element, namespaces.saml, 'Issuer')
  if (issuer === undefined && !required) return
  if (issuer?.text.trim() !== idpEntityId) throw new Refusal('saml_issuer', { detail: `Issuer of ${element.name}` })
}

/**
 * That an answer is to what we asked, wherever it says so.
 *
 * @throws Refusal saml_unsolicited
 */
export function requireInResponseTo(element: XmlElement, requestId: string | null): void {
  const named = element.attributes.get('InResponseTo') ?? null
  if (named !== requestId) throw new Refusal('saml_unsolicited', { detail: `InResponseTo of ${element.name}` })
}

function requireSubject(assertion: XmlElement, expected: Expected): XmlElement {
  const [subject] = childrenOf(assertion, namespaces.saml, 'Subject')
  const [confirmation] = subject === undefined ? [] : childrenOf(subject, namespaces.saml, 'SubjectConfirmation')
  const [data] = confirmation === undefined ? [] : childrenOf(confirmation, namespaces.saml, 'SubjectConfirmationData')
  if (subject === undefined || confirmation === undefined || data === undefined) throw malformed('The subject is not confirmed.')
  if (confirmation.attributes.get('Method') !== bearerMethod) throw malformed('The subject is not confirmed by bearer.')
  if (data.attributes.get('Recipient') !== expected.acsUrl) throw new Refusal('saml_recipient', { detail: 'Recipient' })
  requireInResponseTo(data, expected.requestId)
  requireWindow(data, expected.now, { ends: true })
  return subject
}

function requireConditions(assertion: XmlElement, { audience, now }: Expected): void {
  const [conditions] = childrenOf(assertion, namespaces.saml, 'Conditions')
  if (conditions === undefined) throw malformed('There are no Conditions.')
  requireWindow(conditions, now, { ends: true })
  const restrictions = childrenOf(conditions, namespaces.saml, 'AudienceRestriction')
  // Each restriction by itself: an audience in one is no audience in another (SAML core, 2.5.1.4).
  const isForUs = (restriction: XmlElement): boolean =>
    childrenOf(restriction, namespaces.saml, 'Audience').some(({ text }) => text.trim() === audience)
  if (restrictions.length === 0 || !restrictions.every(isForUs)) throw new Refusal('saml_audience', { detail: 'AudienceRestriction' })
}

function requireAuthentication(assertion: XmlElement, now: number): void {
  const statements = childrenOf(assertion, namespaces.saml, 'AuthnStatement')
  if (statements.length === 0) throw malformed('Nobody was authenticated: there is no AuthnStatement.')
  for (const statement of statements) {
    const authenticated = requireInstant(statement, 'AuthnInstant')
    if (now + clockSkewMs < authenticated) throw new Refusal('saml_not_yet_valid', { detail: 'AuthnInstant' })
    const until = instantOf(statement, 'SessionNotOnOrAfter')
    if (until !== undefined && now - clockSkewMs >= until) throw new Refusal('saml_expired', { detail: 'SessionNotOnOrAfter' })
  }
}

/** Values that are more than text are left out: nothing is mapped from them. */
function attributesOf(assertion: XmlElement): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const statement of childrenOf(assertion, namespaces.saml, 'AttributeStatement')) {
    for (const attribute of childrenOf(statement, namespaces.saml, 'Attribute')) {
      const name = attribute.attributes.get('Name') ?? ''
      const values = childrenOf(attribute, namespaces.saml, 'AttributeValue')
        .filter(({ children }) => children.length === 0)
        .map(({ text }) => text.trim())
      found.set(name, [...(found.get(name) ?? []), ...values])
    }
  }
  return found
}

/**
 * Judges an assertion whose signature has held, and says what it says.
 *
 * @throws Refusal saml_malformed | saml_issuer | saml_recipient | saml_unsolicited | saml_expired | saml_not_yet_valid | saml_audience
 */
export function judgeAssertion(assertion: XmlElement, expected: Expected): Facts {
  requireHead(assertion, expected.now)
  requireIssuer(assertion, expected.idpEntityId, { required: true })
  const subject = requireSubject(assertion, expected)
  requireConditions(assertion, expected)
  requireAuthentication(assertion, expected.now)
  const [nameId] = childrenOf(subject, namespaces.saml, 'NameID')
  const text = nameId?.text.trim() ?? ''
  return {
    assertionId: assertion.attributes.get('ID') ?? '',
    nameId: text === '' ? null : text,
    nameIdFormat: nameId?.attributes.get('Format') ?? null,
    attributes: attributesOf(assertion),
  }
}
