// Owns: people of a team for tests: the first owner by the set-up link, the others by invitation, each with the cookie of a browser.
import type { InvitationMade, MeAnswer, MemberRole } from '@voila/protocol'
import type { Answer, Running } from '../running.ts'

export type Somebody = {
  readonly id: string
  readonly name: string
  readonly email: string
  /** As the browser sends it. */
  readonly cookie: string
  /** Asks the API as this person, from our own page. */
  ask<Body = unknown>(method: string, path: string, body?: unknown): Promise<Answer<Body>>
}

export const password = 'correct horse battery staple'

/** The cookies that an answer sets, as the next request sends them. */
export function cookiesOf(answer: Answer): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ')
}

/** A request from our own page, with a cookie or without. */
export function fromPage<Body = unknown>(
  running: Running,
  { method, path, body, cookie = '' }: { method: string; path: string; body?: unknown; cookie?: string },
): Promise<Answer<Body>> {
  return running.call<Body>(path, {
    method,
    headers: {
      cookie,
      ...(method === 'GET' ? {} : { origin: running.platform.url }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

export const tokenOf = (url: string | undefined): string => url?.split('#token=')[1] ?? ''

function somebody(running: Running, answer: Answer<MeAnswer>): Somebody {
  if (answer.status >= 300) throw new Error(answer.text)
  const cookie = cookiesOf(answer)
  const { id, name, email } = answer.body.user
  return { id, name, email, cookie, ask: (method, path, body) => fromPage(running, { method, path, body, cookie }) }
}

/** The first owner of a new platform. */
export async function setUp(running: Running): Promise<{ owner: Somebody; organizationId: string }> {
  const answer = await fromPage<MeAnswer>(running, {
    method: 'POST',
    path: '/api/setup',
    body: {
      token: tokenOf(await running.platform.setupUrl()),
      name: 'Ada Owner',
      email: 'ada@aldermoor.example',
      password,
      organizationName: 'Aldermoor Instruments',
    },
  })
  const owner = somebody(running, answer)
  const [organization] = answer.body.organizations
  return { owner, organizationId: organization?.id ?? '' }
}

/** Somebody new in an organization, invited by the administration. */
export async function join(
  running: Running,
  { organizationId, role, email = `${role}@aldermoor.example` }: { organizationId: string; role: MemberRole; email?: string },
): Promise<Somebody> {
  const made = await running.admin<InvitationMade>('POST', `/api/organizations/${organizationId}/invitations`, { email, role })
  if (made.status !== 201) throw new Error(made.text)
  const answer = await fromPage<MeAnswer>(running, {
    method: 'POST',
    path: '/api/invitations/accept',
    body: { token: tokenOf(made.body.url), name: `Some ${role}`, password },
  })
  return somebody(running, answer)
}

/** Signs in as a person does. */
export const signIn = (running: Running, given: { email: string; password: string }): Promise<Answer> =>
  fromPage(running, { method: 'POST', path: '/api/auth/sign-in/email', body: given })
