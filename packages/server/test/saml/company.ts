// Owns: an organization that has connected its identity provider, and people who sign in by it with browsers that keep cookies as real ones do.
import { inflateRawSync } from 'node:zlib'
import type { Program, SamlAnswer } from '@voila/protocol'
import { type Answer, makeProgram, makeSigner, type Running } from '../running.ts'
import { type Facts, factsOf, fieldOf, type Idp, makeIdp } from './idp.ts'

export type Company = {
  readonly running: Running
  readonly organizationId: string
  readonly programId: string
  readonly idp: Idp
  readonly saml: SamlAnswer
}

/** What the identity providers of these tests call things. */
export const mapping = { subject: null, givenName: 'givenName', familyName: 'surname', email: 'mail', share: 'share' }

/** A live program to which people sign in with their company account. */
export async function makeCompany(running: Running, { patch = {}, idp }: { patch?: object; idp?: Idp } = {}): Promise<Company> {
  const { organizationId } = await makeSigner(running)
  const programId = await makeProgram(running, { organizationId })
  await running.admin<Program>('PATCH', `/api/programs/${programId}`, { saml: true })
  const path = `/api/organizations/${organizationId}/saml`
  await running.admin('POST', path)
  const provider = idp ?? (await makeIdp({ entityId: `https://idp.example/${organizationId}` }))
  const made = await running.admin<SamlAnswer>('PATCH', path, {
    metadata: { xml: provider.metadata() },
    mapping,
    consent: 'attribute',
    enabled: true,
    ...patch,
  })
  if (made.status !== 200) throw new Error(made.text)
  return { running, organizationId, programId, idp: provider, saml: made.body }
}

/** What somebody was sent away with. */
export type Sent = { readonly location: URL; readonly requestId: string; readonly relayState: string; readonly requestXml: string }

/** A browser: its cookies, and which of them go along with a request from another site. */
export class Browser {
  readonly #running: Running
  readonly #jar = new Map<string, { value: string; sameSite: string }>()
  constructor(running: Running) {
    this.#running = running
  }

  cookieNames(): string[] {
    return [...this.#jar.keys()]
  }

  async #ask<Body>(path: string, init: RequestInit, from: 'here' | 'elsewhere'): Promise<Answer<Body>> {
    const isSafe = (init.method ?? 'GET') === 'GET'
    // Lax goes along with a link from elsewhere, and with no form.
    const sent = [...this.#jar].filter(([, { sameSite }]) => from === 'here' || sameSite === 'none' || (sameSite === 'lax' && isSafe))
    const cookie = sent.map(([name, { value }]) => `${name}=${value}`).join('; ')
    const answer = await this.#running.call<Body>(path, { ...init, headers: { ...init.headers, ...(cookie === '' ? {} : { cookie }) } })
    for (const set of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = set.split('; ')
      const [name = '', value = ''] = pair.split('=')
      const sameSite =
        attributes
          .find((each) => each.startsWith('SameSite='))
          ?.slice('SameSite='.length)
          .toLowerCase() ?? 'lax'
      if (attributes.some((each) => each === 'Max-Age=0' || each.startsWith('Expires=Thu, 01 Jan 1970'))) this.#jar.delete(name)
      else this.#jar.set(name, { value, sameSite })
    }
    return answer
  }

  open = <Body = unknown>(path: string): Promise<Answer<Body>> => this.#ask(path, { headers: { accept: 'text/html' } }, 'here')

  post = <Body = unknown>(path: string, body: unknown, origin = this.#running.platform.url): Promise<Answer<Body>> =>
    this.#ask(path, { method: 'POST', headers: { 'content-type': 'application/json', origin }, body: JSON.stringify(body) }, 'here')

  /** Goes to sign in for a program. */
  async leave(programId: string): Promise<Sent> {
    return sentBy(await this.open(`/${programId}/sign-in`))
  }

  /** Comes back from the identity provider, by the form that its page sends. */
  comeBack(organizationId: string, fields: Readonly<Record<string, string>> | string): Promise<Answer<{ code?: string } | undefined>> {
    const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString()
    return this.#ask(
      `/saml/${organizationId}/acs`,
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://idp.example' }, body },
      'elsewhere',
    )
  }
}

export function sentTo(url: string): Sent {
  const location = new URL(url)
  const requestXml = inflateRawSync(Buffer.from(location.searchParams.get('SAMLRequest') ?? '', 'base64')).toString()
  return {
    location,
    requestXml,
    requestId: / ID="([^"]*)"/.exec(requestXml)?.[1] ?? '',
    relayState: location.searchParams.get('RelayState') ?? '',
  }
}
export function sentBy(answer: Answer): Sent {
  if (answer.status !== 303) throw new Error(`${answer.status} ${answer.text}`)
  return sentTo(answer.headers.get('location') ?? '')
}

/** What the company's identity provider says to a request. */
export function factsFor({ saml, idp }: Company, sent: Pick<Sent, 'requestId'> | null, more: Partial<Facts> = {}): Facts {
  return factsOf({
    requestId: sent?.requestId ?? null,
    issuer: idp.entityId,
    acsUrl: saml.serviceProvider.acsUrl,
    audience: saml.serviceProvider.entityId,
    ...more,
  })
}

export const formOf = (xml: string, relayState: string): Record<string, string> => ({ SAMLResponse: fieldOf(xml), RelayState: relayState })

/** The code of a refusal, of a page too. */
export function codeIn(answer: Answer<{ code?: string } | undefined>): string {
  const embedded = /<script type="application\/json" id="voila-refusal">(.*?)<\/script>/s.exec(answer.text)?.[1]
  return answer.body?.code ?? (embedded === undefined ? `${answer.status}` : (JSON.parse(embedded) as { code: string }).code)
}
