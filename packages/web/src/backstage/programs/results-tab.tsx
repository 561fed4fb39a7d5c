// Owns: taking away what happened in the activities of a program.
import { Button, Group, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ActivityName } from '@voila/protocol'
import type { ReactNode } from 'react'
import { useMay } from '../may.ts'
import { EmptyState } from '../pieces/empty-state.tsx'
import { Section } from '../pieces/section.tsx'
import { programPath, useProgram } from './program-queries.ts'

type Row = {
  readonly activity: ActivityName
  readonly title: string
  readonly says: string
  /** For CSV, one file each; the first is taken where none is named. */
  readonly sheets?: readonly string[]
}

/** In the order of the page. */
const rows: readonly Row[] = [
  { activity: 'chat', title: 'Chat', says: 'Every message, also those that were held, dismissed or deleted.' },
  { activity: 'questions', title: 'Questions', says: 'Every question with its votes and answers.', sheets: ['Questions', 'Replies'] },
  {
    activity: 'polls',
    title: 'Polls',
    says: 'Questions, results, and who chose what where the poll was not secret.',
    sheets: ['Polls', 'Votes', 'Answers'],
  },
  {
    activity: 'quiz',
    title: 'Quiz',
    says: 'Final ranks, each question, each answer with its time and points.',
    sheets: ['Results', 'Questions', 'Answers'],
  },
  { activity: 'reactions', title: 'Reactions', says: 'Sums, and how many in each minute.', sheets: ['Reactions', 'By minute'] },
  { activity: 'announcements', title: 'Announcements', says: 'What the team announced, and when.' },
  { activity: 'screen', title: 'Screen', says: 'What was taken to the screen, slide by slide, and when.' },
  { activity: 'backchannel', title: 'Backchannel', says: 'What the team wrote to itself.' },
]

export function ResultsTab() {
  const { id } = useProgram()
  const mayExport = useMay('activities:export')
  const path = (activity: string, query: string): string => `${programPath(id)}/exports/${activity}?${query}`
  return (
    <Section
      title="Results"
      says="At any time, during the show too. Who did not agree to share personal data has a pseudonym here, always the same one, and no e-mail address."
    >
      {mayExport ? (
        <ul className="plain-list results">
          {rows.map(({ activity, title, says, sheets }) => (
            <li key={activity}>
              <div>
                <Text size="sm" fw={500}>
                  {title}
                </Text>
                <Text size="sm" c="dimmed">
                  {says}
                </Text>
              </div>
              <Group gap="xs" className="results-files">
                <Download href={path(activity, 'format=xlsx')} label={`${title} as XLSX`}>
                  XLSX
                </Download>
                {sheets === undefined ? (
                  <Download href={path(activity, 'format=csv')} label={`${title} as CSV`}>
                    CSV
                  </Download>
                ) : (
                  sheets.map((sheet) => (
                    <Download
                      key={sheet}
                      href={path(activity, `format=csv&sheet=${encodeURIComponent(sheet)}`)}
                      label={`${title}, ${sheet}, as CSV`}
                    >
                      CSV: {sheet}
                    </Download>
                  ))
                )}
              </Group>
            </li>
          ))}
        </ul>
      ) : (
        <EmptyState says="Your role does not export what happened in the activities. Ask a producer of your team." />
      )}
    </Section>
  )
}

function Download({ href, label, children }: { href: string; label: string; children: ReactNode }) {
  return (
    <Button
      component="a"
      href={href}
      download
      variant="default"
      size="xs"
      aria-label={label}
      leftSection={<IconDownload size={14} aria-hidden />}
    >
      {children}
    </Button>
  )
}
