// Owns: a sign-in with a company account from its beginning to the session: who was sent away, who comes back, and whether it is he.
import { randomBytes } from 'node:crypto'
import { attendeeRole, errorRow, programIdPattern, Refusal } from '@voila/protocol'
import type { Programs } from '../../backstage/programs.ts'
import type { ProgramRow } from '../../store/schema.ts'
import type { Entered, Entering } from '../entering.ts'
import type { People } from '../people.ts'
import type { RefusalBook } from '../refusals.ts'
import type { Seal } from '../sealed.ts'
import type { Connection, Connections } from './connections.ts'
import { type Person, personOf } from './person.ts'
import { requestMs, type Verified } from './response.ts'
import { addressesOf, signInAddress } from './service-provider.ts'
import type { Tests } from './tests.ts'
import type { Used } from './used.ts'
import type { Verifier } from './verifier.ts'

/** Kept by the browser for us, sealed, under a name of its own for each sign-in, so that two tabs don't meet. */
export type Keepsake = { readonly name: string; readonly value: string }
type Asked = { readonly requestId: string; readonly relayState: string; readonly organizationId: string; readonly expiresAt: number }
/** Somebody on his way: into a program, as a test, or without having been sent by us. */
export type Flow = {
  readonly organizationId: string
  readonly requestId: string | null
} & (
  | { readonly kind: 'enter'; readonly programId: string; readonly browserHash: string }
  | { readonly kind: 'test'; readonly testId: string }
  | { readonly kind: 'unasked'; readonly programId: string }
)
/** Somebody who is known, and has yet to say yes. */
export type Pending = {
  readonly organizationId: string
  readonly programId: string
  readonly assertionId: string
  readonly person: Person
}
export type Outcome =
  | { readonly kind: 'entered'; readonly programId: string; readonly entered: Entered }
  | { readonly kind: 'asks'; readonly programId: string; readonly keepsake: Keepsake }
  | { readonly kind: 'tested'; readonly testId: string }

export const pendingName = 'voila_saml_person'
const flowPrefix = 'voila_saml_'
/** Of the RelayState, which names the cookie. */
const nameCharacters = 8
const relayPattern = /^[A-Za-z0-9_-]{22}$/

const flowName = (relayState: string): string => flowPrefix + relayState.slice(0, nameCharacters)
/** Cookies of sign-ins that were begun; many of them would make requests too large. */
export const isFlowName = (name: string): boolean => new RegExp(`^(?:__Host-)?${flowPrefix}[A-Za-z0-9_-]{${nameCharacters}}$`).test(name)

export function createLogins({
  connections,
  programs,
  entering,
  sharesPersonalData,
  refusals,
  used,
  tests,
  verifier,
  seal,
  baseUrl,
  now,
}: {
  connections: Pick<Connections, 'find'>
  programs: Pick<Programs, 'find'>
  entering: Pick<Entering, 'requireOpen' | 'enter'>
  sharesPersonalData: People['sharesPersonalData']
  refusals: Pick<RefusalBook, 'refused'>
  used: Pick<Used, 'use'>
  tests: Tests
  verifier: Pick<Verifier, 'verify'>
  seal: Seal
  baseUrl(): string
  now(): number
}) {
  const keep = (name: string, kept: object): Keepsake => ({ name, value: seal.seal(JSON.stringify(kept), { context: name }) })

  function kept<Kept extends { readonly expiresAt: number }>(name: string, value: string | undefined): Kept | undefined {
    const text = value === undefined ? undefined : seal.open(value, { context: name })
    const found = text === undefined ? undefined : (JSON.parse(text) as Kept)
    return found !== undefined && found.expiresAt > now() ? found : undefined
  }

  /** The program, where people sign in to it with their company account. @throws Refusal program_unknown | saml_off */
  async function programOf(programId: string, organizationId?: string): Promise<ProgramRow> {
    const program = await programs.find(programId)
    // To whoever was sent from elsewhere, another organization's program is one that does not do this.
    if (program.saml === 0 || (organizationId !== undefined && program.organization_id !== organizationId)) throw new Refusal('saml_off')
    return program
  }

  async function connectionOf(organizationId: string, { test }: { test: boolean }): Promise<Connection> {
    const connection = await connections.find(organizationId)
    if (connection?.identityProvider == null || (!connection.enabled && !test)) throw new Refusal('saml_off')
    return connection
  }

  /** Where to send somebody, and what his browser is to bring back. */
  async function begin(connection: Connection, goal: object): Promise<{ url: string; keepsake: Keepsake }> {
    const { organizationId, identityProvider } = connection
    if (identityProvider === null) throw new Refusal('saml_off')
    const requestId = `_${randomBytes(20).toString('hex')}`
    const relayState = randomBytes(16).toString('base64url')
    const asked: Asked = { requestId, relayState, organizationId, expiresAt: now() + requestMs }
    return {
      url: await signInAddress(identityProvider, connection, addressesOf(baseUrl(), organizationId), { requestId, relayState }),
      keepsake: keep(flowName(relayState), { ...asked, ...goal }),
    }
  }

  async function verify(flow: Flow, connection: Connection, response: string): Promise<Verified> {
    const { organizationId, requestId } = flow
    const { entityId, acsUrl } = addressesOf(baseUrl(), organizationId)
    const provider = connection.identityProvider
    if (provider === null) throw new Refusal('saml_off')
    return await verifier.verify(
      response,
      { idpEntityId: provider.entityId, audience: entityId, acsUrl, requestId, now: now() },
      { idpCertificates: provider.certificates, decryptionKeys: connection.privateKeys },
    )
  }

  /** Uses up what came: from here on nobody comes in by it again. @throws Refusal saml_replayed */
  async function useUp({ organizationId, requestId }: Flow, { assertionId }: Verified): Promise<void> {
    const ids = [`assertion ${assertionId}`, ...(requestId === null ? [] : [`request ${requestId}`])]
    if (!(await used.use(organizationId, ids))) throw new Refusal('saml_replayed')
  }

  async function enter(program: ProgramRow, { person, assertionId }: Pending, share: boolean, browserHash: string): Promise<Entered> {
    const { subject, givenName, familyName, email } = person
    const organizationId = program.organization_id
    return await entering.enter(
      program,
      {
        source: 'saml',
        by: { kind: 'saml', organizationId },
        jti: assertionId,
        subject,
        givenName,
        familyName,
        email,
        sharePersonalData: share,
        roles: [attendeeRole],
      },
      { browserHash, at: now() },
    )
  }

  async function finishTest(flow: Extract<Flow, { kind: 'test' }>, response: string): Promise<Outcome> {
    const { organizationId, testId } = flow
    let came: Verified | undefined
    try {
      const connection = await connectionOf(organizationId, { test: true })
      came = await verify(flow, connection, response)
      await useUp(flow, came)
      await tests.keep({ organizationId, testId, came, person: personOf(came, connection) })
    } catch (error) {
      if (!(error instanceof Refusal) || errorRow(error.code).status >= 500) throw error
      await tests.keep({ organizationId, testId, came, refusal: error })
    }
    return { kind: 'tested', testId }
  }

  async function finishEntry(flow: Exclude<Flow, { kind: 'test' }>, response: string): Promise<Outcome> {
    const { organizationId, programId } = flow
    const program = await programOf(programId, organizationId)
    let came: Verified | undefined
    let person: Person | undefined
    try {
      const connection = await connectionOf(organizationId, { test: false })
      came = await verify(flow, connection, response)
      person = personOf(came, connection)
      await useUp(flow, came)
      await entering.requireOpen(program)
      const pending: Pending = { organizationId, programId, assertionId: came.assertionId, person }
      const share = person.share ?? (await sharesPersonalData({ organizationId, source: 'saml', subject: person.subject, programId }))
      // Who was not sent by us may have been sent by somebody else, as somebody else: he sees as whom, and says yes.
      if (flow.kind === 'unasked' || share === undefined) {
        return { kind: 'asks', programId, keepsake: keep(pendingName, { ...pending, expiresAt: now() + requestMs }) }
      }
      return { kind: 'entered', programId, entered: await enter(program, pending, share, flow.browserHash) }
    } catch (error) {
      if (error instanceof Refusal && errorRow(error.code).status < 500) {
        refusals.refused({
          at: now(),
          programId,
          organizationId,
          kid: null,
          isDeclared: false,
          code: error.code,
          claim: error.detail ?? null,
          // Only what the identity provider has signed.
          subject: person?.subject ?? came?.nameId ?? null,
        })
      }
      throw error
    }
  }

  return {
    /**
     * Sends somebody away to sign in for a program.
     *
     * @param options.browserHash  of the browser that shall find its session again; its cookie does not come back with the answer
     * @throws Refusal program_unknown | saml_off
     */
    async beginEntry({ programId, browserHash }: { programId: string; browserHash: string }): Promise<{ url: string; keepsake: Keepsake }> {
      const program = await programOf(programId)
      return await begin(await connectionOf(program.organization_id, { test: false }), { kind: 'enter', programId, browserHash })
    },

    /** The same for nothing but seeing what comes, also before people may. @throws Refusal saml_connection_unknown | saml_off */
    async beginTest(organizationId: string): Promise<{ testId: string; url: string; keepsake: Keepsake }> {
      const connection = await connectionOf(organizationId, { test: true })
      const testId = await tests.begin(organizationId)
      return { testId, ...(await begin(connection, { kind: 'test', testId })) }
    },

    /**
     * What somebody who comes back with an answer was on his way to, by what his own browser has kept.
     *
     * @throws Refusal saml_browser where it has kept nothing | saml_unsolicited where we sent nobody
     */
    async flowOf(request: {
      organizationId: string
      relayState: string | undefined
      cookieOf(name: string): string | undefined
    }): Promise<Flow & { readonly cookie: string | undefined }> {
      const { organizationId, relayState = '' } = request
      if (relayPattern.test(relayState)) {
        const cookie = flowName(relayState)
        const found = kept<Flow & Asked>(cookie, request.cookieOf(cookie))
        if (found?.relayState !== relayState || found.organizationId !== organizationId) throw new Refusal('saml_browser')
        return { ...found, cookie }
      }
      const connection = await connections.find(organizationId)
      if (connection?.idpInitiated !== true) throw new Refusal('saml_unsolicited')
      if (!programIdPattern.test(relayState)) throw new Refusal('saml_unsolicited', { detail: 'RelayState is no program’s id.' })
      return { kind: 'unasked', organizationId, requestId: null, programId: relayState, cookie: undefined }
    },

    /**
     * Judges an answer, and lets in, asks, or keeps it for whoever tests.
     *
     * @param response  `SAMLResponse` of the form
     * @throws Refusal program_unknown | any code of `verifyResponse` | saml_off | saml_attribute | saml_replayed | program_not_open |
     * program_archived | unavailable
     */
    finish: (flow: Flow, response: string): Promise<Outcome> =>
      flow.kind === 'test' ? finishTest(flow, response) : finishEntry(flow, response),

    /** Who it is that has yet to say yes, by what his browser has kept; undefined where nobody has. */
    pendingOf(programId: string, value: string | undefined): Pending | undefined {
      const found = kept<Pending & { expiresAt: number }>(pendingName, value)
      return found?.programId === programId ? found : undefined
    },

    /**
     * Lets somebody in who has said yes.
     *
     * @param options.share  what he said, where he was asked
     * @throws Refusal program_unknown | saml_off | program_not_open | program_archived | invalid_request | unavailable
     */
    async agree(pending: Pending, { share, browserHash }: { share: boolean | undefined; browserHash: string }): Promise<Entered> {
      const { programId, organizationId, person } = pending
      const program = await programOf(programId, organizationId)
      await connectionOf(organizationId, { test: false })
      await entering.requireOpen(program)
      const known = person.share ?? share
      if (known === undefined) throw new Refusal('invalid_request', { detail: 'share: true or false' })
      return await enter(program, pending, known, browserHash)
    },
  }
}
