// Owns: who is on a team: invitations, roles, and that whoever is removed is out at once.
import type {
  InvitationAnswer,
  InvitationMade,
  InvitationSeen,
  ListAnswer,
  MeAnswer,
  MemberAnswer,
  Organization,
  Problem,
} from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { needs } from '../../../../test/require.ts'
import { databases } from '../databases.ts'
import { type Answer, makeProgram, makeSigner, type Running, start } from '../running.ts'
import { fromPage, join, password, type Somebody, setUp, signIn, tokenOf } from './people.ts'
import { type Mails, startMails } from './smtp.ts'

let running: Running
let owner: Somebody
let organizationId: string
let time: number
const path = (rest = ''): string => `/api/organizations/${organizationId}${rest}`

describe.each(databases)('on $kind', ({ kind, skip }) => {
  describe.skipIf(skip())('a team', () => {
    beforeEach(async () => {
      time = Date.now()
      running = await start({ kind, now: () => time })
      const made = await setUp(running)
      owner = made.owner
      organizationId = made.organizationId
    })
    afterEach(() => running.close())

    const invite = (by: Somebody, email: string, role: string) =>
      by.ask<InvitationMade & Problem>('POST', path('/invitations'), { email, role })
    const look = (token: string) =>
      fromPage<InvitationSeen & Problem>(running, { method: 'POST', path: '/api/invitations/look', body: { token } })
    const accept = (token: string, more: object = {}, cookie = ''): Promise<Answer<MeAnswer & Problem>> =>
      fromPage(running, { method: 'POST', path: '/api/invitations/accept', body: { token, ...more }, cookie })
    const members = async () => (await owner.ask<ListAnswer<MemberAnswer>>('GET', path('/members'))).body.items

    test('somebody new is invited, looks, and comes in with a name and a password', async () => {
      const made = await invite(owner, 'Nora@Aldermoor.example', 'producer')
      expect(made.status).toBe(201)
      expect(made.body).toMatchObject({
        mailed: false,
        url: expect.stringMatching(/^http:\/\/localhost:\d+\/backstage\/invitation#token=[A-Za-z0-9_-]{43}$/),
        invitation: { email: 'nora@aldermoor.example', role: 'producer', invitedBy: 'Ada Owner' },
      })
      const token = tokenOf(made.body.url)
      expect((await look(token)).body).toEqual({
        organizationName: 'Aldermoor Instruments',
        email: 'nora@aldermoor.example',
        role: 'producer',
        hasAccount: false,
      })
      expect((await accept(token)).body.code).toBe('account_needed')
      expect((await accept(token, { name: 'Nora', password: 'short' })).body.code).toBe('invalid_request')
      const accepted = await accept(token, { name: 'Nora', password })
      expect(accepted.body.organizations).toEqual([{ id: organizationId, name: 'Aldermoor Instruments', role: 'producer' }])
      expect((await look(token)).body.code).toBe('link_used')
      expect((await accept(token, { name: 'Nora', password })).body.code).toBe('link_used')
      expect((await members()).map(({ name, role }) => [name, role])).toEqual([
        ['Ada Owner', 'owner'],
        ['Nora', 'producer'],
      ])
      expect((await owner.ask<ListAnswer<InvitationAnswer>>('GET', path('/invitations'))).body.items).toEqual([])
      expect((await signIn(running, { email: 'nora@aldermoor.example', password })).status).toBe(200)
    })

    test('an invitation works once, also where ten accept it at the same time', async () => {
      const token = tokenOf((await invite(owner, 'nora@aldermoor.example', 'producer')).body.url)
      const answers = await Promise.all(Array.from({ length: 10 }, () => accept(token, { name: 'Nora', password })))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      for (const { body, status } of answers) if (status !== 200) expect(['link_used', 'account_exists']).toContain(body.code)
      expect(await members()).toHaveLength(2)
    })

    test('whoever has an account accepts with it alone', async () => {
      const second = (await running.admin<Organization>('POST', '/api/organizations', { name: 'Second' })).body.id
      const nora = await join(running, { organizationId: second, role: 'owner', email: 'nora@aldermoor.example' })
      const token = tokenOf((await invite(owner, nora.email, 'moderator')).body.url)
      expect((await look(token)).body.hasAccount).toBe(true)
      expect((await accept(token, { name: 'Thief', password })).body.code).toBe('account_exists')
      expect((await accept(token, {}, owner.cookie)).body.code).toBe('account_exists')
      const accepted = await accept(token, {}, nora.cookie)
      expect(accepted.body.organizations.map(({ name, role }) => [name, role])).toEqual([
        ['Aldermoor Instruments', 'moderator'],
        ['Second', 'owner'],
      ])
      expect((await invite(owner, nora.email, 'moderator')).body.code).toBe('member_exists')
    })

    test('a new invitation replaces the one before; one that was withdrawn or has run out is none', async () => {
      const [first, second] = [
        await invite(owner, 'nora@aldermoor.example', 'owner'),
        await invite(owner, 'nora@aldermoor.example', 'moderator'),
      ]
      expect((await look(tokenOf(first.body.url))).body.code).toBe('link_used')
      expect((await look(tokenOf(second.body.url))).body.role).toBe('moderator')
      const { id } = second.body.invitation
      expect((await owner.ask('DELETE', path(`/invitations/${id}`))).status).toBe(204)
      expect((await look(tokenOf(second.body.url))).body.code).toBe('link_used')
      expect((await owner.ask<Problem>('DELETE', path(`/invitations/${id}`))).body.code).toBe('invitation_unknown')
      const third = tokenOf((await invite(owner, 'nora@aldermoor.example', 'moderator')).body.url)
      time += 7 * 86_400_000
      expect((await accept(third, { name: 'Nora', password })).body.code).toBe('link_used')
    })

    test('only an owner makes and unmakes owners, and the last one stays', async () => {
      const admin = await join(running, { organizationId, role: 'admin' })
      const producer = await join(running, { organizationId, role: 'producer' })
      const role = (by: Somebody, of: Somebody, to: string) =>
        by.ask<MemberAnswer & Problem>('PATCH', path(`/members/${of.id}`), { role: to })
      const remove = (by: Somebody, of: Somebody) => by.ask<Problem>('DELETE', path(`/members/${of.id}`))
      expect((await role(admin, producer, 'owner')).body.code).toBe('not_permitted')
      expect((await role(admin, admin, 'owner')).body.code).toBe('not_permitted')
      expect((await role(admin, owner, 'producer')).body.code).toBe('not_permitted')
      expect((await remove(admin, owner)).body.code).toBe('not_permitted')
      expect((await invite(admin, 'x@aldermoor.example', 'owner')).body.code).toBe('not_permitted')
      expect((await role(admin, producer, 'admin')).body.role).toBe('admin')
      expect((await role(owner, owner, 'admin')).body.code).toBe('last_owner')
      expect((await remove(owner, owner)).body.code).toBe('last_owner')
      expect((await running.admin<Problem>('DELETE', path(`/members/${owner.id}`))).body.code).toBe('last_owner')
      expect((await role(owner, producer, 'owner')).body.role).toBe('owner')
      expect((await role(producer, owner, 'moderator')).body.role).toBe('moderator')
      expect((await role(owner, producer, 'moderator')).body.code).toBe('not_permitted')
    })

    test('two owners who unmake each other at the same time leave one', async () => {
      const second = await join(running, { organizationId, role: 'owner' })
      const answers = await Promise.all([
        owner.ask<Problem>('DELETE', path(`/members/${second.id}`)),
        second.ask<Problem>('DELETE', path(`/members/${owner.id}`)),
      ])
      const left = await running.admin<ListAnswer<MemberAnswer>>('GET', path('/members'))
      expect(left.body.items).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    })

    test('a member who was removed has lost access at the next request, and can be taken in again', async () => {
      const producer = await join(running, { organizationId, role: 'producer' })
      const programId = await makeProgram(running, await makeSigner(running, { organizationId }))
      const codes = async () => [
        (await producer.ask<Problem>('GET', path())).body.code,
        (await producer.ask<Problem>('GET', `/api/programs/${programId}`)).body.code,
      ]
      expect(await codes()).toEqual([undefined, undefined])
      expect((await owner.ask('DELETE', path(`/members/${producer.id}`))).status).toBe(204)
      expect(await codes()).toEqual(['organization_unknown', 'program_unknown'])
      expect((await producer.ask<MeAnswer>('GET', '/api/me')).body.organizations).toEqual([])
      expect((await owner.ask<Problem>('DELETE', path(`/members/${producer.id}`))).body.code).toBe('member_unknown')
      const token = tokenOf((await invite(owner, producer.email, 'moderator')).body.url)
      expect((await accept(token, {}, producer.cookie)).body.organizations).toMatchObject([{ role: 'moderator' }])
      expect(await codes()).toEqual([undefined, undefined])
    })

    test('a role that was changed counts at the next request', async () => {
      const producer = await join(running, { organizationId, role: 'producer' })
      const create = () => producer.ask<Problem>('POST', path('/programs'), { title: 'x', startsAt: '2030-01-01T00:00:00Z' })
      expect((await create()).status).toBe(201)
      await owner.ask('PATCH', path(`/members/${producer.id}`), { role: 'moderator' })
      expect((await create()).body.code).toBe('not_permitted')
    })

    test('somebody who makes an organization owns it, beside those that he is in', async () => {
      const made = await owner.ask<Organization>('POST', '/api/organizations', { name: 'Of my own' })
      expect(made.status).toBe(201)
      const { organizations } = (await owner.ask<MeAnswer>('GET', '/api/me')).body
      expect(organizations.map(({ name, role }) => [name, role])).toEqual([
        ['Aldermoor Instruments', 'owner'],
        ['Of my own', 'owner'],
      ])
      const renamed = await owner.ask<Organization>('PATCH', `/api/organizations/${made.body.id}`, { name: 'Renamed' })
      expect(renamed.body.name).toBe('Renamed')
    })

    test('a thousand members are listed a page at a time, each once', async () => {
      const store = await running.database.open()
      const at = new Date().toISOString()
      const ids = Array.from({ length: 1_000 }, (_, index) => `user-${String(index).padStart(4, '0')}`)
      for (let start = 0; start < ids.length; start += 100) {
        const some = ids.slice(start, start + 100)
        const users = some.map((id) => ({
          id,
          name: id,
          email: `${id}@x.example`,
          email_verified: 0 as const,
          image: null,
          two_factor_enabled: 0 as const,
          created_at: at,
          updated_at: at,
        }))
        await store.db.insertInto('users').values(users).execute()
        // Several came at the same time.
        const rows = some.map((id, index) => ({
          organization_id: organizationId,
          user_id: id,
          role: 'moderator' as const,
          since: time + Math.floor(index / 7),
          removed_at: null,
          changed_at: time,
        }))
        await store.db.insertInto('members').values(rows).execute()
      }
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: ListAnswer<MemberAnswer> = (
          await owner.ask<ListAnswer<MemberAnswer>>('GET', path(`/members?limit=64${cursor === '' ? '' : `&cursor=${cursor}`}`))
        ).body
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.nextCursor
      }
      expect(seen).toHaveLength(1_001)
      expect(new Set(seen).size).toBe(1_001)
    })
  })
})

describe.skipIf(needs.postgres())('two nodes', () => {
  test('a member who is removed on one loses access on the other within two seconds, and so does an API key', async () => {
    const first = await start({ kind: 'postgres' })
    const second = await start({ kind: 'postgres', database: first.database })
    try {
      const made = await setUp(first)
      const producer = await join(first, { organizationId: made.organizationId, role: 'producer' })
      const { key, apiKey } = (
        await first.admin<{ key: string; apiKey: { id: string } }>('POST', `/api/organizations/${made.organizationId}/api-keys`, {
          name: 'x',
          scopes: ['organization:read'],
        })
      ).body
      const there = `/api/organizations/${made.organizationId}`
      const asked = async () => [
        (await second.call(there, { headers: { cookie: producer.cookie } })).status,
        (await second.call(there, { headers: { authorization: `Bearer ${key}` } })).status,
      ]
      expect(await asked()).toEqual([200, 200])
      await first.admin('DELETE', `${there}/members/${producer.id}`)
      await first.admin('DELETE', `${there}/api-keys/${apiKey.id}`)
      await expect.poll(asked, { timeout: 2_000, interval: 50 }).toEqual([404, 401])
    } finally {
      await second.close()
      await first.close()
    }
  })

  test('wrong passwords count on both together', async () => {
    const first = await start({ kind: 'postgres' })
    const second = await start({ kind: 'postgres', database: first.database })
    try {
      const { owner: ada } = await setUp(first)
      for (let count = 0; count < 10; count += 1) await signIn(count % 2 === 0 ? first : second, { email: ada.email, password: 'wrong' })
      for (const node of [first, second]) expect((await signIn(node, { email: ada.email, password })).status).toBe(429)
    } finally {
      await second.close()
      await first.close()
    }
  })
})

describe('invitations by mail', () => {
  let mails: Mails
  beforeAll(async () => {
    mails = await startMails()
  })
  afterAll(() => mails.close())

  test('are sent where a server is configured; where it does not answer, the link is still there', async () => {
    const node = await start({ env: { SMTP_URL: mails.url, MAIL_FROM: 'live@aldermoor.example' } })
    const made = await setUp(node)
    const invite = (email: string) =>
      made.owner.ask<InvitationMade>('POST', `/api/organizations/${made.organizationId}/invitations`, { email, role: 'producer' })
    const sent = await invite('nora@aldermoor.example')
    expect(sent.body.mailed).toBe(true)
    expect(mails.received[0]?.to).toBe('nora@aldermoor.example')
    expect(mails.received[0]?.text).toContain(sent.body.url)
    expect(mails.received[0]?.text).toContain('Ada Owner invites you to the team that runs the events of Aldermoor Instruments')
    await node.close()

    const away = await start({ env: { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'live@aldermoor.example' } })
    const there = await setUp(away)
    const unsent = await there.owner.ask<InvitationMade>('POST', `/api/organizations/${there.organizationId}/invitations`, {
      email: 'nora@aldermoor.example',
      role: 'producer',
    })
    expect([unsent.status, unsent.body.mailed]).toEqual([201, false])
    expect(away.log()).not.toContain(tokenOf(unsent.body.url))
    await away.close()
  })
})
