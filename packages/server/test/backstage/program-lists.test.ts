// Owns: what is promised of the list of an organization's programs: pages by index, search, states; on both databases.
import type { ProgramState } from '@voila/protocol'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOrganizations } from '../../src/backstage/organizations.ts'
import { newProgram } from '../../src/backstage/program-fields.ts'
import { createPrograms, type Programs } from '../../src/backstage/programs.ts'
import { readPage } from '../../src/store/page.ts'
import type { ProgramRow } from '../../src/store/schema.ts'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { planOf, slow } from '../plans.ts'

const startsAt = '2030-01-01T00:00:00Z'
const many = 10_000

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`the list of programs on ${kind}`, () => {
    let database: TestDatabase
    let store: Store
    let programs: Programs
    let organizationId: string

    beforeAll(async () => {
      database = await make()
      store = await database.open()
      programs = createPrograms({ store, now: () => 1_800_000_000_000 })
      const organizations = createOrganizations({ store, now: () => 1 })
      organizationId = (await organizations.create({ name: 'Aldermoor' })).id
      const other = (await organizations.create({ name: 'Bramhall' })).id
      // Ten of each moment, so that the place is told by the id as well.
      const rows = Array.from({ length: many }, (_, index) =>
        newProgram({ title: `Show ${index}`, startsAt }, { organizationId, at: 1_000 + Math.floor(index / 10) }),
      )
      const some: [string, ProgramState][] = [
        ['Réunion générale', 'live'],
        ['RÉUNION d’été', 'draft'],
        ['100 % sûr', 'ended'],
        ['100 prozent', 'ended'],
        ['snake_case', 'scheduled'],
      ]
      const named = some.map(([title, state]) => ({ ...newProgram({ title, startsAt }, { organizationId, at: 5_000 }), state }))
      const foreign = newProgram({ title: 'Réunion of others', startsAt }, { organizationId: other, at: 5_000 })
      const all = [...rows, ...named, foreign]
      for (let start = 0; start < all.length; start += 500) {
        await store.db
          .insertInto('programs')
          .values(all.slice(start, start + 500))
          .execute()
      }
    })
    afterAll(async () => {
      programs.close()
      await database.drop()
    })

    /** Every page, until there is none. */
    async function pages(filters: { search?: string; state?: string } = {}, limit = 100): Promise<ProgramRow[][]> {
      const found: ProgramRow[][] = []
      let cursor: string | null = null
      do {
        const query: unknown = cursor === null ? { limit } : { limit, cursor }
        const { items, nextCursor } = await programs.list(organizationId, readPage(query), filters)
        found.push(items)
        cursor = nextCursor
      } while (cursor !== null)
      return found
    }
    const titles = async (filters: { search?: string; state?: string }) => (await pages(filters)).flat().map((row) => row.title)

    test('ten thousand come page by page, the newest first, none twice and none left out', async () => {
      const found = await pages({ search: 'show ' }, 97)
      const rows = found.flat()
      expect(found.map((page) => page.length)).toEqual([...Array.from({ length: 103 }, () => 97), 9])
      expect(new Set(rows.map((row) => row.id)).size).toBe(many)
      const places = rows.map((row) => `${row.created_at} ${row.id}`)
      expect(places).toEqual([...places].sort().reverse())
    })

    test('a page is read by an index: nothing is sorted, and no other organization’s rows are looked at', async () => {
      const cursor = Buffer.from('1050.zzzzzzzzzzzz').toString('base64url')
      await sql`analyze`.execute(store.db)
      for (const filters of [{}, { state: 'draft' }]) {
        const plan = await planOf(store, async (watched) => {
          const asked = createPrograms({ store: watched, now: () => 1 })
          await asked.list(organizationId, readPage({ cursor }), filters).finally(asked.close)
        })
        expect(plan).toContain('programs_by_organization')
        expect(plan).not.toMatch(slow)
      }
    })

    test.each([
      ['reunion', ['RÉUNION d’été', 'Réunion générale']],
      ['RÉUNION', ['RÉUNION d’été', 'Réunion générale']],
      ['  générale ', ['Réunion générale']],
      ['100 %', ['100 % sûr']],
      ['snake_', ['snake_case']],
      ['e_c', ['snake_case']],
      ['snake-', []],
      ['\\', []],
    ])('a search for %j finds titles without regard to case and accents, and takes no sign for a joker', async (search, expected) => {
      expect((await titles({ search })).sort()).toEqual([...expected].sort())
    })

    test('a whole id finds its program, and a part of one does not', async () => {
      const [[row]] = (await pages({ search: 'snake' })) as [[ProgramRow]]
      expect(await titles({ search: row.id })).toEqual(['snake_case'])
      expect(await titles({ search: row.id.toUpperCase() })).toEqual(['snake_case'])
      expect(await titles({ search: row.id.slice(0, 11) })).not.toContain('snake_case')
    })

    test('states are chosen, one or several, and one that is none is refused', async () => {
      expect((await titles({ state: 'live' })).sort()).toEqual(['Réunion générale'])
      expect((await titles({ state: 'live,ended' })).sort()).toEqual(['100 % sûr', '100 prozent', 'Réunion générale'])
      expect(await titles({ state: 'live', search: 'snake' })).toEqual([])
      await expect(titles({ state: 'live,running' })).rejects.toMatchObject({ code: 'invalid_request' })
      await expect(titles({ state: 'constructor' })).rejects.toMatchObject({ code: 'invalid_request' })
    })
  })
}
