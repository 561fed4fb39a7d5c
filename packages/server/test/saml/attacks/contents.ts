// Owns: attacks by answers signed as they should be that say what lets nobody in.
import { assertionXml, instant, newId, responseXml, signed } from '../idp.ts'
import { type Attack, edited, mallory, minute, said, saidAround, saidOf } from './tools.ts'

const elsewhere = 'https://live.example.com/saml/0198c0de-0000-7000-8000-00000000beef/acs'
const withAssertionAttribute = (from: string | RegExp, to: string): Attack['xml'] => said((assertion) => edited(assertion, from, to))

/** Signed as it should be, by the right identity provider: what it says is wrong. */
export const contents: readonly Attack[] = [
  {
    name: 'the issuer of the assertion is another',
    meets: ['saml_issuer'],
    xml: said((a, { facts }) => edited(a, `>${facts.issuer}<`, '>https://other.example<')),
  },
  {
    name: 'the issuer of the response is another',
    meets: ['saml_issuer'],
    xml: saidAround((r, { facts }) => edited(r, `>${facts.issuer}<`, '>https://other.example<')),
  },
  {
    name: 'the assertion has no issuer',
    meets: ['saml_issuer'],
    xml: ({ idp, facts }) =>
      signed(responseXml(facts, edited(assertionXml(facts), /<saml:Issuer>[^<]*<\/saml:Issuer>/, '')), facts.responseId, { key: idp.key }),
  },
  { name: 'the issuer is ours with a slash more', meets: ['saml_issuer'], xml: saidOf(({ facts }) => ({ issuer: `${facts.issuer}/` })) },

  { name: 'the audience is another', meets: ['saml_audience'], xml: saidOf(() => ({ audience: 'https://elsewhere.example' })) },
  {
    name: 'the audience is another organization’s',
    meets: ['saml_audience'],
    xml: saidOf(() => ({ audience: elsewhere.replace('/acs', '/metadata') })),
  },
  {
    name: 'the audience begins as ours',
    meets: ['saml_audience'],
    xml: saidOf(({ facts }) => ({ audience: `${facts.audience}.evil.example` })),
  },
  {
    name: 'the audience is in capitals',
    meets: ['saml_audience'],
    xml: saidOf(({ facts }) => ({ audience: facts.audience.toUpperCase() })),
  },
  { name: 'the audience is empty', meets: ['saml_audience'], xml: saidOf(() => ({ audience: '' })) },
  {
    name: 'there is no audience',
    meets: ['saml_audience'],
    xml: withAssertionAttribute(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, ''),
  },
  {
    name: 'one of two restrictions is not for us',
    meets: ['saml_audience'],
    xml: withAssertionAttribute(
      '</saml:AudienceRestriction>',
      '</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>https://elsewhere.example</saml:Audience></saml:AudienceRestriction>',
    ),
  },

  {
    name: 'the recipient is another',
    meets: ['saml_recipient'],
    xml: withAssertionAttribute(/Recipient="[^"]*"/, `Recipient="${elsewhere}"`),
  },
  { name: 'there is no recipient', meets: ['saml_recipient'], xml: withAssertionAttribute(/ Recipient="[^"]*"/, '') },
  {
    name: 'the destination is another',
    meets: ['saml_recipient'],
    xml: saidAround((r) => edited(r, /Destination="[^"]*"/, `Destination="${elsewhere}"`)),
  },
  {
    name: 'the destination is ours over plain http',
    meets: ['saml_recipient'],
    xml: saidAround((r) => edited(r, 'Destination="https:', 'Destination="http:')),
  },
  { name: 'there is no destination', meets: ['saml_recipient'], xml: saidAround((r) => edited(r, / Destination="[^"]*"/, '')) },

  { name: 'the response answers nothing', meets: ['saml_unsolicited'], xml: saidAround((r) => edited(r, / InResponseTo="[^"]*"/, '')) },
  { name: 'the confirmation answers nothing', meets: ['saml_unsolicited'], xml: withAssertionAttribute(/ InResponseTo="[^"]*"/, '') },
  { name: 'nothing answers anything', meets: ['saml_unsolicited'], xml: saidOf(() => ({ requestId: null })) },
  { name: 'it answers another request', meets: ['saml_unsolicited'], xml: saidOf(() => ({ requestId: newId() })) },
  {
    name: 'the confirmation answers another request',
    meets: ['saml_unsolicited'],
    xml: withAssertionAttribute(/ InResponseTo="[^"]*"/, ' InResponseTo="_other"'),
  },
  { name: 'it answers the empty request', meets: ['saml_unsolicited'], xml: saidOf(() => ({ requestId: '' })) },
  { name: 'unasked, yet it answers a request', unasked: true, meets: ['saml_unsolicited'], xml: saidOf(() => ({ requestId: newId() })) },
  {
    name: 'unasked, yet the response answers a request',
    unasked: true,
    meets: ['saml_unsolicited'],
    xml: saidAround((r) => edited(r, '<samlp:Response ', '<samlp:Response InResponseTo="_a" ')),
  },
  {
    name: 'unasked, yet the confirmation answers a request',
    unasked: true,
    meets: ['saml_unsolicited'],
    xml: withAssertionAttribute('<saml:SubjectConfirmationData ', '<saml:SubjectConfirmationData InResponseTo="_a" '),
  },
  {
    name: 'unasked, for another audience',
    unasked: true,
    meets: ['saml_audience'],
    xml: saidOf(() => ({ audience: 'https://elsewhere.example' })),
  },
  {
    name: 'unasked, for another recipient',
    unasked: true,
    meets: ['saml_recipient'],
    xml: withAssertionAttribute(/Recipient="[^"]*"/, `Recipient="${elsewhere}"`),
  },

  { name: 'everything is six minutes old', meets: ['saml_expired'], xml: saidOf(({ facts }) => ({ now: facts.now - 6.5 * minute })) },
  {
    name: 'the assertion is old, whatever it says of its end',
    meets: ['saml_expired'],
    xml: withAssertionAttribute(/IssueInstant="[^"]*"/, `IssueInstant="${instant(Date.now() - 7 * minute)}"`),
  },
  {
    name: 'the response is old',
    meets: ['saml_expired'],
    xml: saidAround((r) => edited(r, /IssueInstant="[^"]*"/, `IssueInstant="${instant(Date.now() - 7 * minute)}"`)),
  },
  {
    name: 'the confirmation has expired',
    meets: ['saml_expired'],
    xml: withAssertionAttribute(/NotOnOrAfter="[^"]*" Recipient/, `NotOnOrAfter="${instant(Date.now() - 2 * minute)}" Recipient`),
  },
  {
    name: 'the conditions have expired',
    meets: ['saml_expired'],
    xml: withAssertionAttribute(
      /(?<=<saml:Conditions NotBefore="[^"]*" )NotOnOrAfter="[^"]*"/,
      `NotOnOrAfter="${instant(Date.now() - 2 * minute)}"`,
    ),
  },
  {
    name: 'the person’s session has expired',
    meets: ['saml_expired'],
    xml: withAssertionAttribute('SessionIndex=', `SessionNotOnOrAfter="${instant(Date.now() - 2 * minute)}" SessionIndex=`),
  },
  { name: 'everything is of the future', meets: ['saml_not_yet_valid'], xml: saidOf(({ facts }) => ({ now: facts.now + 3 * minute })) },
  {
    name: 'the conditions are of the future',
    meets: ['saml_not_yet_valid'],
    xml: withAssertionAttribute(/NotBefore="[^"]*"/, `NotBefore="${instant(Date.now() + 2 * minute)}"`),
  },
  {
    name: 'the confirmation is of the future',
    meets: ['saml_not_yet_valid'],
    xml: withAssertionAttribute(
      '<saml:SubjectConfirmationData ',
      `<saml:SubjectConfirmationData NotBefore="${instant(Date.now() + 2 * minute)}" `,
    ),
  },
  {
    name: 'the sign-in is of the future',
    meets: ['saml_not_yet_valid'],
    xml: withAssertionAttribute(/AuthnInstant="[^"]*"/, `AuthnInstant="${instant(Date.now() + 2 * minute)}"`),
  },
  ...(
    [
      ['is no time', 'tomorrow'],
      ['has no zone', '2099-01-01T00:00:00'],
      ['has another zone', '2099-01-01T00:00:00+14:00'],
      ['has six digits in its year', '+099999-01-01T00:00:00Z'],
      ['is empty', ''],
    ] as const
  ).map(
    ([what, text]): Attack => ({
      name: `the time of the end ${what}`,
      meets: ['saml_malformed'],
      xml: withAssertionAttribute(/NotOnOrAfter="[^"]*" Recipient/, `NotOnOrAfter="${text}" Recipient`),
    }),
  ),
  {
    name: 'the confirmation has no end',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/NotOnOrAfter="[^"]*" Recipient/, 'Recipient'),
  },
  {
    name: 'the conditions have no end',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/(?<=<saml:Conditions NotBefore="[^"]*") NotOnOrAfter="[^"]*"/, ''),
  },
  { name: 'the assertion has no time', meets: ['saml_malformed'], xml: withAssertionAttribute(/ IssueInstant="[^"]*"/, '') },
  { name: 'the response has no time', meets: ['saml_malformed'], xml: saidAround((r) => edited(r, / IssueInstant="[^"]*"/, '')) },

  {
    name: 'there are no conditions',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/<saml:Conditions[\s\S]*<\/saml:Conditions>/, ''),
  },
  {
    name: 'there are two sets of conditions',
    meets: ['saml_malformed'],
    xml: said((a) => {
      const conditions = /<saml:Conditions[\s\S]*<\/saml:Conditions>/.exec(a)?.[0] ?? ''
      return edited(a, conditions, conditions + conditions)
    }),
  },
  {
    name: 'there is a condition that nobody knows',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('</saml:Conditions>', '<saml:Condition/></saml:Conditions>'),
  },
  { name: 'there is no subject', meets: ['saml_malformed'], xml: withAssertionAttribute(/<saml:Subject>[\s\S]*<\/saml:Subject>/, '') },
  {
    name: 'there are two subjects',
    meets: ['saml_malformed'],
    xml: said((a) => {
      const subject = /<saml:Subject>[\s\S]*<\/saml:Subject>/.exec(a)?.[0] ?? ''
      return edited(a, subject, subject + subject)
    }),
  },
  {
    name: 'there are two names',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('<saml:NameID', `<saml:NameID>${mallory}</saml:NameID><saml:NameID`),
  },
  {
    name: 'the name holds an element',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('</saml:NameID>', '<b xmlns="urn:b">x</b></saml:NameID>'),
  },
  {
    name: 'the name is of another namespace too',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('<saml:NameID', `<x:NameID xmlns:x="urn:x">${mallory}</x:NameID><saml:NameID`),
  },
  {
    name: 'the name is encrypted',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/<saml:NameID[\s\S]*<\/saml:NameID>/, '<saml:EncryptedID/>'),
  },
  { name: 'there is a BaseID', meets: ['saml_malformed'], xml: withAssertionAttribute('<saml:NameID', '<saml:BaseID/><saml:NameID') },
  {
    name: 'nothing is confirmed',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/<saml:SubjectConfirmation [\s\S]*<\/saml:SubjectConfirmation>/, ''),
  },
  {
    name: 'it is confirmed twice',
    meets: ['saml_malformed'],
    xml: said((a) => {
      const confirmation = /<saml:SubjectConfirmation [\s\S]*<\/saml:SubjectConfirmation>/.exec(a)?.[0] ?? ''
      return edited(a, confirmation, confirmation + confirmation)
    }),
  },
  {
    name: 'the confirmation has no data',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/<saml:SubjectConfirmationData[^>]*\/>/, ''),
  },
  {
    name: 'it is confirmed by the holder of a key',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('cm:bearer', 'cm:holder-of-key'),
  },
  { name: 'the sender vouches for it', meets: ['saml_malformed'], xml: withAssertionAttribute('cm:bearer', 'cm:sender-vouches') },
  { name: 'the confirmation has no method', meets: ['saml_malformed'], xml: withAssertionAttribute(/ Method="[^"]*"/, '') },
  {
    name: 'nobody was authenticated',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute(/<saml:AuthnStatement[\s\S]*<\/saml:AuthnStatement>/, ''),
  },
  {
    name: 'there is an AuthzDecisionStatement',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('<saml:AuthnStatement', '<saml:AuthzDecisionStatement/><saml:AuthnStatement'),
  },
  {
    name: 'an attribute is encrypted',
    meets: ['saml_malformed'],
    xml: withAssertionAttribute('<saml:AttributeStatement>', '<saml:AttributeStatement><saml:EncryptedAttribute/>'),
  },
  { name: 'the assertion is of version 1.1', meets: ['saml_malformed'], xml: withAssertionAttribute('Version="2.0"', 'Version="1.1"') },
  {
    name: 'the response is of version 1.1',
    meets: ['saml_malformed'],
    xml: saidAround((r) => edited(r, 'Version="2.0"', 'Version="1.1"')),
  },
  { name: 'the response has no id', meets: ['saml_malformed'], xml: saidAround((r) => edited(r, / ID="[^"]*"/, '')) },
  {
    name: 'the response has an id that is none',
    meets: ['saml_malformed'],
    xml: saidAround((r) => edited(r, / ID="[^"]*"/, ' ID="1 or 1=1"')),
  },

  ...(['Requester', 'Responder', 'VersionMismatch', 'AuthnFailed'] as const).map(
    (status): Attack => ({
      name: `the status is ${status}, with an assertion all the same`,
      meets: ['saml_status'],
      xml: saidAround((r) => edited(r, 'status:Success', `status:${status}`)),
    }),
  ),
  {
    name: 'the status is a success inside a failure',
    meets: ['saml_status'],
    xml: saidAround((r) =>
      edited(
        r,
        /<samlp:StatusCode [^>]*\/>/,
        '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:StatusCode>',
      ),
    ),
  },
  { name: 'there is no status', meets: ['saml_malformed'], xml: saidAround((r) => edited(r, /<samlp:Status>.*<\/samlp:Status>/, '')) },
  {
    name: 'there are two statuses',
    meets: ['saml_malformed', 'saml_status'],
    xml: saidAround((r) => edited(r, '<samlp:Status>', '<samlp:Status><samlp:StatusCode Value="x"/></samlp:Status><samlp:Status>')),
  },
  { name: 'there is no assertion', meets: ['saml_malformed'], xml: ({ facts }) => responseXml(facts, '') },
]
