// Owns: the lock of a program: private, or public by one click and a question that says what that means.
import { Button, Group, Paper, Radio, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconLock, IconLockOpen2 } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import type { Program } from '@voila/protocol'
import { useState } from 'react'
import { api } from '../api.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { showDone } from '../pieces/notes.tsx'
import { programQuery } from '../queries.ts'
import { programPath } from './program-queries.ts'
import type { ProgramEdit } from './use-program-edit.ts'

export function OpenLock({ program, edit, mayWrite }: { program: Program; edit: ProgramEdit; mayWrite: boolean }) {
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const isPublic = program.access === 'public'

  async function turn(): Promise<void> {
    const saved = await api.send<Program>('PATCH', programPath(program.id), { access: isPublic ? 'private' : 'public' })
    queryClient.setQueryData(programQuery(program.id).queryKey, saved)
    showDone(isPublic ? 'The program is private.' : 'The program is public.')
  }

  return (
    <Paper p="md">
      <Stack gap="md">
        <Group gap="md" align="flex-start">
          <ThemeIcon variant="light" size={36} {...(isPublic ? { color: 'orange' } : {})}>
            {isPublic ? <IconLockOpen2 size={20} aria-hidden /> : <IconLock size={20} aria-hidden />}
          </ThemeIcon>
          {/* On a phone the button goes below. */}
          <div style={{ flex: '1 1 200px' }}>
            <Title order={2} size="h3">
              {isPublic ? 'Public' : 'Private'}
            </Title>
            <Text size="sm" c="dimmed" mt={4}>
              {isPublic
                ? 'Whoever has the address gets in, as a guest. A good token still says who somebody is; a bad one is written down as refused, and its holder comes in as a guest.'
                : 'Nobody gets in without a token that your own server has signed for them, or a company account where that is on. The picture itself is behind that door.'}
            </Text>
          </div>
          {mayWrite && (
            <Button
              variant="default"
              style={{ flex: 'none' }}
              disabled={edit.isDirty}
              {...(edit.isDirty ? { title: 'Save or discard your changes first.' } : {})}
              onClick={() => setAsking(true)}
            >
              {isPublic ? 'Make private' : 'Make public'}
            </Button>
          )}
        </Group>
        {isPublic && (
          <Radio.Group
            label="What guests do"
            value={edit.values.anonymous}
            onChange={(anonymous) => edit.set({ anonymous: anonymous === 'watch' ? 'watch' : 'name' })}
          >
            <Stack gap="xs" mt="xs">
              <Radio
                value="name"
                label="Choose a name and take part"
                description="They are marked as guests, and can’t call themselves like your organization or somebody on your team."
              />
              <Radio value="watch" label="Only watch" description="They read the chat and write nothing." />
            </Stack>
          </Radio.Group>
        )}
      </Stack>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={isPublic ? 'Make this program private?' : 'Make this program public?'}
        action={isPublic ? 'Make private' : 'Make public'}
        dangerous
        onConfirm={turn}
      >
        <Text size="sm">
          {isPublic
            ? `Guests who are in now go at once${program.viewers === 0 ? '' : `; attendees there now, guests among them: ${program.viewers.toLocaleString()}`}. Whoever came by a token or a company account stays.`
            : 'Anybody who has or guesses the address watches, without a token, until you make it private again. The address can be passed on, and you will not know who they are.'}
        </Text>
      </Confirm>
    </Paper>
  )
}
