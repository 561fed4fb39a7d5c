// Owns: that whoever is revoked is out on every node within two seconds and stays out, until that is lifted.
import type { AdmissionAnswer, AuditAnswer, ListAnswer, Problem, RefusalAnswer, RevocationAnswer, RevocationCount } from '@voila/protocol'
import { signToken } from '@voila/tokens'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../../../test/require.ts'
import { Client, until } from '../live/client.ts'
import { type Answer, exchange, makeProgram, makeSigner, type Running, type Signer, start } from '../running.ts'

const soonMs = 2_000
const kinds = ['token', 'attendee', 'attendee everywhere', 'subject', 'before', 'session'] as const
type Kind = (typeof kinds)[number]

/** What whoever is in is told, and what he is refused with when he comes again by the same token. */
const told: Readonly<Record<Kind, { out: string; again: string }>> = {
  token: { out: 'token_revoked', again: 'token_revoked' },
  attendee: { out: 'attendee_revoked', again: 'attendee_revoked' },
  'attendee everywhere': { out: 'attendee_revoked', again: 'attendee_revoked' },
  subject: { out: 'attendee_revoked', again: 'attendee_revoked' },
  before: { out: 'issued_before', again: 'issued_before' },
  session: { out: 'session_revoked', again: 'in' },
}

describe.skipIf(needs.postgres())('on two nodes', () => {
  let here: Running
  let there: Running
  let signer: Signer
  let clients: Client[] = []
  const path = (rest = '') => `/api/organizations/${signer.organizationId}/revocations${rest}`

  beforeAll(async () => {
    here = await start({ kind: 'postgres' })
    there = await start({ kind: 'postgres', database: here.database })
  })
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.cut()))
    clients = []
  })
  afterAll(async () => {
    await there.close()
    await here.close()
  })

  type Person = { token: string; jti: string; sub: string }
  let people = 0
  function person(id: string): Person {
    people += 1
    const [jti, sub] = [`jti-${people}`, `sub-${people}`]
    const token = signToken(
      { organization_id: signer.organizationId, given_name: 'Ann', sub, jti, roles: [{ name: 'ROLE_ATTENDEE', eventId: id }] },
      { privateKey: signer.privateKey, kid: signer.kid, expiresInSeconds: 3_600 },
    )
    return { token, jti, sub }
  }
  async function enter(at: Running, id: string, token: string): Promise<{ client: Client; answer: AdmissionAnswer }> {
    const { body, status, text } = await exchange(at, id, token)
    expect(status, text).toBe(201)
    const client = new Client({ session: body.session.token })
    clients.push(client)
    await client.connect(`${at.platform.url.replace('http', 'ws')}/api/programs/${id}/socket`)
    expect(client.closed).toBeUndefined()
    return { client, answer: body }
  }
  async function again(at: Running, id: string, token: string): Promise<string> {
    const answer = (await exchange(at, id, token)) as Answer<Partial<Problem>>
    return answer.status === 201 ? 'in' : `${answer.body.code}`
  }
  /** A program that both nodes know, of an organization of its own. */
  async function setUp(): Promise<string> {
    signer = await makeSigner(here)
    const id = await makeProgram(here, signer)
    await until('the other knows it', async () => (await there.admin('GET', `/api/programs/${id}`)).status === 200)
    return id
  }
  async function sessionIdOf(answer: AdmissionAnswer): Promise<string> {
    // It stands in the media credential, behind the expiry.
    const bytes = Buffer.from(answer.media.url.split('/')[3] ?? '', 'base64url')
      .subarray(4, 20)
      .toString('hex')
    return bytes.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  test.each(kinds)('by %s: out at both within two seconds, and refused at both with its own code', async (kind) => {
    const id = await setUp()
    const ann = person(id)
    const one = await enter(here, id, ann.token)
    const two = await enter(there, id, ann.token)
    const attendeeId = one.answer.attendee.id
    const request = {
      token: { kind: 'token', kid: signer.kid, jti: ann.jti, subject: ann.sub },
      attendee: { kind: 'attendee', programId: id, attendeeId },
      'attendee everywhere': { kind: 'attendee', attendeeId, reason: 'Left the company' },
      subject: { kind: 'subject', programId: id, subject: ann.sub },
      before: { kind: 'before', before: new Date(Date.now() + 1_500).toISOString() },
      session: { kind: 'session', sessionId: await sessionIdOf(two.answer) },
    }[kind]
    const sessions = kind === 'session' ? 1 : 2
    expect((await here.admin<RevocationCount>('POST', path('/count'), request)).body).toEqual({ sessions })

    const made = await here.admin<RevocationAnswer>('POST', path(), request)
    const beganAt = performance.now()
    expect([made.status, made.body.ended, made.body.byName], made.text).toEqual([201, sessions, 'Administration'])
    const ended = kind === 'session' ? [two] : [one, two]
    await until('they are out', () => ended.every(({ client }) => client.closed !== undefined), soonMs)
    expect(performance.now() - beganAt).toBeLessThan(soonMs)
    for (const { client } of ended) expect(client.closed).toMatchObject({ code: 4403, reason: told[kind].out })

    for (const [node, { answer }] of [
      [here, one],
      [there, two],
    ] as const) {
      const isEnded = ended.some((each) => each.answer === answer)
      const media = await node.call<Problem>(answer.media.url)
      if (isEnded) expect(media.body.code).toBe('session_revoked')
      else expect(media.status).toBe(404)
      const session = await node.call<Problem>(`/api/programs/${id}/session`, {
        headers: { authorization: `Bearer ${answer.session.token}` },
      })
      expect(session.status === 200 ? 'in' : session.body.code).toBe(isEnded ? told[kind].out : 'in')
      expect(await again(node, id, ann.token)).toBe(told[kind].again)
      // Everybody else comes in, by what is issued afterwards.
      if (kind !== 'before') expect(await again(node, id, person(id).token)).toBe('in')
    }
  })

  test('lifted: a token lets in again, at both, and the audit log says who did what', async () => {
    const id = await setUp()
    const ann = person(id)
    const { answer } = await enter(there, id, ann.token)
    const { body: made } = await here.admin<RevocationAnswer>('POST', path(), { kind: 'attendee', attendeeId: answer.attendee.id })
    expect(await again(there, id, ann.token)).toBe('attendee_revoked')
    const lifted = await there.admin<RevocationAnswer>('POST', path(`/${made.id}/lift`))
    expect(lifted.body.liftedAt).not.toBeNull()
    expect((await there.admin<RevocationAnswer>('POST', path(`/${made.id}/lift`))).body.liftedAt).toBe(lifted.body.liftedAt)
    for (const node of [here, there]) expect(await again(node, id, ann.token)).toBe('in')
    // The session that ended stays so.
    const session = await there.call<Problem>(`/api/programs/${id}/session`, {
      headers: { authorization: `Bearer ${answer.session.token}` },
    })
    expect(session.body.code).toBe('attendee_revoked')
    expect((await here.admin<ListAnswer<RevocationAnswer>>('GET', path())).body.items).toEqual([lifted.body])
    const lines = await here.admin<ListAnswer<AuditAnswer>>('GET', `/api/organizations/${signer.organizationId}/audit?target=${made.id}`)
    expect(lines.body.items.map(({ action }) => action)).toEqual(['revocation.lifted', 'revocation.lifted', 'revocation.made'])
  })

  test('by a subject that has never been in: he is refused when he comes, at that program alone, and no other subject is', async () => {
    const id = await setUp()
    const other = await makeProgram(here, signer)
    const claims = { organization_id: signer.organizationId, given_name: 'Ann', email: 'Ann.Lee@aldermoor.example' }
    const sign = (more: object = {}, now = Math.floor(Date.now() / 1_000)) =>
      signToken(
        {
          ...claims,
          roles: [
            { name: 'ROLE_ATTENDEE', eventId: id },
            { name: 'ROLE_ATTENDEE', eventId: other },
          ],
          ...more,
        },
        { privateKey: signer.privateKey, kid: signer.kid, expiresInSeconds: 600, now },
      )
    await exchange(here, id, sign({}, Math.floor(Date.now() / 1_000) - 7_200))
    const listed = async () => (await here.admin<ListAnswer<RefusalAnswer>>('GET', `/api/programs/${id}/refusals`)).body.items
    await until('it is listed', async () => (await listed()).length > 0)
    // As the list of refusals names her.
    const subject = (await listed())[0]?.subject
    expect(subject).toBe('ann.lee@aldermoor.example')
    const made = await here.admin<RevocationAnswer>('POST', path(), { kind: 'subject', programId: id, subject })
    expect([made.status, made.body.ended, made.body.subject, made.body.attendeeId]).toEqual([201, 0, subject, null])
    for (const node of [here, there]) {
      expect([await again(node, id, sign()), await again(node, other, sign())]).toEqual(['attendee_revoked', 'in'])
      expect(await again(node, id, sign({ email: 'ann@aldermoor.example' }))).toBe('in')
    }
    await here.admin('POST', path(`/${made.body.id}/lift`))
    expect(await again(there, id, sign())).toBe('in')
  })

  test('at one program: the others stay open to him', async () => {
    const id = await setUp()
    const other = await makeProgram(here, signer)
    const claims = { organization_id: signer.organizationId, given_name: 'Ann', sub: 'ann', roles: [{ eventId: id }, { eventId: other }] }
    const both = signToken(claims, { privateKey: signer.privateKey, kid: signer.kid, expiresInSeconds: 600 })
    const { answer } = await enter(here, id, both)
    const elsewhere = await enter(here, other, both)
    await here.admin('POST', path(), { kind: 'attendee', programId: id, attendeeId: answer.attendee.id })
    expect([await again(here, id, both), await again(here, other, both)]).toEqual(['attendee_revoked', 'in'])
    expect(elsewhere.client.closed).toBeUndefined()
  })

  test('a visit that is ended may begin again; one who is kept out may not, and only there', async () => {
    const id = await setUp()
    const ann = person(id)
    const { answer } = await enter(here, id, ann.token)
    const end = (body?: object) => here.admin('POST', `/api/programs/${id}/attendees/${answer.attendee.id}/revoke`, body)
    expect((await end()).status).toBe(204)
    expect(await again(there, id, ann.token)).toBe('in')
    expect((await end({ keepOut: true, reason: 'Insults' })).status).toBe(204)
    expect(await again(there, id, ann.token)).toBe('attendee_revoked')
    const { items } = (await here.admin<ListAnswer<RevocationAnswer>>('GET', path())).body
    expect(items).toMatchObject([{ kind: 'attendee', programId: id, reason: 'Insults' }])
  })

  test('what is issued before a time is refused, and what is issued after it is not', async () => {
    const id = await setUp()
    const at = (seconds: number) =>
      signToken(
        { organization_id: signer.organizationId, given_name: 'Ann', sub: 'ann', roles: [{ eventId: id }] },
        { privateKey: signer.privateKey, kid: signer.kid, expiresInSeconds: 3_600, now: Math.floor(Date.now() / 1_000) + seconds },
      )
    await here.admin('POST', path(), { kind: 'before', before: new Date(Date.now() - 100_000).toISOString() })
    expect([await again(there, id, at(-200)), await again(there, id, at(0))]).toEqual(['issued_before', 'in'])
  })

  test('an organization revokes what is its own alone', async () => {
    const mine = await setUp()
    const { answer } = await enter(here, mine, person(mine).token)
    const sessionId = await sessionIdOf(answer)
    signer = await makeSigner(here, { name: 'Elsewhere' })
    const codeOf = async (request: object) => (await here.admin<Problem>('POST', path(), request)).body.code
    expect(await codeOf({ kind: 'attendee', attendeeId: answer.attendee.id })).toBe('attendee_unknown')
    expect(await codeOf({ kind: 'session', sessionId })).toBe('session_unknown')
    expect(await codeOf({ kind: 'before', programId: mine, before: new Date().toISOString() })).toBe('program_unknown')
    expect((await here.admin<Problem>('POST', path('/none/lift'))).body.code).toBe('revocation_unknown')
  })

  test('50 exchanges of a once-only token at the same time, at two nodes: one is let in', async () => {
    const id = await setUp()
    await here.admin('PATCH', `/api/programs/${id}`, { tokenUse: 'once' })
    const program = async () => (await there.admin<{ tokenUse: string }>('GET', `/api/programs/${id}`)).body.tokenUse
    await until('the other knows', async () => (await program()) === 'once')
    const { token } = person(id)
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, index) => again(index % 2 === 0 ? here : there, id, token)))
    expect(outcomes.filter((each) => each === 'in')).toHaveLength(1)
    expect(new Set(outcomes)).toEqual(new Set(['in', 'token_used']))
  })

  test.each([
    'newest',
    'refuse',
  ] as const)('%s: 10 exchanges of one person at the same time, at two nodes: one place is left', async (concurrency) => {
    const id = await setUp()
    await here.admin('PATCH', `/api/programs/${id}`, { concurrency })
    const known = async () => (await there.admin<{ concurrency: string }>('GET', `/api/programs/${id}`)).body.concurrency
    await until('the other knows', async () => (await known()) === concurrency)
    const claims = { organization_id: signer.organizationId, given_name: 'Ann', sub: 'ann', roles: [{ eventId: id }] }
    // Tokens of their own, as devices have that sign in one after the other.
    const sign = () => signToken(claims, { privateKey: signer.privateKey, kid: signer.kid, expiresInSeconds: 600 })
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => exchange(index % 2 === 0 ? here : there, id, sign())))
    const bearers = answers.filter(({ status }) => status === 201).map(({ body }) => body.session.token)
    expect(bearers).toHaveLength(concurrency === 'newest' ? 10 : 1)
    const states = await Promise.all(
      bearers.map(
        async (bearer) => (await here.call(`/api/programs/${id}/session`, { headers: { authorization: `Bearer ${bearer}` } })).status,
      ),
    )
    expect(states.filter((status) => status === 200)).toHaveLength(1)
  })
})

test('50 exchanges of a once-only token at the same time on one node: one is let in', async () => {
  const running = await start()
  try {
    const signer = await makeSigner(running)
    const id = await makeProgram(running, signer)
    await running.admin('PATCH', `/api/programs/${id}`, { tokenUse: 'once' })
    const token = signToken(
      { organization_id: signer.organizationId, given_name: 'Ann', sub: 'ann', roles: [{ eventId: id }] },
      { privateKey: signer.privateKey, kid: signer.kid, expiresInSeconds: 600 },
    )
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await exchange(running, id, token)).status))
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(new Set(statuses)).toEqual(new Set([201, 403]))
  } finally {
    await running.close()
  }
})
