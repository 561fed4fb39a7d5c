// Owns: what is promised to those who edit programs over HTTP: versions, pictures, copies, deletion; on both databases.
import { type ListAnswer, limits, type Problem, type Program, type ProgramState } from '@voila/protocol'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../databases.ts'
import { jpeg, png, webp } from '../pictures.ts'
import { type Answer, adminSecret, exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'

for (const { kind, skip } of databases) {
  describe.skipIf(skip())(`programs over HTTP on ${kind}`, () => {
    let running: Running
    let signer: Signer
    let clock = 1_800_000_000_000

    beforeAll(async () => {
      running = await start({ kind, now: () => clock })
      signer = await makeSigner(running)
    })
    afterAll(() => running.close())

    const pathTo = (id: string, rest = '') => `/api/programs/${id}${rest}`
    const show = async (id: string) => (await running.admin<Program>('GET', pathTo(id))).body
    function send<Body>(
      method: string,
      path: string,
      { body, headers }: { body?: BodyInit; headers?: Record<string, string> },
    ): Promise<Answer<Body>> {
      return running.call<Body>(path, {
        method,
        headers: { authorization: `Bearer ${adminSecret}`, ...headers },
        ...(body === undefined ? {} : { body }),
      })
    }
    const patch = (id: string, fields: object, ifMatch?: string) =>
      send<Program & Problem>('PATCH', pathTo(id), {
        body: JSON.stringify(fields),
        headers: { 'content-type': 'application/json', ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
      })
    const upload = (id: string, bytes: Buffer, { as = 'cover', type = 'image/png' } = {}) =>
      send<Program & Problem>('POST', pathTo(id, `/images/${as}`), {
        body: bytes as unknown as BodyInit,
        headers: { 'content-type': type },
      })

    describe('versions', () => {
      test('two editors: the second save is refused with nothing written, and goes through on what is there now', async () => {
        const id = await makeProgram(running, signer, { state: 'draft' })
        const [mine, theirs] = [await running.admin<Program>('GET', pathTo(id)), await running.admin<Program>('GET', pathTo(id))]
        expect(mine.headers.get('etag')).toBe('"1"')
        const first = await patch(id, { title: 'Mine', description: 'By me' }, mine.headers.get('etag') ?? '')
        expect([first.status, first.body.version, first.headers.get('etag')]).toEqual([200, 2, '"2"'])
        const second = await patch(id, { title: 'Theirs' }, theirs.headers.get('etag') ?? '')
        expect([second.status, second.body.code, second.body.detail]).toEqual([412, 'edited_meanwhile', 'The present version is 2.'])
        expect(await show(id)).toMatchObject({ title: 'Mine', description: 'By me', version: 2 })
        expect((await patch(id, { title: 'Theirs' }, '"2"')).body).toMatchObject({ title: 'Theirs', description: 'By me', version: 3 })
      })

      test('of many who save the same version at once exactly one is let through', async () => {
        const id = await makeProgram(running, signer, { state: 'draft' })
        const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => patch(id, { title: `Title ${index}` }, '"1"')))
        expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 412)])
        expect((await show(id)).title).toBe(answers.find(({ status }) => status === 200)?.body.title)
      })

      test('a weak tag counts as well, a star is whatever is there, and what is no version is named as such', async () => {
        const id = await makeProgram(running, signer, { state: 'draft' })
        expect((await patch(id, { title: 'A' }, 'W/"1"')).status).toBe(200)
        expect((await patch(id, { title: 'B' }, 'W/"1"')).status).toBe(412)
        expect((await patch(id, { title: 'C' }, '*')).status).toBe(200)
        expect((await patch(id, { title: 'D' })).status).toBe(200)
        for (const wrong of ['4', '"x"', '"4", "5"']) expect((await patch(id, { title: 'E' }, wrong)).body.code).toBe('invalid_request')
      })

      test('grow with what changes alone: not with the same again, nor with states and pictures', async () => {
        const id = await makeProgram(running, signer, { state: 'draft' })
        const { title } = await show(id)
        expect((await patch(id, { title })).body.version).toBe(1)
        await running.admin('POST', pathTo(id, '/state'), { to: 'scheduled' })
        await upload(id, png(10, 10))
        await running.admin('POST', pathTo(id, '/stream-key'), { rotate: 'both' })
        expect((await show(id)).version).toBe(1)
        expect((await patch(id, { title: `${title} again` }, '"1"')).body.version).toBe(2)
      })
    })

    test('every field is kept as it was given, and shown to attendees where it is for them', async () => {
      const id = await makeProgram(running, signer)
      const fields = {
        title: 'Été',
        description: 'One\n\nTwo',
        startsAt: '2031-03-30T01:30:00.000Z',
        language: 'fr',
        signInUrl: 'https://intranet.example/live',
        embedOrigins: ['https://intranet.example'],
        partnerKeys: true,
        accent: '#0a7f5a',
        timeZone: 'Europe/Paris',
      }
      expect((await patch(id, fields)).body).toMatchObject(fields)
      const { body } = await exchange(running, id, tokenOf(signer, id, {}, clock))
      expect(body.program).toMatchObject({ title: 'Été', accent: '#0a7f5a', coverUrl: null, logoUrl: null })
      for (const wrong of [{ accent: '#0A7F5A' }, { accent: 'red' }, { timeZone: 'Mars/Olympus' }, { partnerKeys: 'no' }]) {
        expect((await patch(id, wrong)).body.code).toBe('invalid_request')
      }
      expect((await patch(id, { accent: null })).body.accent).toBeNull()
    })

    describe('pictures', () => {
      test('are served to anybody who has the address, for ever, and as nothing but a picture', async () => {
        const id = await makeProgram(running, signer, { state: 'draft' })
        const bytes = jpeg(1_600, 900)
        const { body } = await upload(id, bytes, { type: 'image/jpeg' })
        expect(body.coverUrl).toMatch(/^\/images\/[A-Za-z0-9_-]{22}$/)
        const served = await fetch(`${running.platform.url}${body.coverUrl}`)
        expect(Buffer.from(await served.arrayBuffer()).equals(bytes)).toBe(true)
        expect(Object.fromEntries(served.headers)).toMatchObject({
          'content-type': 'image/jpeg',
          'cache-control': 'public, max-age=31536000, immutable',
          'x-content-type-options': 'nosniff',
          'content-security-policy': "default-src 'none'; sandbox",
        })
      })

      test('another takes the place of the first under another address; removed, there is none', async () => {
        const id = await makeProgram(running, signer, { state: 'draft' })
        const first = (await upload(id, png(10, 10), { as: 'logo' })).body
        const second = (await upload(id, webp.lossless(20, 20), { as: 'logo', type: 'image/webp' })).body
        expect(second.logoUrl).not.toBe(first.logoUrl)
        expect(second.coverUrl).toBeNull()
        expect((await running.call<Problem>(first.logoUrl ?? '')).body.code).toBe('image_unknown')
        expect((await running.call(second.logoUrl ?? '')).status).toBe(200)
        const removed = await running.admin<Program>('DELETE', pathTo(id, '/images/logo'))
        expect(removed.body.logoUrl).toBeNull()
      })

      test('what a file is counts, whatever it is called', async () => {
        const id = await makeProgram(running, signer, { state: 'draft' })
        const served = await upload(id, png(10, 10), { type: 'text/html' })
        expect((await running.call(served.body.coverUrl ?? '')).headers.get('content-type')).toBe('image/png')
        const refused: [Buffer, string][] = [
          [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
          [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/png'],
          [Buffer.from('{}'), 'application/json'],
          [Buffer.alloc(0), 'image/png'],
          [png(limits.imagePixels + 1, 10), 'image/png'],
        ]
        for (const [bytes, type] of refused) {
          const answer = await upload(id, bytes, { type })
          expect([answer.status, answer.body.code]).toEqual([400, 'image_type'])
        }
        expect((await show(id)).coverUrl).toBe(served.body.coverUrl)
        expect((await upload(id, png(1, 1), { as: 'banner' })).body.code).toBe('not_found')
      })

      test('as many bytes as are allowed are taken, and one more is too large', async () => {
        const id = await makeProgram(running, signer, { state: 'draft' })
        const most = Buffer.concat([png(10, 10), Buffer.alloc(limits.imageBytes - png(10, 10).length)])
        expect((await upload(id, most)).status).toBe(200)
        const answer = await upload(id, Buffer.concat([most, Buffer.alloc(1)]))
        expect([answer.status, answer.body.code]).toEqual([413, 'too_large'])
      })

      test.each(['none', '../../etc/passwd', 'a'.repeat(22), '%00'])('%s is the address of none', async (id) => {
        const answer = await running.call<Problem>(`/images/${encodeURIComponent(id)}`)
        expect([answer.status, answer.body.code]).toEqual([404, 'image_unknown'])
      })
    })

    test('a copy is a draft with the same settings and pictures of its own, and nothing of what happened', async () => {
      const id = await makeProgram(running, signer, { state: 'live' })
      await patch(id, {
        title: 'Annual',
        accent: '#112233',
        embedOrigins: ['https://a.example'],
        timeZone: 'Asia/Tokyo',
        partnerKeys: false,
      })
      const cover = (await upload(id, png(10, 20))).body.coverUrl ?? ''
      const copied = await running.admin<Program>('POST', pathTo(id, '/duplicate'), {})
      expect(copied.status).toBe(201)
      const { coverUrl } = copied.body
      expect(copied.body).toMatchObject({
        title: 'Annual',
        state: 'draft',
        version: 1,
        accent: '#112233',
        embedOrigins: ['https://a.example'],
        timeZone: 'Asia/Tokyo',
        partnerKeys: false,
        startsAt: (await show(id)).startsAt,
      })
      expect(copied.body.id).not.toBe(id)
      expect(coverUrl).not.toBe(cover)
      expect((await running.call(coverUrl ?? '')).status).toBe(200)
      const given = { title: 'Next year', startsAt: '2032-01-01T00:00:00.000Z' }
      expect((await running.admin<Program>('POST', pathTo(id, '/duplicate'), given)).body).toMatchObject(given)
      // Taking the first one's picture away leaves the copy's.
      await running.admin('DELETE', pathTo(id, '/images/cover'))
      expect((await running.call(coverUrl ?? '')).status).toBe(200)
    })

    describe('deleting', () => {
      test.each<[ProgramState, number]>([
        ['draft', 204],
        ['scheduled', 204],
        ['rehearsal', 409],
        ['live', 409],
        ['ended', 204],
        ['archived', 204],
      ])('in %s answers %i', async (state, status) => {
        const id = await makeProgram(running, signer, { state })
        const answer = await running.admin<Problem>('DELETE', pathTo(id))
        expect(answer.status).toBe(status)
        if (status === 409) expect(answer.body.code).toBe('state_conflict')
        expect((await running.admin('GET', pathTo(id))).status).toBe(status === 204 ? 404 : 200)
      })

      test('makes it unknown at once wherever its id is used, and leaves nothing of it behind', async () => {
        const id = await makeProgram(running, signer, { state: 'live', title: 'To be forgotten' })
        const { coverUrl } = (await upload(id, png(10, 10))).body
        const { session } = (await exchange(running, id, tokenOf(signer, id, {}, clock))).body
        await exchange(running, id, `${tokenOf(signer, id, {}, clock)}x`)
        await running.admin('POST', pathTo(id, '/state'), { to: 'ended' })
        expect((await running.admin('DELETE', pathTo(id))).status).toBe(204)

        const asked: [string, string, object?][] = [
          ['GET', pathTo(id)],
          ['PATCH', pathTo(id), { title: 'x' }],
          ['POST', pathTo(id, '/state'), { to: 'live' }],
          ['POST', pathTo(id, '/duplicate'), {}],
          ['DELETE', pathTo(id)],
          ['GET', pathTo(id, '/audience')],
          ['GET', pathTo(id, '/stream-health')],
        ]
        for (const [method, path, body] of asked) {
          expect((await running.admin<Problem>(method, path, body)).body.code, `${method} ${path}`).toBe('program_unknown')
        }
        expect((await exchange(running, id, tokenOf(signer, id, {}, clock))).status).toBe(404)
        const authorization = `Bearer ${session.token}`
        expect((await running.call<Problem>(pathTo(id, '/session'), { headers: { authorization } })).body.code).toBe('program_unknown')
        const list = await running.admin<ListAnswer<Program>>(
          'GET',
          `/api/organizations/${signer.organizationId}/programs?search=forgotten`,
        )
        expect(list.body.items).toEqual([])

        clock += 11_000
        const store = await running.database.open()
        const tables = await tablesWithPrograms()
        expect(tables).toEqual(expect.arrayContaining(['images', 'program_log', 'program_runs', 'sessions', 'visits', 'viewer_counts']))
        const rowsOf = async (table: string): Promise<number> =>
          Number(
            (await sql<{ n: number }>`select count(*) as n from ${sql.table(table)} where program_id = ${id}`.execute(store.db)).rows[0]?.n,
          )
        await expect
          .poll(
            async () =>
              (await Promise.all(tables.map(async (table) => ({ table, rows: await rowsOf(table) })))).filter(({ rows }) => rows > 0),
            {
              timeout: 20_000,
            },
          )
          .toEqual([])
        await expect
          .poll(() => store.db.selectFrom('programs').select('id').where('id', '=', id).execute(), { timeout: 20_000 })
          .toEqual([])
        expect(coverUrl).not.toBeNull()
      })
    })

    /** Whatever table knows a program's id today. */
    async function tablesWithPrograms(): Promise<string[]> {
      const store = await running.database.open()
      const tables = await store.db.introspection.getTables()
      // PostgreSQL names those of other tests too.
      const own = new URL(running.database.where.databaseUrl ?? 'sqlite:').searchParams.get('options')?.split('=')[1]
      const known = tables.filter(({ schema, columns }) => (schema ?? own) === own && columns.some(({ name }) => name === 'program_id'))
      return known.map(({ name }) => name)
    }
  })
}
