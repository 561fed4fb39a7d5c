// Owns: that the whole platform gives members their place by the cookie of Backstage, and takes it from whoever is none any more.
import { activities, type LogItem, type ServerFrame } from '@voila/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import { needs } from '../../../../test/require.ts'
import { join, type Somebody, setUp, signIn } from '../backstage/people.ts'
import { exchange, makeProgram, makeSigner, type Running, start, tokenOf } from '../running.ts'
import { Client, until } from './client.ts'

const runnings: Running[] = []
const clients: Client[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.cut()
  for (const running of runnings.splice(0).reverse()) await running.close()
})

const socketUrl = (running: Running, programId: string): string =>
  `${running.platform.url.replace('http', 'ws')}/api/programs/${programId}/socket`

async function connect(running: Running, programId: string, options: ConstructorParameters<typeof Client>[0]): Promise<Client> {
  const client = new Client(options)
  clients.push(client)
  await client.connect(socketUrl(running, programId))
  return client
}
const asMember = (running: Running, programId: string, cookie: string): Promise<Client> =>
  connect(running, programId, { as: 'team', headers: { cookie, origin: running.platform.url } })

async function opened(options: Parameters<typeof start>[0] = {}) {
  const running = await start(options)
  runnings.push(running)
  const { owner, organizationId } = await setUp(running)
  const signer = await makeSigner(running, { organizationId, allowedRoles: ['ROLE_ATTENDEE', 'ROLE_MODERATOR'] })
  const programId = await makeProgram(running, signer)
  const { session } = (await exchange(running, programId, tokenOf(signer, programId))).body
  return { running, owner, organizationId, programId, attendee: session.token }
}
const remove = (owner: Somebody, organizationId: string, { id }: Somebody) =>
  owner.ask('DELETE', `/api/organizations/${organizationId}/members/${id}`)

describe('a member at his program', () => {
  test('is named to attendees as of the team, also after he has left it, and the API as the organization', async () => {
    const { running, owner, organizationId, programId, attendee } = await opened()
    const moderator = await join(running, { organizationId, role: 'moderator' })
    const watching = await connect(running, programId, { session: attendee })
    const member = await asMember(running, programId, moderator.cookie)
    expect(await member.do({ type: 'announce', text: 'Lunch is late', style: 'info' }, { activity: 'announcements' })).toHaveProperty('seq')
    const byApi = { id: crypto.randomUUID(), activity: 'chat', command: { type: 'post', text: 'From the show desk' } }
    expect((await running.admin('POST', `/api/programs/${programId}/commands`, byApi)).status).toBe(200)
    await until('told', () => watching.replica.people.size === 3)
    const team = { displayName: 'Some moderator', team: true }
    expect(watching.replica.people.get(moderator.id)).toMatchObject(team)
    expect(watching.replica.people.get('team')).toEqual({ id: 'team', displayName: 'Aldermoor Instruments', team: true })
    expect(JSON.stringify(watching.frames)).not.toContain(moderator.email)

    await remove(owner, organizationId, moderator)
    const late = await connect(running, programId, { session: attendee })
    expect(late.replica.people.get(moderator.id)).toMatchObject(team)
  })

  test('loses his socket and his stream at once when he is removed, and finds no way back', async () => {
    const { running, owner, organizationId, programId } = await opened()
    const moderator = await join(running, { organizationId, role: 'moderator' })
    const client = await asMember(running, programId, moderator.cookie)
    const stream = await fetch(`${running.platform.url}/api/programs/${programId}/stream?as=team`, {
      headers: { cookie: moderator.cookie },
    })
    const told = stream.text()
    expect((await remove(owner, organizationId, moderator)).status).toBe(204)
    await until('the socket is ended', () => client.closed !== undefined)
    expect(client.closed).toEqual({ code: 4403, reason: 'not_permitted' })
    expect(await told).toMatch(/event: end\ndata: {"close":4403,"code":"not_permitted"}\n\n$/)
    expect((await asMember(running, programId, moderator.cookie)).closed).toEqual({ code: 4403, reason: 'program_unknown' })
  })

  test('is told over HTTP what the socket tells, and by the cookie of an attendee nothing of it', async () => {
    const { running, organizationId, programId, attendee } = await opened()
    const moderator = await join(running, { organizationId, role: 'moderator' })
    const post = { id: crypto.randomUUID(), activity: 'backchannel', command: { type: 'post', text: 'camera two is off' } }
    const commands = `/api/programs/${programId}/commands`
    const headers = { 'content-type': 'application/json', origin: running.platform.url, cookie: moderator.cookie }
    const init = { method: 'POST', headers, body: JSON.stringify(post) }
    expect((await running.call(`${commands}?as=team`, init)).status).toBe(200)
    expect((await running.call(commands, init)).body).toMatchObject({ code: 'session_missing' })

    async function firstFrame(query: string, given: Record<string, string>): Promise<Extract<ServerFrame, { t: 'ready' }>> {
      const response = await fetch(`${running.platform.url}/api/programs/${programId}/stream${query}`, { headers: given })
      const reader = response.body?.getReader()
      let text = ''
      while (!text.includes('}\n\n')) text += new TextDecoder().decode((await reader?.read())?.value)
      await reader?.cancel()
      return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '')
    }
    const ready = await firstFrame('?as=team', { cookie: moderator.cookie })
    expect(ready.snapshot?.backchannel).toMatchObject({ messages: [{ actorId: moderator.id, text: 'camera two is off' }] })
    const other = await firstFrame('', { authorization: `Bearer ${attendee}` })
    const forAttendees = Object.values(activities).flatMap(({ name, audiences }) =>
      (audiences as readonly string[]).includes('attendees') ? [name] : [],
    )
    expect(forAttendees).not.toContain('backchannel')
    expect(Object.keys(other.snapshot ?? {})).toEqual(forAttendees)
    expect(Object.keys(other.self.activities)).toEqual(forAttendees)
  })

  test('who signs out is ended at the next beat', async () => {
    let ahead = 0
    const { running, organizationId, programId } = await opened({ now: () => Date.now() + ahead })
    const moderator = await join(running, { organizationId, role: 'moderator' })
    const stays = await asMember(running, programId, moderator.cookie)
    const answer = await signIn(running, { email: moderator.email, password: 'correct horse battery staple' })
    const other = await asMember(
      running,
      programId,
      answer.headers
        .getSetCookie()
        .map((each) => each.split(';')[0])
        .join('; '),
    )
    const signedOut = await running.call('/api/auth/sign-out', {
      method: 'POST',
      headers: { cookie: moderator.cookie, origin: running.platform.url, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(signedOut.status).toBe(200)
    ahead = 16_000
    await until('it is ended', () => stays.closed !== undefined)
    expect(stays.closed).toEqual({ code: 4403, reason: 'sign_in_required' })
    expect(await other.do({ type: 'post', text: 'I am still here' })).toHaveProperty('seq')
  })
})

describe.skipIf(needs.postgres())('on two nodes', () => {
  test('a member hears the other’s backchannel, and who is removed at one loses his socket at the other', async () => {
    const { running, owner, organizationId, programId } = await opened({ kind: 'postgres' })
    const second = await start({ kind: 'postgres', database: running.database })
    runnings.push(second)
    const moderator = await join(running, { organizationId, role: 'moderator' })
    const [here, there] = [await asMember(running, programId, owner.cookie), await asMember(second, programId, moderator.cookie)]
    await here.do({ type: 'post', text: 'ready?' }, { activity: 'backchannel' })
    await until('told', () => there.replica.items.some((item: LogItem) => item.activity === 'backchannel'))
    expect(there.replica.people.get(owner.id)).toMatchObject({ displayName: owner.name, team: true })
    const asked = performance.now()
    await remove(owner, organizationId, moderator)
    await until('the other node ends him', () => there.closed !== undefined, 5_000)
    expect(performance.now() - asked).toBeLessThan(2_000)
    expect(there.closed).toEqual({ code: 4403, reason: 'not_permitted' })
    expect(here.closed).toBeUndefined()
  })
})
