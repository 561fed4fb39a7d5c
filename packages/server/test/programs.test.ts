// Owns: what is promised of a program's states and runs, on both databases.
import { type ProgramState, programStates, type Refusal } from '@voila/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createOrganizations } from '../src/backstage/organizations.ts'
import { createPrograms, type Programs } from '../src/backstage/programs.ts'
import type { Store } from '../src/store/store.ts'
import { databases, type TestDatabase } from './databases.ts'

const states = Object.keys(programStates) as ProgramState[]

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`programs on ${kind}`, () => {
    let database: TestDatabase
    let store: Store
    let programs: Programs
    let organizationId: string
    let clock = 1_800_000_000_000

    beforeEach(async () => {
      database = await make()
      store = await database.open()
      programs = createPrograms({ store, now: () => clock })
      organizationId = (await createOrganizations({ store, now: () => clock }).create({ name: 'Aldermoor' })).id
    })
    afterEach(async () => {
      programs.close()
      await database.drop()
    })

    const create = async (title = 'Show') => (await programs.create(organizationId, { title, startsAt: '2030-01-01T00:00:00Z' })).id
    const move = async (id: string, ...to: ProgramState[]) => {
      for (const each of to) await programs.setState(id, each)
    }
    const codeOf = (promise: Promise<unknown>): Promise<string> =>
      promise.then(
        () => 'done',
        (error: Refusal) => error.code ?? String(error),
      )
    const runs = (id: string) =>
      store.db.selectFrom('program_runs').select(['run', 'kind']).where('program_id', '=', id).orderBy('run').execute()
    const write = (id: string, run: number) =>
      store.db
        .insertInto('program_log')
        .values({ program_id: id, run, seq: 1, at: 1, activity: 'chat', type: 'chat.posted', actor_id: 'a', body: '{}', command_id: null })
        .execute()
    const log = (id: string) => store.db.selectFrom('program_log').select('run').where('program_id', '=', id).execute()

    test('a new one is a draft with an id of its own and a live run', async () => {
      const [one, two] = [await create(), await create()]
      expect(one).toMatch(/^[a-z0-9]{12}$/)
      expect(two).not.toBe(one)
      expect(programs.get(one)).toMatchObject({ state: 'draft', run: 1, state_since: clock, description: '', language: 'en' })
      expect(await runs(one)).toEqual([{ run: 1, kind: 'live' }])
      expect(await codeOf(programs.create('nobody', { title: 't', startsAt: '2030-01-01T00:00:00Z' }))).toBe('organization_unknown')
    })

    test('every state leads where the table says, and nowhere else', async () => {
      const ways: Record<ProgramState, ProgramState[]> = {
        draft: [],
        scheduled: ['scheduled'],
        rehearsal: ['scheduled', 'rehearsal'],
        live: ['scheduled', 'live'],
        ended: ['scheduled', 'live', 'ended'],
        archived: ['archived'],
      }
      for (const from of states) {
        const id = await create()
        await move(id, ...ways[from])
        for (const to of states.filter((state) => !programStates[from].next.includes(state))) {
          const refused = await programs.setState(id, to).catch((error: unknown) => error as Refusal)
          expect(refused).toMatchObject({ code: 'state_conflict', detail: expect.stringContaining(`From ${from} `) })
        }
        for (const to of programStates[from].next) {
          const other = await create()
          await move(other, ...ways[from])
          expect((await programs.setState(other, to)).after.state).toBe(to)
        }
      }
    })

    test('each rehearsal has a run of its own with a number never used before, and leaves nothing behind', async () => {
      const id = await create()
      await move(id, 'scheduled')
      await write(id, 1)
      for (const run of [2, 3]) {
        await move(id, 'rehearsal')
        expect(programs.get(id)?.run).toBe(run)
        expect(await runs(id)).toEqual([
          { run: 1, kind: 'live' },
          { run, kind: 'rehearsal' },
        ])
        await write(id, run)
        await store.db.insertInto('program_counters').values({ program_id: id, run, key: 'k', value: 1 }).execute()
        await move(id, 'scheduled')
        expect(programs.get(id)?.run).toBe(1)
        expect(await runs(id)).toEqual([{ run: 1, kind: 'live' }])
        expect(await log(id)).toEqual([{ run: 1 }])
        expect(await store.db.selectFrom('program_counters').selectAll().execute()).toEqual([])
      }
    })

    test('going live again after the end goes on in the same run', async () => {
      const id = await create()
      await move(id, 'scheduled', 'live')
      await write(id, 1)
      clock += 1_000
      await move(id, 'ended', 'live')
      expect(programs.get(id)).toMatchObject({ run: 1, state: 'live', state_since: clock })
      expect(await log(id)).toEqual([{ run: 1 }])
    })

    test('two who decide at once are decided one after the other', async () => {
      const id = await create()
      await move(id, 'scheduled', 'live')
      const outcomes = await Promise.all([codeOf(programs.setState(id, 'ended')), codeOf(programs.setState(id, 'ended'))])
      expect(outcomes.sort()).toEqual(['done', 'state_conflict'])
    })

    test('a change says what changes and leaves the rest; whoever listens hears of it', async () => {
      const id = await create('Before')
      const heard: string[] = []
      programs.onChange((row) => heard.push(row.title))
      await programs.patch(id, { fields: { title: 'After', signInUrl: 'https://intranet.example/live' } })
      await programs.patch(id, { fields: { signInUrl: null } })
      await programs.patch(id, { fields: {} })
      expect(programs.get(id)).toMatchObject({ title: 'After', sign_in_url: null, language: 'en', state: 'draft' })
      expect(heard).toEqual(['After', 'After'])
      expect(await codeOf(programs.patch('zzzzzzzzzzzz', { fields: { title: 'x' } }))).toBe('program_unknown')
    })

    test('a stream key is rotated by itself or with the other', async () => {
      const id = await create()
      await programs.rotateStreamKey(id, 'primary')
      await programs.rotateStreamKey(id, 'backup')
      await programs.rotateStreamKey(id, 'both')
      await programs.rotateStreamKey(id, 'backup')
      expect(programs.get(id)).toMatchObject({ stream_key_version: 3, backup_key_version: 4 })
    })

    test('a list goes on where it stopped, the newest first, also among those of one moment', async () => {
      const made: string[] = []
      for (let index = 0; index < 7; index += 1) {
        if (index % 3 === 0) clock += 1
        made.push(await create(`Show ${index}`))
      }
      const seen: string[] = []
      let after: { at: number; id: string } | undefined
      do {
        const { items, nextCursor } = await programs.list(organizationId, { limit: 2, after })
        seen.push(...items.map((row) => row.id))
        const last = items.at(-1)
        after = nextCursor === null || last === undefined ? undefined : { at: last.created_at, id: last.id }
      } while (after !== undefined)
      expect([...seen].sort()).toEqual([...made].sort())
      expect(seen[0]).toBe(made[6])
    })
  })
}
