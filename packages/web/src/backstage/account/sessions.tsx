// Owns: where the person is signed in, and signing out elsewhere.
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { SkeletonRows } from '../pieces/cursor-list.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { Moment } from '../pieces/moment.tsx'
import { showDone, showProblem } from '../pieces/notes.tsx'
import { Section } from '../pieces/section.tsx'
import { deviceWords, isPhone } from './device-words.ts'

type SignedInSession = {
  id: string
  token: string
  createdAt: string
  updatedAt: string
  ipAddress?: string | null
  userAgent?: string | null
}

export const sessionsKey = ['sessions'] as const

const sessionsQuery = queryOptions({
  queryKey: sessionsKey,
  queryFn: async () => {
    const [all, own] = await Promise.all([
      api.get<SignedInSession[]>('/api/auth/list-sessions'),
      api.get<{ session: { id: string } } | null>('/api/auth/get-session'),
    ])
    const isOwn = ({ id }: SignedInSession): boolean => id === own?.session.id
    return all
      .map((session) => ({ ...session, isOwn: isOwn(session) }))
      .sort((a, b) => Number(b.isOwn) - Number(a.isOwn) || b.updatedAt.localeCompare(a.updatedAt))
  },
})

export function Sessions() {
  const queryClient = useQueryClient()
  const sessions = useQuery(sessionsQuery)
  const onSuccess = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: sessionsKey })
    showDone('Signed out there.')
  }
  const ending = useMutation({
    mutationFn: (token: string) => api.send('POST', '/api/auth/revoke-session', { token }),
    onSuccess,
    onError: showProblem,
  })
  const endingOthers = useMutation({
    mutationFn: () => api.send('POST', '/api/auth/revoke-other-sessions', {}),
    onSuccess,
    onError: showProblem,
  })
  const others = sessions.data?.filter(({ isOwn }) => !isOwn) ?? []
  return (
    <Section
      title="Where you are signed in"
      actions={
        others.length === 0 ? undefined : (
          <Button variant="default" size="sm" onClick={() => endingOthers.mutate()} loading={endingOthers.isPending}>
            Sign out everywhere else
          </Button>
        )
      }
    >
      {sessions.isPending ? <SkeletonRows rows={2} /> : null}
      <ErrorNote error={sessions.error} onRetry={() => void sessions.refetch()} />
      <Stack gap={0} component="ul" className="plain-list" aria-label="Sessions">
        {sessions.data?.map(({ id, token, isOwn, ipAddress, userAgent, updatedAt }) => (
          <Group key={id} component="li" justify="space-between" gap="sm" wrap="nowrap" className="plain-row">
            <Group gap="sm" wrap="nowrap">
              {isPhone(userAgent) ? <IconDeviceMobile size={20} aria-hidden /> : <IconDeviceDesktop size={20} aria-hidden />}
              <div>
                <Text size="sm" fw={500}>
                  {deviceWords(userAgent)}
                </Text>
                <Text size="sm" c="dimmed">
                  {ipAddress == null || ipAddress === '' ? null : `${ipAddress}, `}
                  active <Moment at={updatedAt} relative />
                </Text>
              </div>
            </Group>
            {isOwn ? (
              <Badge color="green" className="no-shrink">
                This one
              </Badge>
            ) : (
              <Button variant="default" size="xs" onClick={() => ending.mutate(token)} aria-label={`Sign out of ${deviceWords(userAgent)}`}>
                Sign out
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Section>
  )
}
