// Owns: what is said of addresses from which the platform fetches keys: the shapes of the API, and why one could not be fetched or used.
import { z } from 'zod'
import { limits } from './limits.ts'

const Instant = z.iso.datetime()

/** Why a document of another server could not be had. Said to the team. */
export const fetchProblems = {
  not_https: 'The address does not begin with https://.',
  address_refused:
    'The name leads to an address inside a network. Only servers on the internet are asked, and hosts of FETCH_PRIVATE_HOSTS.',
  name_unknown: 'The name of the server could not be resolved.',
  unreachable: 'The server could not be reached.',
  certificate: 'The certificate of the server could not be verified.',
  timed_out: 'The server took longer than five seconds.',
  redirected: 'The server sent us to another address. Give the last one; none is followed.',
  status: 'The server did not answer 200.',
  too_large: 'What the server sent is larger than 1 MB.',
  not_text: 'What the server sent is not text in UTF-8.',
} as const
export type FetchProblem = keyof typeof fetchProblems

/** Why a set of keys could not be read as one. */
export const keySetProblems = {
  ...fetchProblems,
  not_json: 'What the server sent is not JSON.',
  not_key_set: 'What the server sent is not a JWK set: an object with a list `keys`.',
} as const
export type KeySetProblem = keyof typeof keySetProblems

/** Why one key of a set is not used; the others are. */
export const publishedKeyProblems = {
  private_key: 'This is a private key, published: it is burnt. Make a new pair.',
  kid_missing: 'It has no kid.',
  kid_format: 'Its kid is not 8 to 64 letters, digits, - or _.',
  kid_twice: 'Another key before it has the same kid.',
  wrong_use: 'Its use is not sig, or its key_ops lack verify.',
  wrong_alg: 'Its alg is not ES256.',
  not_p256: 'It is not an EC key on P-256.',
  invalid_point: 'Its point is not on the curve.',
  known_key: 'Its private half is published: anybody can sign with it.',
  revoked: 'It was revoked here, or declared as a partner key and revoked.',
} as const
export type PublishedKeyProblem = keyof typeof publishedKeyProblems

const codes = <Code extends string>(table: Record<Code, string>) => z.enum(Object.keys(table) as [Code, ...Code[]])
const Roles = z.array(z.enum(['ROLE_ATTENDEE', 'ROLE_MODERATOR'])).min(1)

export const JwksSourceRequest = z.strictObject({
  url: z
    .url({ protocol: /^https$/ })
    .max(limits.urlUnits)
    .describe('Where your server publishes its JWK set, over https.'),
  allowedRoles: Roles.optional().describe('Roles that tokens by its keys may give; ROLE_ATTENDEE alone where it is not given.'),
})
export const JwksSourcePatch = z.strictObject({ allowedRoles: Roles })

export const PublishedKeyAnswer = z.object({
  kid: z.string().nullable(),
  thumbprint: z.string().nullable().describe('RFC 7638, SHA-256; null where there is no usable key.'),
  pem: z.string().nullable().describe('SPKI PEM; null where there is no usable key.'),
  problem: codes(publishedKeyProblems).nullable().describe('Why it is not used; null where it is.'),
  openSessions: z.int().min(0).describe('Sessions that revoking it would end.'),
})
export type PublishedKeyAnswer = z.infer<typeof PublishedKeyAnswer>

export const JwksSourceAnswer = z
  .object({
    id: z.string(),
    url: z.string(),
    allowedRoles: z.array(z.string()),
    keys: z.array(PublishedKeyAnswer).describe('What was there at the last good look.'),
    createdAt: Instant,
    fetchedAt: Instant.nullable().describe('The last good look.'),
    nextFetchAt: Instant.describe('When it is looked at again without being asked.'),
    usableUntil: Instant.nullable().describe('How long its keys are used should no further look succeed.'),
    problem: codes(keySetProblems).nullable().describe('Why the last look failed.'),
    problemAt: Instant.nullable(),
  })
  .describe('An address of your keys.')
export type JwksSourceAnswer = z.infer<typeof JwksSourceAnswer>
