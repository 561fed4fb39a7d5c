// Owns: links to the big screen of a program: made, copied once, revoked.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ListAnswer, limits, type ScreenLinkAnswer } from '@voila/protocol'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { useMay } from '../may.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { CopyField } from '../pieces/copy.tsx'
import { SkeletonRows } from '../pieces/cursor-list.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { Section } from '../pieces/section.tsx'

export function ScreenLinks({ programId }: { programId: string }) {
  const may = useMay('activities:prepare')
  const path = `/api/programs/${programId}/screen-links`
  const queryKey = ['program', programId, 'screen-links']
  const queries = useQueryClient()
  const links = useQuery({ queryKey, queryFn: async () => (await api.get<ListAnswer<ScreenLinkAnswer>>(path)).items, enabled: may })
  const [name, setName] = useState('')
  const [revoking, setRevoking] = useState<ScreenLinkAnswer>()
  const making = useMutation({
    mutationFn: () => api.send<{ link: ScreenLinkAnswer; url: string }>('POST', path, { name: name.trim() }),
    async onSuccess() {
      setName('')
      await queries.invalidateQueries({ queryKey })
    },
  })
  if (!may) return null
  const works = (links.data ?? []).filter(({ revokedAt }) => revokedAt === null)
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (name.trim() !== '') making.mutate()
  }
  return (
    <Section
      title="Screen links"
      says="For the projector in the room, or a browser source of your encoder. Whoever has such a link sees what is taken to the screen, and nothing else."
    >
      <Stack gap="md">
        <form onSubmit={submit}>
          <Group gap="xs" align="flex-end">
            <TextInput
              label="Where it is shown"
              placeholder="Main hall"
              maxLength={limits.nameUnits}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" loading={making.isPending} disabled={name.trim() === ''}>
              Make a link
            </Button>
          </Group>
        </form>
        <ErrorNote error={making.error ?? links.error} />
        {making.data !== undefined && (
          <CopyField
            label={`Link for ${making.data.link.name}`}
            description="Copy it now: it is shown this once. Put ?background=transparent or a colour (?background=003366) and &size=large before the # to change how it looks."
            value={making.data.url}
            what="screen link"
          />
        )}
        {links.isPending && <SkeletonRows rows={2} height={28} />}
        {links.data !== undefined && works.length === 0 && (
          <Text size="sm" c="dimmed">
            No link works at present.
          </Text>
        )}
        {works.map((link) => (
          <Group key={link.id} justify="space-between" gap="xs" wrap="nowrap">
            <div>
              <Text size="sm">{link.name}</Text>
              <Text size="xs" c="dimmed">
                {link.lastUsedAt === null ? 'Never used' : `Last used ${new Date(link.lastUsedAt).toLocaleString()}`}
              </Text>
            </div>
            <Button size="compact-sm" variant="default" aria-label={`Revoke the link for ${link.name}`} onClick={() => setRevoking(link)}>
              Revoke
            </Button>
          </Group>
        ))}
      </Stack>
      <Confirm
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={`Revoke the link for ${revoking?.name ?? ''}?`}
        action="Revoke the link"
        onConfirm={async () => {
          if (revoking !== undefined) await api.send('DELETE', `${path}/${revoking.id}`)
          await queries.invalidateQueries({ queryKey })
        }}
      >
        <Text size="sm">Every screen that was opened by it goes dark within two seconds. It can’t be used again.</Text>
      </Confirm>
    </Section>
  )
}
