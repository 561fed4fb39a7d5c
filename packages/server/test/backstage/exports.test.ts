// Owns: that what is taken away is what happened, in both forms, with nobody named who did not agree to it.
import { randomUUID } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../databases.ts'
import { exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'

/** The files of an archive, by name: local headers whose sizes are in the central directory. */
function unzip(bytes: Buffer): Map<string, string> {
  const files = new Map<string, string>()
  for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 46)) {
    const [method, size, nameUnits] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)]
    const local = bytes.readUInt32LE(at + 42)
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const data = bytes.subarray(from, from + size)
    files.set(bytes.toString('utf8', at + 46, at + 46 + nameUnits), (method === 8 ? inflateRawSync(data) : data).toString('utf8'))
  }
  return files
}

describe.each(databases)('exports on $kind', ({ kind, skip }) => {
  describe.skipIf(skip())('with somebody who does not share', () => {
    let running: Running
    let signer: Signer
    let programId: string
    const sessions: Record<string, string> = {}

    async function enter(name: string, shares: boolean): Promise<void> {
      const token = tokenOf(signer, programId, {
        sub: name,
        jti: name,
        given_name: name,
        family_name: 'Weber',
        email: `${name.toLowerCase()}@aldermoor.example`,
        sharePersonalData: shares,
      })
      sessions[name] = (await exchange(running, programId, token)).body.session.token
    }
    const command = (activity: string, body: object) => ({ id: randomUUID(), activity, command: body })
    async function say(name: string, activity: string, body: object) {
      const answer = await running.call<{ seq: number }>(`/api/programs/${programId}/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${sessions[name]}`, 'content-type': 'application/json' },
        body: JSON.stringify(command(activity, body)),
      })
      expect([answer.status, answer.text]).toEqual([200, expect.anything()])
      return answer.body.seq
    }
    const direct = (activity: string, body: object) =>
      running.admin<{ seq: number }>('POST', `/api/programs/${programId}/commands`, command(activity, body))
    const take = (activity: string, query = '') => running.admin('GET', `/api/programs/${programId}/exports/${activity}${query}`)
    const linesOf = (text: string): string[] => text.replace('\ufeff', '').trim().split('\n')

    beforeAll(async () => {
      running = await start({ kind })
      signer = await makeSigner(running)
      programId = await makeProgram(running, signer, { title: 'Winter show' })
      await enter('Amelie', true)
      await enter('Jonas', false)
      await say('Amelie', 'chat', { type: 'post', text: '=HYPERLINK("http://x")' })
      await say('Jonas', 'chat', { type: 'post', text: 'Hello, "all"' })
      await direct('chat', { type: 'post', text: 'Welcome' })
      const questions = [{ text: 'Where?', options: ['north', 'south'], right: [1], seconds: 5 }]
      const quiz = (await direct('quiz', { type: 'start', title: 'Warm-up', content: { questions } })).body.seq
      await direct('quiz', { type: 'open', quiz, question: 0 })
      await say('Amelie', 'quiz', { type: 'answer', quiz, question: 0, options: [1] })
      await say('Jonas', 'quiz', { type: 'answer', quiz, question: 0, options: [0] })
    })
    afterAll(() => running.close())

    test('tell during the show what was written, by whom as far as he shares it', async () => {
      const csv = await take('chat')
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      expect(csv.headers.get('content-disposition')).toContain('Winter show - chat.csv')
      const [head, first, second, third] = linesOf(csv.text)
      expect(head).toBe('Number,Time,Author,Author (e-mail),Message,Replies to,Likes,State')
      expect(first).toMatch(
        /^\d+,\d{4}-\d\d-\d\dT[\d:.]+Z,Amelie Weber,amelie@aldermoor\.example,"'=HYPERLINK\(""http:\/\/x""\)",,0,published$/,
      )
      expect(second).toMatch(/^\d+,[^,]+,Attendee [0-9A-F]{8},,"Hello, ""all""",,0,published$/)
      expect(third).toMatch(/,Welcome,,0,published$/)
      expect(csv.text).not.toMatch(/Jonas|jonas/)
    })

    test('tell of a quiz who answered what, sheet by sheet', async () => {
      const lines = linesOf((await take('quiz', '?sheet=Answers')).text)
      const own = (start: string) => lines.find((line) => line.includes(start))
      expect(own('Amelie Weber')).toMatch(/Warm-up,1,Amelie Weber,amelie@aldermoor\.example,[^,]+Z,south,true,[\d.]+,$/)
      expect(own('Attendee')).toMatch(/Warm-up,1,Attendee [0-9A-F]{8},,[^,]+Z,north,false,[\d.]+,$/)
      expect(linesOf((await take('quiz', '?sheet=Questions')).text)[1]).toMatch(/Warm-up,1,Where\?,south,1000,5,open,[^,]+Z,2,1$/)
    })

    test('as a workbook hold every sheet, true dates, no formula and no name that is not shared', async () => {
      const url = `${running.platform.url}/api/programs/${programId}/exports`
      const fetched = async (activity: string) => {
        const response = await fetch(`${url}/${activity}?format=xlsx`, {
          headers: { authorization: `Bearer ${running.config.adminSecret}` },
        })
        expect(response.headers.get('content-type')).toContain('spreadsheetml.sheet')
        return unzip(Buffer.from(await response.arrayBuffer()))
      }
      const chat = await fetched('chat')
      const text = [...chat.values()].join('\n')
      expect(text).toContain('Amelie Weber')
      expect(text).toMatch(/(&apos;|')=HYPERLINK/)
      expect(text).not.toMatch(/Jonas|jonas|<f>/)
      // Days since 1900, and no text.
      expect(chat.get('xl/worksheets/sheet1.xml')).toMatch(/<v>4\d{4}\.\d+<\/v>/)
      const quiz = await fetched('quiz')
      expect([...quiz.keys()].filter((name) => name.startsWith('xl/worksheets/sheet'))).toHaveLength(3)
    })

    test('are there after the show too, when nobody holds it in memory any more', async () => {
      const before = (await take('chat')).text
      for (const to of ['ended', 'archived']) await running.admin('POST', `/api/programs/${programId}/state`, { to })
      expect((await take('chat')).text).toBe(before)
      const other = await start({ kind, database: running.database })
      const again = await other.admin('GET', `/api/programs/${programId}/exports/chat`)
      await other.close()
      expect(again.text).toBe(before)
    })

    test.each([
      ['an activity that there is not', '/exports/dance', 'not_found'],
      ['a sheet that there is not', '/exports/chat?sheet=Secrets', 'not_found'],
      ['a run that there is not', '/exports/chat?run=9', 'not_found'],
      ['another form', '/exports/chat?format=pdf', 'invalid_request'],
    ])('of %s are refused', async (_what, path, code) => {
      expect((await running.admin('GET', `/api/programs/${programId}${path}`)).body).toMatchObject({ code })
    })
  })
})
