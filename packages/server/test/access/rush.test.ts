// Owns: that a crowd from one address, a third of it with bad tokens, is let in all the same, and that what is kept of the refused is bounded.
import { Agent, request as send } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'

const people = 8_000
/** What a browser's connections to one office's proxy come to. */
const atOnce = 200
/** Kept between two flushes, of one program and kid, and of all. */
const keptOfOne = 20

let running: Running
let signer: Signer
beforeAll(async () => {
  running = await start({ env: { LOG_LEVEL: 'fatal' } })
  signer = await makeSigner(running)
})
afterAll(() => running.close())

test(
  '8,000 admissions from one address within a minute: every good token is let in, and refusals stay few',
  { timeout: 180_000 },
  async () => {
    const id = await makeProgram(running, signer)
    const isBad = (index: number): boolean => index % 3 === 0
    const expired = Date.now() - 86_400_000
    const tokens = Array.from({ length: people }, (_, index) =>
      tokenOf(signer, id, { sub: `person-${index}` }, isBad(index) ? expired : undefined),
    )
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
    const { port } = running.platform
    const post = (token: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json' }
        const asked = send({ agent, port, host: '127.0.0.1', method: 'POST', path: `/api/programs/${id}/sessions`, headers }, (answer) => {
          answer.resume()
          answer.on('end', () => resolve(answer.statusCode ?? 0))
        })
        asked.on('error', reject)
        asked.end(JSON.stringify({ token }))
      })
    const beganAt = performance.now()
    const statuses = await Promise.all(tokens.map(post))
    const tookMs = performance.now() - beganAt
    agent.destroy()

    const of = (bad: boolean) => new Set(statuses.filter((_, index) => isBad(index) === bad))
    expect([of(false), of(true)]).toEqual([new Set([201]), new Set([401])])
    let kept = 0
    let cursor: string | null = ''
    while (cursor !== null) {
      const path: string = `/api/programs/${id}/refusals?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`
      const { body }: Answer<{ items: unknown[]; nextCursor: string | null }> = await running.admin('GET', path)
      kept += body.items.length
      cursor = body.nextCursor
    }
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThanOrEqual(keptOfOne * (Math.ceil(tookMs / 1_000) + 2))
  },
)
