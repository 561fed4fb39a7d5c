// Owns: a part of a page of settings: its title, one sentence, and what is in it.
import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

export function Section({
  title,
  says,
  actions,
  children,
}: {
  title: string
  says?: ReactNode
  actions?: ReactNode
  children?: ReactNode
}) {
  const id = useId()
  return (
    <Paper component="section" p={{ base: 'md', sm: 'lg' }} mb="lg" aria-labelledby={id} bg="var(--voila-panel)">
      <Group justify="space-between" align="flex-start" gap="sm" {...(children === undefined ? {} : { mb: 'md' })}>
        <Stack gap={2} className="page-head-words">
          <Title order={2} id={id}>
            {title}
          </Title>
          {says === undefined ? null : (
            <Text size="sm" c="dimmed">
              {says}
            </Text>
          )}
        </Stack>
        {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Paper>
  )
}
