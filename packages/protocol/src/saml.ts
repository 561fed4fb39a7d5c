// Owns: the shapes of the API about signing in with a company account (SAML 2.0), and what the usual identity providers call things.
import { z } from 'zod'
import { type ErrorCode, errors } from './errors.ts'
import { fetchProblems } from './key-sources.ts'
import { limits } from './limits.ts'

const Instant = z.iso.datetime()
const AttributeName = z.string().trim().min(1).max(limits.attributeUnits)

export const SamlMapping = z
  .strictObject({
    subject: AttributeName.nullable().describe('Who this is, always the same for one person. Null: the NameID.'),
    givenName: AttributeName,
    familyName: AttributeName.nullable(),
    email: AttributeName.nullable(),
    share: AttributeName.nullable().describe('Whether the organizer may take name and address away: true or false. Null: nobody’s.'),
  })
  .describe('Which attribute of a sign-in says what.')
export type SamlMapping = z.infer<typeof SamlMapping>

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
/** What identity providers send where nobody has changed it. */
export const samlPresets = {
  entra: {
    label: 'Microsoft Entra ID',
    mapping: {
      subject: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
      givenName: `${claims}/givenname`,
      familyName: `${claims}/surname`,
      email: `${claims}/emailaddress`,
      share: null,
    },
  },
  okta: { label: 'Okta', mapping: { subject: null, givenName: 'firstName', familyName: 'lastName', email: 'email', share: null } },
  keycloak: {
    label: 'Keycloak',
    mapping: {
      subject: null,
      givenName: 'urn:oid:2.5.4.42',
      familyName: 'urn:oid:2.5.4.4',
      email: 'urn:oid:1.2.840.113549.1.9.1',
      share: null,
    },
  },
} as const satisfies Record<string, { label: string; mapping: SamlMapping }>

export const SamlPatch = z
  .strictObject({
    metadata: z
      .union([
        z.strictObject({ xml: z.string().min(1).max(limits.metadataUnits) }),
        z.strictObject({ url: z.url({ protocol: /^https$/ }).max(limits.urlUnits) }),
      ])
      .describe('The metadata of your identity provider, or where it is; that is looked at again every day.'),
    mapping: SamlMapping,
    consent: z
      .enum(['attribute', 'ask'])
      .describe('Who says whether the organizer may take name and address away: an attribute, or the person, who is asked once a program.'),
    idpInitiated: z.boolean().describe('Whether a sign-in may begin at the identity provider. Its RelayState must be a program’s id.'),
    enabled: z.boolean().describe('Whether people can sign in. Off: nobody new; those who are in stay.'),
  })
  .partial()

const Certificate = z.object({
  fingerprint: z.string().describe('SHA-256, in hex.'),
  subject: z.string(),
  notAfter: Instant,
})
export const SamlAnswer = z
  .object({
    enabled: z.boolean(),
    identityProvider: z
      .object({ entityId: z.string(), ssoUrl: z.string(), certificates: z.array(Certificate) })
      .nullable()
      .describe('As its metadata describes it.'),
    metadata: z.object({
      url: z.string().nullable(),
      readAt: Instant.nullable(),
      problem: z.string().nullable().describe('Why the last look at the address failed. What was read before counts on.'),
    }),
    serviceProvider: z
      .object({
        entityId: z.string(),
        acsUrl: z.string(),
        metadataUrl: z.string(),
        certificates: z.array(
          z.object({
            ...Certificate.shape,
            state: z
              .enum(['current', 'next', 'previous'])
              .describe('next: shown in the metadata, used after the change. previous: still read with.'),
            pem: z.string(),
            createdAt: Instant,
          }),
        ),
      })
      .describe('What your identity provider must know of this platform.'),
    mapping: SamlMapping,
    consent: z.enum(['attribute', 'ask']),
    idpInitiated: z.boolean(),
    openSessions: z.int().min(0).describe('Sessions that removing the connection would end.'),
  })
  .describe('How people of an organization sign in with their company account.')
export type SamlAnswer = z.infer<typeof SamlAnswer>

/** Answer 201 of `POST …/saml/tests`. */
export const SamlTestMade = z.object({ id: z.string(), url: z.string().describe('Where to go and sign in, with the browser that asked.') })
export type SamlTestMade = z.infer<typeof SamlTestMade>

export const SamlTestAnswer = z
  .object({
    id: z.string(),
    state: z.enum(['waiting', 'accepted', 'refused']),
    refusal: z
      .object({
        code: z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]),
        detail: z.string().nullable().describe('The exact rule.'),
      })
      .nullable(),
    came: z
      .object({
        nameId: z.string().nullable(),
        nameIdFormat: z.string().nullable(),
        attributes: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
        signed: z.array(z.enum(['response', 'assertion'])),
        encrypted: z.boolean(),
      })
      .nullable()
      .describe('What a genuine answer said; null where it was not genuine.'),
    person: z
      .object({
        subject: z.string(),
        givenName: z.string(),
        familyName: z.string().nullable(),
        email: z.string().nullable(),
        share: z.boolean().nullable().describe('Null: the person would be asked.'),
      })
      .nullable()
      .describe('Who that would be here.'),
  })
  .describe('What came of a test sign-in, which admits nobody.')
export type SamlTestAnswer = z.infer<typeof SamlTestAnswer>

export const ConsentRequest = z.strictObject({
  share: z.boolean().optional().describe('Whether the organizer may take name and address away, where the person is asked.'),
})
/** What the page that asks is told, inside it. `asks`: whether to share; otherwise only whether to go on as this person. */
export type ConsentFacts = { displayName: string; email: string | null; asks: boolean }

/** Why a description of an identity provider is of no use. Said to the team. */
export const metadataProblems = {
  ...fetchProblems,
  not_xml: 'It is not XML, or holds a DOCTYPE.',
  not_metadata: 'It is not SAML metadata: its outermost element is no EntityDescriptor.',
  no_identity_provider: 'It describes no identity provider of SAML 2.0.',
  several_identity_providers: 'It describes more than one identity provider. Give the metadata of yours alone.',
  no_redirect: 'The identity provider takes no request by HTTP-Redirect at an https address.',
  no_certificate: 'It has no certificate to verify signatures with.',
  weak_certificate: 'A certificate is not of an RSA key of 2,048 bits at least.',
  outdated: 'Its validUntil has passed.',
  another_identity_provider: 'The address now describes another identity provider. If that is meant, set the address again.',
} as const
export type MetadataProblem = keyof typeof metadataProblems
