// Owns: the head of a page: its title, which is also the document's, one sentence, and what can be done first.
import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'

/** Moves the focus to the title when the page opens, so that screen readers start there. `above`: the way back to the list it is of. */
export function PageHead({ title, above, says, actions }: { title: string; above?: ReactNode; says?: ReactNode; actions?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Backstage`
  }, [title])
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <Group justify="space-between" align="flex-start" gap="md" mb="lg">
      <Stack gap={4} className="page-head-words">
        {above === undefined ? null : <Text size="sm">{above}</Text>}
        <Title order={1} ref={heading} tabIndex={-1}>
          {title}
        </Title>
        {says === undefined ? null : (
          <Text c="dimmed" size="sm">
            {says}
          </Text>
        )}
      </Stack>
      {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
    </Group>
  )
}
