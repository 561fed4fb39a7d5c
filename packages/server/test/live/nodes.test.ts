// Owns: that two nodes over one PostgreSQL decide as one, and that a lost notification costs a second and nothing else.
import { randomUUID } from 'node:crypto'
import { type Ack, limits } from '@voila/protocol'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openStore, type Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, canonical, until } from './client.ts'
import { addProgram, emptyProgram, type House, openHouse, programId } from './house.ts'
import { deafStore } from './stores.ts'

const ada = { id: 'ada', moderates: false }
const mod = { id: 'mod', moderates: true }
const [, postgres] = databases
if (postgres === undefined) throw new Error('there is no PostgreSQL in the table')

describe.skipIf(postgres.skip()).each([
  { hears: 'each other’s wakes', wrap: (store: Store) => store },
  { hears: 'nothing but the poll', wrap: deafStore },
])('two nodes that hear $hears', ({ wrap }) => {
  let database: TestDatabase
  let nodes: House[] = []
  let clients: Client[] = []
  let stores: Store[] = []
  beforeAll(async () => {
    database = await postgres.make()
    stores = [await database.open(), await database.open()]
    await addProgram(stores[0] as Store)
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    await emptyProgram(stores[0] as Store)
    nodes = await Promise.all(stores.map((store, index) => openHouse({ store: wrap(store), nodeId: `node-${index}` })))
    clients = await Promise.all(
      nodes.flatMap((node) =>
        ['bo', 'mod-di'].map(async (name) => {
          const client = new Client({ session: `vs_${name}` })
          await client.connect(node.url())
          return client
        }),
      ),
    )
  })
  afterEach(async () => {
    for (const client of clients) {
      expect(client.replica.faults).toEqual([])
      await client.cut()
    }
    for (const node of nodes) await node.close()
  })

  const act = (node: House | undefined, command: object, { actor = mod, id = randomUUID() as string } = {}): Promise<Ack> => {
    if (node === undefined) throw new Error('no such node')
    return node.live.command({ programId, actor, id, activity: 'chat', command })
  }
  const post = (node: House | undefined, text: string, more = {}): Promise<Ack> => act(node, { type: 'post', text }, more)
  const seqOf = (ack: Ack): number => ('seq' in ack ? ack.seq : 0)

  test('have one order for all, and lose no entry', async () => {
    const acks: Ack[] = []
    for (let round = 0; round < 10; round++) {
      const sent = nodes.flatMap((node, index) => Array.from({ length: 5 }, (_, n) => post(node, `${index}.${round}.${n}`)))
      acks.push(...(await Promise.all(sent)))
    }
    expect(acks.map(seqOf).sort((a, b) => a - b)).toEqual(acks.map((_, index) => index + 1))
    await until('all are told', () => clients.every((client) => client.replica.position?.seq === acks.length))
    const [first, ...others] = clients.map((client) => canonical(client.replica.items))
    for (const other of others) expect(other).toBe(first)
    expect(clients[0]?.replica.items).toHaveLength(acks.length)
    expect(new Set(clients.map((client) => client.replica.readies.length))).toEqual(new Set([1]))
  })

  test('count the same like once, and hold a rate limit across nodes', async () => {
    await post(nodes[0], 'news')
    const likes = await Promise.all(nodes.map((node) => act(node, { type: 'like', message: 1 }, { actor: ada })))
    expect(likes.every((ack) => 'seq' in ack)).toBe(true)
    await until('told', () => clients.every((client) => canonical(client.replica.latest.get('chat.likes')?.value) === '{"1":1}'))
    const posts = await Promise.all(Array.from({ length: 4 * limits.chatBurst }, (_, n) => post(nodes[n % 2], `${n}`, { actor: ada })))
    expect(posts.filter((ack) => 'seq' in ack)).toHaveLength(limits.chatBurst)
    expect(posts.filter((ack) => 'refused' in ack && ack.refused.code === 'chat_too_fast')).toHaveLength(3 * limits.chatBurst)
  })

  test('keep the team together, and let nobody else hear of its backchannel', async () => {
    const headers = (name: string) => ({ cookie: `voila_backstage=${name}`, origin: 'https://ours.example' })
    const [dana, eli] = ['dana', 'eli'].map((name) => new Client({ as: 'team', headers: headers(name) })) as [Client, Client]
    await dana.connect(nodes[0]?.url() ?? '')
    await eli.connect(nodes[1]?.url() ?? '')
    await dana.do({ type: 'post', text: 'camera two is off' }, { activity: 'backchannel' })
    await eli.do({ type: 'announce', text: 'We begin late', style: 'warning' }, { activity: 'announcements' })
    await until('both members are told', () =>
      [dana, eli].every(({ replica }) => ['camera two', 'begin late'].every((said) => JSON.stringify(replica.views).includes(said))),
    )
    expect(eli.replica.people.get('user-dana')).toMatchObject({ displayName: 'Dana', team: true })
    await until('all are told', () => clients.every(({ replica }) => JSON.stringify(replica.views).includes('begin late')))
    for (const client of clients) expect(JSON.stringify(client.frames)).not.toMatch(/backchannel|camera two|user-dana/)
    expect(nodes.map((node) => node.live.figures().attendees)).toEqual([2, 2])
    clients.push(dana, eli)
  })

  test('answer a command that is sent to both with one seq', async () => {
    for (let round = 0; round < 5; round++) {
      const id = randomUUID()
      const [first, second] = await Promise.all(nodes.map((node) => post(node, `round ${round}`, { id })))
      expect(first).toEqual(second)
    }
    await until('told', () => clients.every((client) => client.replica.position?.seq === 5))
    expect(clients[0]?.replica.items).toHaveLength(5)
  })

  test('let a client resume at the other node, also one that has been told more than that node has read', async () => {
    const [client] = clients
    if (client === undefined) throw new Error('no client')
    await post(nodes[0], 'told here')
    await until('told', () => client.replica.position?.seq === 1)
    await client.cut()
    await client.connect(nodes[1]?.url() ?? '', { resume: client.replica.position })
    expect(client.replica.readies.at(-1)).toMatchObject({ resumed: true, seq: 1, items: [] })
  })

  test('go on when an administrator has cut every connection', async () => {
    const name = `voila-${randomUUID()}`
    const url = new URL(database.where.databaseUrl ?? '')
    url.searchParams.set('application_name', name)
    const store = await openStore({ databaseUrl: url.href, dataDir: database.where.dataDir })
    const third = await openHouse({ store: wrap(store), nodeId: 'node-2' })
    const client = new Client({ session: 'vs_cy' })
    await client.connect(third.url())
    expect(await post(third, 'before')).toEqual({ id: expect.any(String), seq: 1 })
    const administrator = new pg.Client({ connectionString: url.href, application_name: 'administrator' })
    await administrator.connect()
    const { rowCount } = await administrator.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()`,
      [name],
    )
    expect(rowCount).toBeGreaterThan(0)
    await administrator.end()
    await until('it posts again', async () => 'seq' in (await post(third, 'after')))
    await post(nodes[0], 'and from another node')
    await until('all are told', () =>
      [...clients, client].every((each) => JSON.stringify(each.replica.views).includes('and from another node')),
    )
    expect(client.replica.faults).toEqual([])
    expect(client.replica.readies).toHaveLength(1)
    await client.cut()
    await third.close()
    await store.close()
  })

  test('count the attendees of both, each person once a node', async () => {
    const joined = new Client({ session: 'vs_cy' })
    clients.push(joined)
    await joined.connect(nodes[1]?.url() ?? '')
    const countAt = async (node: House | undefined) => (await node?.live.audienceCounts([programId]))?.get(programId)
    await until('both nodes know of five', async () => (await countAt(nodes[0])) === 5 && (await countAt(nodes[1])) === 5)
    await until('all are told', () => clients.every((client) => canonical(client.replica.latest.get('audience')?.value) === '{"count":5}'))
    await nodes[1]?.close()
    await until('a node that has stopped counts no more', async () => (await countAt(nodes[0])) === 2)
    nodes.pop()
  })
})
