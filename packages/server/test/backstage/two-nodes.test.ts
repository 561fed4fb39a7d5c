// Owns: that what a team does at one node holds at the others within a second or two, and that the audience is of all nodes.
import type { AudienceAnswer, AudienceCurve, ListAnswer, Problem, Program } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../../../test/require.ts'
import { Client, until } from '../live/client.ts'
import { exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'

/** Nodes look each second, and are woken besides. */
const soonMs = 2_500

describe.skipIf(needs.postgres())('on two nodes', () => {
  let here: Running
  let there: Running
  let signer: Signer
  let clients: Client[] = []

  beforeAll(async () => {
    here = await start({ kind: 'postgres' })
    there = await start({ kind: 'postgres', database: here.database })
    signer = await makeSigner(here)
  })
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.cut()))
    clients = []
  })
  afterAll(async () => {
    await there.close()
    await here.close()
  })

  const pathTo = (id: string, rest = '') => `/api/programs/${id}${rest}`
  async function enter(at: Running, id: string, sub: string): Promise<Client> {
    const { body } = await exchange(at, id, tokenOf(signer, id, { sub, sharePersonalData: true }))
    const client = new Client({ session: body.session.token })
    clients.push(client)
    await client.connect(`${at.platform.url.replace('http', 'ws')}${pathTo(id, '/socket')}`)
    return client
  }

  test('the audience is of both, whichever is asked', async () => {
    const id = await makeProgram(here, signer)
    await until('the other knows it', async () => (await there.admin('GET', pathTo(id))).status === 200)
    await enter(here, id, 'one')
    await enter(there, id, 'two')
    await enter(there, id, 'two')
    for (const node of [here, there]) {
      const audience = async () => (await node.admin<ListAnswer<AudienceAnswer>>('GET', pathTo(id, '/audience'))).body.items
      await until('both are listed', async () => (await audience()).length === 2)
      expect((await audience()).map(({ sessions }) => sessions).sort()).toEqual([1, 2])
      await until('both are counted', async () => (await node.admin<Program>('GET', pathTo(id))).body.viewers === 2)
      await until(
        'both are in the curve',
        async () => (await node.admin<AudienceCurve>('GET', pathTo(id, '/audience/curve'))).body.now === 2,
      )
    }
  })

  test('a program that is deleted at one ends its sockets at the other, and is unknown there', async () => {
    const id = await makeProgram(here, signer)
    const client = await enter(there, id, 'one')
    await here.admin('POST', pathTo(id, '/state'), { to: 'ended' })
    await here.admin('DELETE', pathTo(id))
    await until('the socket ends', () => client.closed !== undefined, soonMs)
    expect(client.closed).toMatchObject({ code: 4403, reason: 'program_unknown' })
    expect((await there.admin<Problem>('GET', pathTo(id))).body.code).toBe('program_unknown')
    expect((await exchange(there, id, tokenOf(signer, id))).status).toBe(404)
  })

  test('keys that are switched off, and a role that is taken from a key, are refused at the other', async () => {
    const id = await makeProgram(here, signer)
    const own = await makeSigner(here, { organizationId: signer.organizationId, allowedRoles: ['ROLE_MODERATOR'] })
    const moderator = tokenOf(own, id, { sub: 'mod', roles: [{ name: 'ROLE_MODERATOR', eventId: id }] })
    expect((await exchange(there, id, moderator)).status).toBe(201)
    await here.admin('PATCH', `/api/organizations/${signer.organizationId}/partner-keys/${own.kid}`, { allowedRoles: ['ROLE_ATTENDEE'] })
    const codeOf = async (token: string) => ((await exchange(there, id, token)).body as unknown as Partial<Problem>).code
    await until('the role is refused', async () => (await codeOf(moderator)) === 'role_not_allowed', soonMs)
    await here.admin('PATCH', pathTo(id), { partnerKeys: false })
    await until('every token is refused', async () => (await codeOf(tokenOf(signer, id))) === 'keys_off', soonMs)
  })

  test('two editors at two nodes are let through one after the other', async () => {
    const id = await makeProgram(here, signer, { state: 'draft' })
    const save = (at: Running, title: string) =>
      at.call<Program & Problem>(pathTo(id), {
        method: 'PATCH',
        headers: { authorization: `Bearer ${at.config.adminSecret}`, 'content-type': 'application/json', 'if-match': '"1"' },
        body: JSON.stringify({ title }),
      })
    const answers = await Promise.all([save(here, 'Here'), save(there, 'There')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    const saved = answers.find(({ status }) => status === 200)?.body.title
    for (const at of [here, there]) expect((await at.admin<Program>('GET', pathTo(id))).body).toMatchObject({ title: saved, version: 2 })
  })
})
