// Owns: the frame around the pages of people who are not signed in.
import { Center, Group, Paper, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Logo } from '../pieces/logo.tsx'
import { PageHead } from '../pieces/page-head.tsx'

export function SignInFrame({ title, says, children, foot }: { title: string; says?: ReactNode; children?: ReactNode; foot?: ReactNode }) {
  return (
    <Center component="main" mih="100dvh" p="md" className="sign-in">
      <Stack w="100%" maw={420} gap="lg">
        <Group gap="xs" justify="center">
          <Logo />
          <Text fw={600} size="lg">
            Voilà Backstage
          </Text>
        </Group>
        <Paper p={{ base: 'lg', sm: 'xl' }} radius="lg">
          <PageHead title={title} says={says} />
          {children}
        </Paper>
        {foot === undefined ? null : (
          <Text size="sm" c="dimmed" ta="center" component="div">
            {foot}
          </Text>
        )}
      </Stack>
    </Center>
  )
}
