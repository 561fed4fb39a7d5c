// Owns: showing who was refused lately, and why. Never the token; the subject only where the signature was good.
import { Anchor, Table, Text } from '@mantine/core'
import type { RefusalAnswer } from '@voila/protocol'
import { LinkText } from '../pieces/links.tsx'
import { Moment } from '../pieces/moment.tsx'
import { problemPath, refusalWords } from './refusal-words.ts'

/** @param props.by  what the list is not of already: refusals of a key name the program, those of a program the kid */
export function RefusalTable({ refusals, by }: { refusals: readonly RefusalAnswer[]; by: 'program' | 'kid' }) {
  return (
    <Table.ScrollContainer minWidth={720} type="native">
      <Table aria-label="Refusals" className="audit-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={180}>When</Table.Th>
            <Table.Th>Why</Table.Th>
            <Table.Th w={180}>{by === 'program' ? 'Program' : 'kid'}</Table.Th>
            <Table.Th w={180}>Subject</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {refusals.map(({ at, code, claim, kid, programId, subject }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two refusals can be alike in everything
            <Table.Tr key={`${at} ${index}`}>
              <Table.Td>
                <Moment at={at} />
              </Table.Td>
              <Table.Td>
                <Anchor href={problemPath(code)} target="_blank" rel="noopener" size="sm" className="mono">
                  {code}
                </Anchor>
                <Text size="sm">{refusalWords(code, claim)}</Text>
              </Table.Td>
              <Table.Td>
                {by === 'program' ? (
                  <LinkText to="/p/$programId" params={{ programId }} size="sm" className="mono">
                    {programId}
                  </LinkText>
                ) : (
                  <Text size="sm" className="mono">
                    {kid ?? 'none'}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Text size="sm" {...(subject === null ? { c: 'dimmed' } : {})}>
                  {subject ?? 'not proven'}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
