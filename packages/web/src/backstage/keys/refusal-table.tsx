// Owns: showing who was refused lately, and why. Never the token; the subject only where the signature was good.
import { Anchor, Text } from '@mantine/core'
import type { RefusalAnswer } from '@voila/protocol'
import { DataTable } from '../pieces/data-table.tsx'
import { LinkText } from '../pieces/links.tsx'
import { Moment } from '../pieces/moment.tsx'
import { problemPath, refusalWords } from './refusal-words.ts'

/** @param props.by  what the list is not of already: refusals of a key name the program, those of a program the kid */
export function RefusalTable({ refusals, by }: { refusals: readonly RefusalAnswer[]; by: 'program' | 'kid' }) {
  return (
    <DataTable
      top
      label="Refusals"
      columns={[
        { title: 'When', width: 180 },
        { title: 'Why' },
        { title: by === 'program' ? 'Program' : 'kid', width: 200 },
        { title: 'Subject', width: 200 },
      ]}
      rows={refusals.map(({ at, code, claim, kid, programId, subject }, index) => ({
        // Two refusals can be alike in everything.
        key: `${at} ${index}`,
        cells: [
          <Moment key="at" at={at} />,
          <div key="why">
            <Anchor href={problemPath(code)} target="_blank" rel="noopener" size="sm" className="mono">
              {code}
            </Anchor>
            <Text size="sm">{refusalWords(code, claim)}</Text>
          </div>,
          by === 'program' ? (
            <LinkText key="program" to="/p/$programId" params={{ programId }} size="sm" className="mono">
              {programId}
            </LinkText>
          ) : (
            <Text key="kid" size="sm" className="mono">
              {kid ?? 'none'}
            </Text>
          ),
          subject === null ? (
            <Text key="subject" size="sm" c="dimmed">
              not proven
            </Text>
          ) : (
            subject
          ),
        ],
      }))}
    />
  )
}
