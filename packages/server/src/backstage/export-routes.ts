// Owns: what happened in the activities of a program, as files. Who may is in the route table.
import { type Cell, ExportQuery, limits, Refusal, type Sheet } from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import type { People } from '../access/people.ts'
import { fileNameOf } from '../http/attachment.ts'
import { readQuery } from '../http/body.ts'
import { sendCsv } from '../http/csv.ts'
import { sendXlsx, type Table } from '../http/xlsx.ts'
import type { Live } from '../live/live.ts'
import { noteChange } from './audit.ts'
import type { Programs } from './programs.ts'

const rowsAtOnce = 500
const asked = /^[=+\-@\t\r\uFF0B\uFF0D\uFF1D\uFF20]/

/** A cell that begins as a formula would be run by whoever opens the file: it gets an apostrophe. */
const harmless = (text: string): string => (asked.test(text) ? `'${text}` : text)

type Exported = Awaited<ReturnType<People['exported']>>

const idsIn = (sheets: readonly Sheet[]): Set<string> =>
  new Set(
    sheets.flatMap(({ rows }) =>
      rows.flatMap((row) => row.flatMap((cell) => (typeof cell === 'object' && cell !== null && 'person' in cell ? [cell.person] : []))),
    ),
  )

/** Each column of people becomes two: what somebody is called, and his address as far as he shares it. */
function tableOf({ name, columns, rows }: Sheet, people: Exported): Table {
  const isPerson = columns.map((column) => typeof column === 'object')
  const known = (cell: Cell | undefined) =>
    typeof cell === 'object' && cell !== null && 'person' in cell ? people.get(cell.person) : undefined
  return {
    name,
    columns: columns.flatMap((column) => (typeof column === 'string' ? [column] : [column.person, `${column.person} (e-mail)`])),
    rows: rows.map((row) =>
      row.flatMap((cell, index): Table['rows'][number] => {
        if (isPerson[index]) {
          const { displayName = null, email = null } = known(cell) ?? {}
          return [displayName, email].map((text) => (text === null ? null : harmless(text)))
        }
        if (typeof cell === 'string') return [harmless(cell)]
        if (typeof cell !== 'object' || cell === null) return [cell]
        return ['time' in cell ? new Date(cell.time) : null]
      }),
    ),
  }
}

async function* pagesOf({ columns, rows }: Table) {
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    yield rows.slice(start, start + rowsAtOnce).map((row) =>
      Object.fromEntries(
        columns.map((_, index) => {
          const cell = row[index] ?? null
          return [`c${index}`, cell instanceof Date ? cell.toISOString() : typeof cell === 'boolean' ? String(cell) : cell]
        }),
      ),
    )
  }
}

/** `GET /api/programs/:programId/exports/:activity`: at any time, during the show too. */
export function exportRoutes(parts: {
  programs: Pick<Programs, 'find'>
  live: Pick<Live, 'sheets'>
  people: Pick<People, 'exported'>
}): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Params: { programId: string; activity: string } }>('/api/programs/:programId/exports/:activity', async (request, reply) => {
      const { id, title, run: shown } = await parts.programs.find(request.params.programId)
      const { activity } = request.params
      const { format, sheet, run = shown } = readQuery(ExportQuery, request)
      const all = await parts.live.sheets({ programId: id, run, activity })
      const sheets = format === 'xlsx' ? all : all.filter(({ name }, index) => (sheet === undefined ? index === 0 : name === sheet))
      if (sheets.length === 0) throw new Refusal('not_found')
      const rows = sheets.reduce((sum, each) => sum + each.rows.length, 0)
      if (format === 'xlsx' && rows > limits.workbookRows) throw new Refusal('export_too_large')
      const people = await parts.people.exported(idsIn(sheets), id)
      const tables = sheets.map((each) => tableOf(each, people))
      // Who takes away what people said is written down, as for no other reading.
      noteChange(request, { target: { kind: 'program', id, name: title }, after: { activity, format, run } })
      void reply.header('cache-control', 'no-store')
      const named = (words: string) => fileNameOf(`${title} - ${words}`, { fallback: `${id} ${words}`, extension: format })
      const [table] = tables
      if (format === 'xlsx' || table === undefined) return await sendXlsx(reply, { fileName: named(activity), tables })
      const columns = Object.fromEntries(table.columns.map((column, index) => [`c${index}`, column]))
      const words = table.name.toLowerCase() === activity ? activity : `${activity} ${table.name.toLowerCase()}`
      return sendCsv(reply, { fileName: named(words), columns, pages: pagesOf(table) })
    })
  }
}
