// Owns: what a program sets of its activities, from an edit to what attendees may do; on both databases.
import { randomUUID } from 'node:crypto'
import type { Problem, Program } from '@voila/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../databases.ts'
import { exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'

for (const { kind, skip } of databases) {
  describe.skipIf(skip())(`activities of a program on ${kind}`, () => {
    let running: Running
    let signer: Signer
    beforeAll(async () => {
      running = await start({ kind })
      signer = await makeSigner(running)
    })
    afterAll(() => running.close())

    const patch = (id: string, fields: object) => running.admin<Program & Problem>('PATCH', `/api/programs/${id}`, fields)
    const setState = (id: string, to: string) => running.admin('POST', `/api/programs/${id}/state`, { to })
    const asTeam = (id: string, command: object) =>
      running.admin<Problem>('POST', `/api/programs/${id}/commands`, { id: randomUUID(), activity: 'chat', command })
    /** What an attendee is answered who writes in the chat. */
    async function write(id: string, text: string): Promise<string> {
      const { body: entered } = await exchange(running, id, tokenOf(signer, id, { sub: randomUUID() }))
      const { status, body } = await running.call<Problem>(`/api/programs/${id}/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${entered.session.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ id: randomUUID(), activity: 'chat', command: { type: 'post', text } }),
      })
      return status === 200 ? 'accepted' : body.code
    }
    const published = async (id: string): Promise<string[]> => {
      const { body } = await running.admin<{ items: { text: string }[] }>('GET', `/api/programs/${id}/activities/chat/history`)
      return body.items.map(({ text }) => text)
    }

    test('an edit sets one option and leaves the others, and the answer says all of them', async () => {
      const id = await makeProgram(running, signer, { state: 'draft' })
      const { body: before } = await running.admin<Program>('GET', `/api/programs/${id}`)
      expect(before).toMatchObject({
        activities: { chat: { on: true, open: true, slowMs: 0, review: false } },
        blockedWords: [],
        cueTiming: true,
      })
      const first = await patch(id, { activities: { chat: { review: true } }, cueTiming: false })
      expect(first.body).toMatchObject({ version: 2, cueTiming: false, activities: { chat: { on: true, review: true } } })
      const second = await patch(id, { activities: { chat: { slowMs: 5_000 } }, blockedWords: ['scam', 'scam'] })
      expect(second.body).toMatchObject({ version: 3, blockedWords: ['scam'], activities: { chat: { review: true, slowMs: 5_000 } } })
      expect((await patch(id, { activities: { chat: { slowMs: 5_000 } } })).body.version).toBe(3)
    })

    test.each([
      { activities: { dance: { on: true } } },
      { activities: { chat: { slow: 1 } } },
      { activities: { chat: { slowMs: -1 } } },
      { activities: { chat: { blockedWords: ['scam'] } } },
      { blockedWords: [''] },
    ])('%j is refused', async (fields) => {
      const id = await makeProgram(running, signer, { state: 'draft' })
      expect((await patch(id, fields)).body.code).toBe('invalid_request')
    })

    test('what was set before the show holds for its first word', async () => {
      const id = await makeProgram(running, signer, { state: 'draft' })
      await patch(id, { blockedWords: ['scam'] })
      for (const to of ['scheduled', 'live']) await setState(id, to)
      expect([await write(id, 'What a Scám'), await write(id, 'Good evening')]).toEqual(['accepted', 'accepted'])
      expect(await published(id)).toEqual(['Good evening'])
    })

    test('what is set during the show holds at once, and nothing else that the team has set meanwhile changes', async () => {
      const id = await makeProgram(running, signer)
      expect(await write(id, 'One')).toBe('accepted')
      await asTeam(id, { type: 'configure', review: true })
      await patch(id, { activities: { chat: { slowMs: 1_000 } } })
      expect(await write(id, 'Two')).toBe('accepted')
      expect(await published(id)).toEqual(['One'])
      await patch(id, { activities: { chat: { on: false } } })
      expect(await write(id, 'Three')).toBe('activity_off')
      await patch(id, { activities: { chat: { on: true } } })
      expect(await write(id, 'Four')).toBe('accepted')
    })

    test('what is set during a rehearsal holds in it, and in the show that it hides', async () => {
      const id = await makeProgram(running, signer, { state: 'scheduled' })
      // Something has happened in the live run, so that it does not begin anew.
      const announced = await running.admin('POST', `/api/programs/${id}/commands`, {
        id: randomUUID(),
        activity: 'announcements',
        command: { type: 'announce', text: 'We begin at six', style: 'info' },
      })
      expect(announced.status).toBe(200)
      await setState(id, 'rehearsal')
      await asTeam(id, { type: 'post', text: 'Testing' })
      await patch(id, { activities: { chat: { on: false } } })
      for (const to of ['scheduled', 'live']) await setState(id, to)
      expect(await write(id, 'Hello')).toBe('activity_off')
    })

    test('a copy has the same options', async () => {
      const id = await makeProgram(running, signer, { state: 'draft' })
      await patch(id, { activities: { chat: { on: false } }, blockedWords: ['scam'], cueTiming: false })
      const { body: copy } = await running.admin<Program>('POST', `/api/programs/${id}/duplicate`, {})
      expect(copy).toMatchObject({ activities: { chat: { on: false } }, blockedWords: ['scam'], cueTiming: false })
    })
  })
}
