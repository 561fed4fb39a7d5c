// Owns: what is promised of prepared polls over HTTP: their order, their versions, their copies; on both databases.
import { type ListAnswer, limits, type PreparedAnswer, type Problem } from '@voila/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../databases.ts'
import { adminSecret, makeProgram, makeSigner, type Running, type Signer, start } from '../running.ts'

const poll = (title: string) => ({ kind: 'poll', title, content: { question: title, form: 'single', options: ['Yes', 'No'] } })

for (const { kind, skip } of databases) {
  describe.skipIf(skip())(`what is prepared, on ${kind}`, () => {
    let running: Running
    let signer: Signer
    let programId: string
    beforeAll(async () => {
      running = await start({ kind })
      signer = await makeSigner(running)
    })
    afterAll(() => running.close())
    beforeEach(async () => {
      programId = await makeProgram(running, signer)
    })

    const path = (rest = '', id = programId) => `/api/programs/${id}/prepared${rest}`
    const send = <Body>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', to: string, body?: object) => running.admin<Body>(method, to, body)
    const make = async (title: string, more: object = {}) => (await send<PreparedAnswer>('POST', path(), { ...poll(title), ...more })).body
    const list = async (id = programId) => (await send<ListAnswer<PreparedAnswer>>('GET', path('', id))).body.items
    const titles = async (id?: string) => (await list(id)).map(({ title }) => title)
    const edit = (id: string, fields: object, ifMatch: string) =>
      running.call<PreparedAnswer & Problem>(path(`/${id}`), {
        method: 'PATCH',
        headers: { authorization: `Bearer ${adminSecret}`, 'content-type': 'application/json', 'if-match': ifMatch },
        body: JSON.stringify(fields),
      })

    test('stands in its order, which moving, duplicating and deleting leave without a gap', async () => {
      const [a, b, c] = [await make('a'), await make('b'), await make('c')]
      expect(await titles()).toEqual(['a', 'b', 'c'])
      await send('PATCH', path(`/${c.id}`), { position: 0 })
      expect(await titles()).toEqual(['c', 'a', 'b'])
      await send('POST', path(`/${a.id}/duplicate`))
      expect(await titles()).toEqual(['c', 'a', 'a', 'b'])
      await send('DELETE', path(`/${c.id}`))
      await make('d', { position: 1 })
      expect((await list()).map(({ title, position }) => [title, position])).toEqual([
        ['a', 0],
        ['d', 1],
        ['a', 2],
        ['b', 3],
      ])
      expect((await send<Problem>('PATCH', path(`/${c.id}`), { title: 'x' })).body.code).toBe('prepared_unknown')
      expect(b.version).toBe(1)
    })

    test('is kept whole: what was left out is filled in, and what its kind does not take is refused with the field', async () => {
      const { content } = await make('a')
      expect(content).toMatchObject({ min: 1, max: 1, results: 'after-voting', secret: false, seconds: null })
      const wrong = await send<Problem>('POST', path(), { ...poll('b'), content: { question: 'b', form: 'single', options: ['One'] } })
      expect([wrong.status, wrong.body.code, wrong.body.detail]).toEqual([400, 'invalid_request', 'content.options: at least two'])
    })

    test('two editors: the second save is refused, and moving is nobody’s edit', async () => {
      const { id } = await make('a')
      await make('b')
      expect((await edit(id, { title: 'mine' }, '"1"')).headers.get('etag')).toBe('"2"')
      expect((await edit(id, { title: 'theirs' }, '"1"')).status).toBe(412)
      await send('PATCH', path(`/${id}`), { position: 1 })
      expect((await edit(id, { title: 'again' }, '"2"')).body).toMatchObject({ title: 'again', position: 1, version: 3 })
    })

    test('is copied from another program of the organization, all or some of it, and from no other', async () => {
      const [a, b] = [await make('a'), await make('b')]
      const other = await makeProgram(running, signer)
      await send('POST', path('', other), poll('there'))
      await send('POST', path('/import', other), { programId })
      await send('POST', path('/import', other), { programId, items: [b.id] })
      expect(await titles(other)).toEqual(['there', 'a', 'b', 'b'])
      expect(new Set((await list(other)).map(({ id }) => id)).has(a.id)).toBe(false)
      const foreign = await makeProgram(running, await makeSigner(running))
      expect((await send<Problem>('POST', path('/import', foreign), { programId })).body.code).toBe('program_unknown')
    })

    test('has an end', async () => {
      const ids = await Promise.all(Array.from({ length: limits.preparedItems }, (_, index) => make(`${index}`)))
      expect(new Set((await list()).map(({ position }) => position)).size).toBe(ids.length)
      expect((await send<Problem>('POST', path(), poll('more'))).body.code).toBe('prepared_full')
    })
  })
}
