// Owns: tables that are taken away as workbooks.
import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import writeXlsxFile, { type Cell, type SheetData } from 'write-excel-file/node'
import { attachment } from './attachment.ts'

export const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A date is a true one, in UTC. */
export type Table = {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | boolean | Date | null)[])[]
}

/** What Excel takes as the name of a sheet. */
const nameUnits = 31
const unwanted = /[[\]:*?/\\]/g
const columnWidth = 22

function cellOf(value: Table['rows'][number][number]): Cell {
  if (value === null) return null
  if (typeof value === 'string') return { value, type: String }
  return value instanceof Date ? { value, type: Date, format: 'yyyy-mm-dd hh:mm:ss' } : value
}

/** Answers with a workbook of these tables, one sheet each. */
export async function sendXlsx(reply: FastifyReply, given: { fileName: string; tables: readonly Table[] }): Promise<FastifyReply> {
  const sheets = given.tables.map(({ name, columns, rows }) => {
    const head = columns.map((value): Cell => ({ value, type: String, fontWeight: 'bold' }))
    const data: SheetData = [head, ...rows.map((row) => row.map(cellOf))]
    const widths = columns.map(() => ({ width: columnWidth }))
    return { data, sheet: name.replace(unwanted, ' ').slice(0, nameUnits), columns: widths, stickyRowsCount: 1 }
  })
  const toStream = writeXlsxFile(sheets).toStream as () => Promise<Readable>
  return reply
    .type(xlsxType)
    .header('content-disposition', attachment(given.fileName))
    .send(await toStream())
}
