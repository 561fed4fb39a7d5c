// Owns: ending a partner key: after an overlap, or at once.
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PartnerKeyAnswer } from '@voila/protocol'
import dayjs from 'dayjs'
import { useState } from 'react'
import { api } from '../api.ts'
import { TypedConfirm } from '../pieces/confirm.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone } from '../pieces/notes.tsx'
import { keyQuery, keysKey } from '../queries.ts'
import '@mantine/dates/styles.css'

/** Long enough to bring a new key to every server that signs. */
const overlapDays = 7

function useKeyChanged({ organizationId, kid }: PartnerKeyAnswer): (changed: PartnerKeyAnswer) => Promise<void> {
  const queryClient = useQueryClient()
  return async (changed) => {
    queryClient.setQueryData(keyQuery(organizationId, kid).queryKey, changed)
    await queryClient.invalidateQueries({ queryKey: keysKey(organizationId) })
  }
}

export function RetireKey({ partnerKey, opened, onClose }: { partnerKey: PartnerKeyAnswer; opened: boolean; onClose(): void }) {
  const { organizationId, kid, name } = partnerKey
  const keyChanged = useKeyChanged(partnerKey)
  const [until, setUntil] = useState<string | null>(dayjs().add(overlapDays, 'day').startOf('hour').format('YYYY-MM-DD HH:mm:ss'))
  const retiring = useMutation({
    mutationFn: (at: string) =>
      api.send<PartnerKeyAnswer>('POST', `/api/organizations/${organizationId}/partner-keys/${kid}/retire`, {
        until: dayjs(at).toISOString(),
      }),
    async onSuccess(changed) {
      await keyChanged(changed)
      showDone(`${name} is accepted until then, and not afterwards.`)
      onClose()
    },
  })
  return (
    <Modal opened={opened} onClose={onClose} title={`Retire ${name}`}>
      <Stack gap="md">
        <Text size="sm">
          First declare the next key and bring it to every server that signs. Until the date below both are accepted; then tokens of this
          one are refused. Who is in by then stays in.
        </Text>
        <DateTimePicker
          label="Accepted until"
          description={`In your time zone, at most until its last day.`}
          minDate={dayjs().format('YYYY-MM-DD')}
          maxDate={dayjs(partnerKey.notAfter).format('YYYY-MM-DD HH:mm:ss')}
          valueFormat="D MMM YYYY HH:mm"
          value={until}
          onChange={setUntil}
        />
        <ErrorNote error={retiring.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={until === null} loading={retiring.isPending} onClick={() => until !== null && retiring.mutate(until)}>
            Retire key
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

const sessionWords = (count: number): string =>
  count === 0
    ? 'Nobody is in by it now.'
    : count === 1
      ? '1 session that came of it ends.'
      : `${count.toLocaleString()} sessions that came of it end.`

export function RevokeKey({ partnerKey, opened, onClose }: { partnerKey: PartnerKeyAnswer; opened: boolean; onClose(): void }) {
  const { organizationId, kid, name, openSessions } = partnerKey
  const keyChanged = useKeyChanged(partnerKey)
  return (
    <TypedConfirm
      opened={opened}
      onClose={onClose}
      title={`Revoke ${name}?`}
      typed={name}
      action="Revoke key"
      onConfirm={async () => {
        const changed = await api.send<PartnerKeyAnswer>('POST', `/api/organizations/${organizationId}/partner-keys/${kid}/revoke`)
        await keyChanged(changed)
        showDone(`${name} has been revoked.`)
      }}
    >
      <Text size="sm">
        Its tokens are refused at once. <strong>{sessionWords(openSessions)}</strong>
        {openSessions === 0 ? '' : ' Picture and chat stop for these attendees, and they come in again only by a token of another key.'}{' '}
        This can’t be undone.
      </Text>
    </TypedConfirm>
  )
}
