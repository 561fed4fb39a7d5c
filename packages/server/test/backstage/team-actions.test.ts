// Owns: the log of what the team did in the activities: what is in it, what is not, and its pages; on both databases.
import { randomUUID } from 'node:crypto'
import type { ListAnswer, Problem, TeamActionAnswer } from '@voila/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../databases.ts'
import { exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'

for (const { kind, skip } of databases) {
  describe.skipIf(skip())(`the team’s doings on ${kind}`, () => {
    let running: Running
    let signer: Signer
    let programId: string
    beforeAll(async () => {
      running = await start({ kind })
      signer = await makeSigner(running)
      programId = await makeProgram(running, signer)
      const { body: entered } = await exchange(running, programId, tokenOf(signer, programId))
      const attendee = entered.session.token
      const did = async (command: { type: string; [key: string]: unknown }, session?: string): Promise<number> => {
        const sent = { id: randomUUID(), activity: 'chat', command }
        const path = `/api/programs/${programId}/commands`
        const { body } =
          session === undefined
            ? await running.admin<{ seq: number }>('POST', path, sent)
            : await running.call<{ seq: number }>(path, {
                method: 'POST',
                headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
                body: JSON.stringify(sent),
              })
        return body.seq
      }
      await did({ type: 'configure', review: true })
      const [first, second, third] = [
        await did({ type: 'post', text: 'One' }, attendee),
        await did({ type: 'post', text: 'Two' }, attendee),
        await did({ type: 'post', text: 'Three' }, attendee),
      ]
      await did({ type: 'approve', message: first, text: 'One, edited' })
      await did({ type: 'dismiss', message: second })
      await did({ type: 'remove', message: third }, attendee)
      await did({ type: 'mute', attendee: entered.attendee.id })
    })
    afterAll(() => running.close())

    const list = async (query = '') =>
      (await running.admin<ListAnswer<TeamActionAnswer> & Problem>('GET', `/api/programs/${programId}/moderation/actions${query}`)).body

    test('are listed, the newest first, with the words and the people that they were done to', async () => {
      const { items, nextCursor } = await list()
      expect(items.map(({ type, text, attendeeName }) => [type, text, attendeeName])).toEqual([
        ['chat.muted', null, 'Amélie Laurent'],
        ['chat.dismissed', 'Two', null],
        ['chat.approved', 'One, edited', null],
        ['chat.configured', null, null],
      ])
      expect(items.every(({ actorId, actorName }) => actorId === 'team' && actorName !== null)).toBe(true)
      expect(nextCursor).toBeNull()
    })

    test('come in pages that miss nothing', async () => {
      const whole = (await list()).items.map(({ seq }) => seq)
      const paged: number[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: ListAnswer<TeamActionAnswer> = await list(`?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`)
        paged.push(...page.items.map(({ seq }) => seq))
        cursor = page.nextCursor
      }
      expect(paged).toEqual(whole)
    })

    test.each(['?cursor=abc', '?limit=0', '?limit=1000'])('%s is refused', async (query) => {
      expect((await list(query)).code).toBe('invalid_request')
    })
  })
}
