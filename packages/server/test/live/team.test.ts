// Owns: that a member of the team has a place at his program that no attendee can take, and for as long as he is one.
import { randomUUID } from 'node:crypto'
import { type Ack, type ProgramState, programStates, Refusal } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, until } from './client.ts'
import { addProgram, addRun, emptyProgram, type House, openHouse, programId, sessionNamed } from './house.ts'

const origin = 'https://ours.example'
const announce = (text: string) => ({ type: 'announce', text, style: 'info' })
const post = (text: string) => ({ type: 'post', text })

describe('the team at its program', () => {
  let database: TestDatabase
  let store: Store
  let house: House
  let clock = 1_800_000_000_000
  const clients: Client[] = []
  beforeAll(async () => {
    const [sqlite] = databases
    if (sqlite === undefined) throw new Error('there is no SQLite')
    database = await sqlite.make()
    store = await database.open()
    await addProgram(store)
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    await emptyProgram(store)
    house = await openHouse({ store, now: () => clock })
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) {
      expect(client.replica.faults).toEqual([])
      await client.cut()
    }
    await house.close()
  })

  async function open(options: ConstructorParameters<typeof Client>[0]): Promise<Client> {
    const client = new Client(options)
    clients.push(client)
    await client.connect(house.url())
    return client
  }
  const member = (name: string, more: Record<string, string> = {}): Promise<Client> =>
    open({ as: 'team', headers: { cookie: `voila_backstage=${name}`, origin, ...more } })
  const attendee = (name: string): Promise<Client> => open({ session: `vs_${name}` })
  const endOf = async (client: Client) => {
    await until('it is ended', () => client.closed !== undefined)
    return client.closed
  }

  test('a member is shown as himself, told what the team is told, and counted as nobody’s audience', async () => {
    const ada = await attendee('ada')
    const dana = await member('dana')
    expect(dana.replica.readies[0]?.self.attendee).toEqual({ id: 'user-dana', displayName: 'Dana', team: true })
    expect(dana.replica.media).toBeNull()
    await dana.do({ type: 'configure', review: true })
    await ada.do(post('May I?'))
    await until('what waits is told', () => (dana.replica.views.chat as { waiting: unknown[] }).waiting.length === 1)
    expect(dana.replica.people.get('ada')).toEqual({ id: 'ada', displayName: 'Ada' })
    expect(house.live.figures()).toMatchObject({ sockets: 2, attendees: 1 })
  })

  test('what a member says is told under his name and as the team’s, and what concerns him alone to himself', async () => {
    const [ada, dana] = [await attendee('ada'), await member('dana')]
    await dana.do(announce('We begin in five minutes'), { activity: 'announcements' })
    await dana.do(post('Welcome'))
    await ada.do({ type: 'like', message: 2 })
    await dana.do({ type: 'like', message: 2 })
    await until('told', () => (ada.replica.position?.seq ?? 0) >= 2)
    expect(ada.replica.views.announcements).toMatchObject({ current: { actorId: 'user-dana', text: 'We begin in five minutes' }, past: [] })
    expect(ada.replica.people.get('user-dana')).toEqual({ id: 'user-dana', displayName: 'Dana', team: true })
    await until('his own', () => (dana.replica.selves.chat as { liked: number[] }).liked.length === 1)
  })

  test('attendees, those who moderate included, are told nothing of the backchannel, not even that it is there', async () => {
    const [ada, mod] = [await attendee('ada'), await attendee('mod-di')]
    const [dana, eli] = [await member('dana'), await member('eli')]
    await dana.do(post('camera two is off'), { activity: 'backchannel' })
    await ada.do(post('hello'))
    await until('the other member is told', () => JSON.stringify(eli.replica.views).includes('camera two is off'))
    await until('the others are told what is theirs', () => [ada, mod].every(({ replica }) => replica.position?.seq === 2))
    const late = await attendee('mod-late')
    for (const client of [ada, mod, late]) {
      expect(JSON.stringify(client.frames)).not.toMatch(/backchannel|camera two|user-dana/)
      const answers = [await client.do(post('x'), { activity: 'backchannel' }), await client.do(post('x'), { activity: 'dance' })]
      expect(answers.map((ack) => 'refused' in ack && ack.refused)).toEqual(
        Array(2).fill({ code: 'invalid_request', detail: 'activity: there is none of this name.' }),
      )
    }
    for (const activity of ['backchannel', 'dance']) {
      const reader = { session: sessionNamed('mod-di') }
      await expect(house.live.history({ programId, activity, reader, limit: 5 })).rejects.toMatchObject({ code: 'not_found' })
    }
    const page = await house.live.history({ programId, activity: 'backchannel', reader: 'team', limit: 5 })
    expect(page).toMatchObject({ items: [{ text: 'camera two is off' }], people: [{ displayName: 'Dana' }] })
  })

  // Whose command is accepted, by the state of the program.
  const accepted: Record<ProgramState, { chat: string; announcements: string; backchannel: string }> = {
    draft: { chat: '', announcements: '', backchannel: '' },
    scheduled: { chat: '', announcements: 'member', backchannel: 'member' },
    rehearsal: { chat: 'mod member', announcements: 'member', backchannel: 'member' },
    live: { chat: 'ada mod member', announcements: 'member', backchannel: 'member' },
    ended: { chat: '', announcements: '', backchannel: 'member' },
    archived: { chat: '', announcements: '', backchannel: '' },
  }
  test.each(Object.keys(programStates) as ProgramState[])('who may say what while the program is %s', async (state) => {
    house.change({ state })
    const actors = {
      ada: { id: 'ada', moderates: false },
      mod: { id: 'mod', moderates: true },
      member: { id: 'user-dana', moderates: true, member: true },
    } as const
    const commands = { chat: post('x'), announcements: announce('x'), backchannel: post('x') }
    for (const [activity, command] of Object.entries(commands)) {
      const acks: [string, Ack][] = []
      for (const [name, actor] of Object.entries(actors)) {
        acks.push([name, await house.live.command({ programId, actor, id: randomUUID(), activity, command })])
      }
      const may = acks.filter(([, ack]) => 'seq' in ack).map(([name]) => name)
      expect([activity, may.join(' ')]).toEqual([activity, accepted[state][activity as keyof typeof commands]])
    }
  })

  test('a rehearsal is seen by the team whole, and its announcement by no attendee', async () => {
    await addRun(store, { run: 2, kind: 'rehearsal' })
    house.change({ state: 'rehearsal', run: 2 })
    const [ada, dana] = [await attendee('ada'), await member('dana')]
    expect(await dana.do(announce('This is a test'), { activity: 'announcements' })).toHaveProperty('seq')
    await until('told', () => JSON.stringify(dana.replica.views).includes('This is a test'))
    house.change({ state: 'scheduled', run: 1 })
    await until('both are back', () => [ada, dana].every(({ replica }) => replica.position?.epoch === '1.0'))
    expect(JSON.stringify(ada.frames)).not.toContain('This is a test')
    expect(JSON.stringify(dana.replica.views)).not.toContain('This is a test')
  })

  test('a draft is open to the team alone, and one that becomes a draft again ends attendees and not members', async () => {
    const [ada, dana] = [await attendee('ada'), await member('dana')]
    house.change({ state: 'draft' })
    expect(await endOf(ada)).toEqual({ code: 1012, reason: 'program_not_open' })
    expect((await member('eli')).replica.readies).toHaveLength(1)
    expect((await attendee('bo')).closed).toMatchObject({ reason: 'program_not_open' })
    expect(dana.closed).toBeUndefined()
    house.change({ state: 'archived' })
    expect(await endOf(dana)).toEqual({ code: 4410, reason: 'program_archived' })
  })

  const hostile: [string, ConstructorParameters<typeof Client>[0], string][] = [
    ['an attendee’s cookie', { as: 'team', headers: { cookie: 'voila_browser=mod-ada', origin } }, 'sign_in_required'],
    ['an attendee’s bearer', { as: 'team', session: 'vs_mod-ada', headers: { origin } }, 'sign_in_required'],
    ['no cookie', { as: 'team', headers: { origin } }, 'sign_in_required'],
    [
      'a member’s cookie on another page',
      { as: 'team', headers: { cookie: 'voila_backstage=dana', origin: 'https://theirs.example' } },
      'origin_denied',
    ],
    ['a member’s cookie on no page', { as: 'team', headers: { cookie: 'voila_backstage=dana' } }, 'origin_denied'],
  ]
  test.each(hostile)('%s makes nobody a member, and is told so for good', async (_what, options, reason) => {
    expect((await open(options)).closed).toEqual({ code: 4403, reason })
  })

  test('a member’s cookie makes nobody an attendee', async () => {
    const client = await open({ headers: { cookie: 'voila_backstage=dana', origin } })
    expect(client.closed).toEqual({ code: 4401, reason: 'session_missing' })
  })

  test('who is removed from the organization loses every socket at once, and who is removed from another none', async () => {
    const [dana, again, eli] = [await member('dana'), await member('dana'), await member('eli')]
    house.live.endMember({ userId: 'user-eli', organizationId: 'another' })
    house.live.endMember({ userId: 'user-dana', organizationId: 'organization' })
    expect(await endOf(dana)).toEqual({ code: 4403, reason: 'not_permitted' })
    expect(await endOf(again)).toEqual({ code: 4403, reason: 'not_permitted' })
    expect(await eli.do(post('I am still here'))).toHaveProperty('seq')
  })

  test('who signs out is ended at the next beat, and an outage of the database ends nobody', async () => {
    const [dana, eli] = [await member('dana'), await member('eli')]
    house.turnedAway.set('dana', new Refusal('sign_in_required'))
    house.turnedAway.set('eli', new Refusal('unavailable'))
    clock += 15_000
    expect(await endOf(dana)).toEqual({ code: 4403, reason: 'sign_in_required' })
    house.turnedAway.set('eli', new Error('connection lost'))
    clock += 15_000
    const beats = () => eli.frames.filter((frame) => frame.t === 'beat').length
    await until('the beat is told', () => beats() === 2)
    expect(await eli.do(post('I am still here'))).toHaveProperty('seq')
  })

  test('who is removed while he enters is ended as soon as he is in', async () => {
    let asked = 0
    house.turnedAway.get = () => {
      asked += 1
      return asked === 1 ? undefined : new Refusal('program_unknown')
    }
    expect(await endOf(await member('dana'))).toEqual({ code: 4403, reason: 'program_unknown' })
  })
})
