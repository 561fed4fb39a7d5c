// Owns: a platform in a process of its own, as `npm start` runs it, with a live program on it.
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { AttendeeAnswer, ListAnswer } from '@voila/protocol'
import { administration, prepare } from '../packages/server/src/demo/setting.ts'
import { type Child, childOf, probed } from './process.ts'

/** What a client needs to know to come in. */
export type Invitation = {
  readonly url: string
  readonly organizationId: string
  readonly programId: string
  readonly kid: string
  readonly privateKey: string
}
export type Stage = {
  readonly server: Child
  readonly invitation: Invitation
  readonly feedUrl: string
  /** Writes so many messages into the chat, as the team. */
  chat(messages: number): Promise<void>
  /** Opens a poll of three options as the team, and answers its id. */
  openPoll(): Promise<number>
  /** How many votes each option of the newest poll has. */
  countPoll(): Promise<readonly number[]>
  /** How many attendees the program has had. */
  attendees(): Promise<number>
  close(): Promise<void>
}

const main = fileURLToPath(new URL('../packages/server/dist/main.js', import.meta.url))

/** Starts the built platform on SQLite in a folder of its own and free ports, and makes a live program. @throws Error with what it said */
export async function openStage(): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'voila-bench-'))
  const child = fork(main, [], {
    execArgv: [...probed],
    env: { PATH: process.env.PATH, PORT: '0', RTMP_PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, RECORDINGS: 'off' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const server = childOf(child)
  const close = async (): Promise<void> => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    const { url, rtmpPort } = await new Promise<{ url: string; rtmpPort: string }>((resolve, reject) => {
      let said = ''
      child.stderr?.on('data', (chunk) => {
        said += chunk
        const [, url, rtmpPort] = /listens on (http:\/\/[^\s;,]+).*feeds on port (\d+)/.exec(said) ?? []
        if (url !== undefined && rtmpPort !== undefined) resolve({ url, rtmpPort })
      })
      child.once('exit', () => reject(new Error(`the platform did not start:\n${said}`)))
    })
    const call = administration(url, readFileSync(join(dataDir, 'admin-secret'), 'utf8').trim())
    const { organizationId, programId, kid, privateKeyFile, streamKey } = await prepare(call, dataDir)
    return {
      server,
      invitation: { url, organizationId, programId, kid, privateKey: readFileSync(privateKeyFile, 'utf8') },
      feedUrl: `rtmp://127.0.0.1:${rtmpPort}/live/${streamKey}`,
      async chat(messages) {
        for (let n = 0; n < messages; n++) {
          const command = { type: 'post', text: `${n}: the new plant in Lyon opens in May, as planned` }
          const body = { id: randomUUID(), activity: 'chat', command }
          // Commands over REST are paced.
          while (
            !(await call('POST', `/api/programs/${programId}/commands`, body).then(
              () => true,
              () => false,
            ))
          )
            await pause(250)
        }
      },
      async openPoll() {
        const content = { question: 'Where next?', form: 'single', options: ['Oslo', 'Riga', 'Turin'], results: 'always' }
        const body = { id: randomUUID(), activity: 'polls', command: { type: 'open', content } }
        return (await call<{ seq: number }>('POST', `/api/programs/${programId}/commands`, body))?.seq ?? 0
      },
      async countPoll() {
        const path = `/api/programs/${programId}/activities/polls/history?as=team&limit=1`
        const page = await call<{ items: { tally: { counts: number[] } }[] }>('GET', path)
        return page?.items[0]?.tally.counts ?? []
      },
      async attendees() {
        let count = 0
        let cursor: string | null = ''
        while (cursor !== null) {
          const path: string = `/api/programs/${programId}/attendees?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
          const page: ListAnswer<AttendeeAnswer> | undefined = await call('GET', path)
          count += page?.items.length ?? 0
          cursor = page?.nextCursor ?? null
        }
        return count
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
