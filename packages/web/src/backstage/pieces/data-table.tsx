// Owns: tables of things, which on a phone become cards: each value under the name of its column.
import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

export type Column = {
  /** Empty for the column of actions. */
  readonly title: string
  /** Whether it holds numbers, which stand at the end of the line. */
  readonly numbers?: true
  readonly width?: number
}

/** The first cell of a row is its name. A cell that is null is left out of the card. */
export type DataRow = { readonly key: string; readonly cells: readonly ReactNode[] }

export function DataTable({
  label,
  columns,
  rows,
  top = false,
}: {
  label: string
  columns: readonly Column[]
  rows: readonly DataRow[]
  /** Whether cells of unlike height start at the same line. */
  top?: boolean
}) {
  return (
    <Table aria-label={label} className="data-table" {...(top ? { 'data-top': true } : {})}>
      <Table.Thead>
        <Table.Tr>
          {columns.map(({ title, numbers, width }) => (
            <Table.Th key={title} {...(numbers ? { ta: 'end' } : {})} {...(width === undefined ? {} : { w: width })}>
              {title === '' ? <span className="unseen">Actions</span> : title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ key, cells }) => (
          <Table.Tr key={key}>
            {columns.map(({ title, numbers }, index) => (
              <Table.Td
                key={title}
                data-label={title}
                {...(cells[index] === null ? { 'data-empty': true } : {})}
                {...(numbers ? { 'data-numbers': true } : {})}
                {...(title === '' ? { 'data-actions': true } : {})}
              >
                {cells[index]}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
