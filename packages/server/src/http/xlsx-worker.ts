// Owns: making a workbook, in a thread of its own: tens of thousands of rows take a second or two, in which a picture would stand still.
import { parentPort, workerData } from 'node:worker_threads'
import writeXlsxFile, { type Cell, type SheetData } from 'write-excel-file/node'

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
  // As what it says, and as nothing that is to be worked out.
  if (typeof value === 'string') return { value, type: String }
  return value instanceof Date ? { value, type: Date, format: 'yyyy-mm-dd hh:mm:ss' } : value
}

const sheets = (workerData as readonly Table[]).map(({ name, columns, rows }) => {
  const head = columns.map((value): Cell => ({ value, type: String, fontWeight: 'bold' }))
  const data: SheetData = [head, ...rows.map((row) => row.map(cellOf))]
  const widths = columns.map(() => ({ width: columnWidth }))
  return { data, sheet: name.replace(unwanted, ' ').slice(0, nameUnits), columns: widths, stickyRowsCount: 1 }
})
parentPort?.postMessage(await writeXlsxFile(sheets).toBuffer())
