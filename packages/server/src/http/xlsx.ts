// Owns: tables that are taken away as workbooks.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { FastifyReply } from 'fastify'
import { attachment } from './attachment.ts'
import type { Table } from './xlsx-worker.ts'

export type { Table }

export const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

// A thread starts from built code, also where the rest runs from its sources.
const workerFile = new URL(import.meta.url.endsWith('.ts') ? '../../dist/http/xlsx-worker.js' : './xlsx-worker.js', import.meta.url)

/** One at a time: each holds a processor and its tables. */
let turn: Promise<unknown> = Promise.resolve()

async function make(tables: readonly Table[]): Promise<Buffer> {
  const worker = new Worker(workerFile, { workerData: tables, name: 'xlsx' })
  try {
    // Rejects with what the thread fails of.
    const [bytes] = (await once(worker, 'message')) as [Uint8Array]
    return Buffer.from(bytes)
  } finally {
    void worker.terminate()
  }
}

/** Answers with a workbook of these tables, one sheet each. */
export async function sendXlsx(reply: FastifyReply, given: { fileName: string; tables: readonly Table[] }): Promise<FastifyReply> {
  const made = turn.then(() => make(given.tables))
  turn = made.catch(() => undefined)
  return reply
    .type(xlsxType)
    .header('content-disposition', attachment(given.fileName))
    .send(await made)
}
