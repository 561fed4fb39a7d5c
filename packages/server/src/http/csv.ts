// Owns: tables that are taken away as files for a spreadsheet.
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { FastifyReply } from 'fastify'
import { attachment } from './attachment.ts'

type Row = Readonly<Record<string, string | number | null>>

/** The byte order mark by which spreadsheets read UTF-8. */
const mark = '\ufeff'

async function* lines(columns: Readonly<Record<string, string>>, pages: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  // A cell that begins as a formula would be run by whoever opens the file: it gets an apostrophe.
  const write = (rows: readonly object[]): string => stringify([...rows], { columns: Object.keys(columns), escape_formulas: true })
  yield mark + write([columns])
  for await (const rows of pages) if (rows.length > 0) yield write(rows)
}

/**
 * Answers with a file, written as its pages come.
 *
 * @param given.columns  the heading of each column, by its name in the rows
 */
export function sendCsv(
  reply: FastifyReply,
  given: { fileName: string; columns: Readonly<Record<string, string>>; pages: AsyncIterable<readonly Row[]> },
): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', attachment(given.fileName))
    .send(Readable.from(lines(given.columns, given.pages)))
}
