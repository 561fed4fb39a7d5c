// Owns: copying what another program has prepared: which program, and which of it.
import { Button, Checkbox, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { SkeletonRows } from '../pieces/cursor-list.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone } from '../pieces/notes.tsx'
import { programsQuery } from '../queries.ts'
import { preparedRows } from './prepared-kinds.ts'
import { preparedApi, preparedQuery } from './prepared-queries.ts'

type ImportProps = { programId: string; organizationId: string; opened: boolean; onClose(): void; onDone(): unknown }

export function ImportPrepared(props: ImportProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Import from another program" size="lg">
      {props.opened && <ImportForm {...props} />}
    </Modal>
  )
}

function ImportForm({ programId, organizationId, onClose, onDone }: ImportProps) {
  const [search, setSearch] = useState('')
  const [from, setFrom] = useState<string | null>(null)
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const programs = useInfiniteQuery(programsQuery(organizationId, { search }))
  const prepared = useQuery({ ...preparedQuery(from ?? ''), enabled: from !== null })
  const items = from === null ? [] : (prepared.data ?? [])
  const chosen = items.filter(({ id }) => !left.has(id))
  const importing = useMutation({
    mutationFn: () => preparedApi.import(programId, { programId: from ?? '', items: chosen.map(({ id }) => id) }),
    async onSuccess({ items: made }) {
      await onDone()
      showDone(made.length === 1 ? 'One is imported.' : `${made.length} are imported.`)
      onClose()
    },
  })
  const toggle = (id: string): void => {
    const next = new Set(left)
    if (!next.delete(id)) next.add(id)
    setLeft(next)
  }
  const others = (programs.data?.pages.flatMap((page) => page.items) ?? []).filter(({ id }) => id !== programId)
  return (
    <Stack gap="md">
      <Select
        label="Program"
        placeholder="Search by title"
        searchable
        data-autofocus
        data={others.map(({ id, title }) => ({ value: id, label: title }))}
        filter={({ options }) => options}
        onSearchChange={setSearch}
        value={from}
        onChange={(value) => {
          setFrom(value)
          setLeft(new Set())
        }}
        nothingFoundMessage="No other program"
      />
      {from !== null && prepared.isPending && <SkeletonRows rows={3} height={28} />}
      <ErrorNote error={prepared.error ?? importing.error} />
      {from !== null && prepared.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing is prepared there.
        </Text>
      )}
      {items.length > 0 && (
        <Stack gap="xs" role="group" aria-label="What is imported">
          {items.map((item) => (
            <Checkbox
              key={item.id}
              label={item.title}
              description={preparedRows.find(({ kind }) => kind === item.kind)?.about(item) ?? ''}
              checked={!left.has(item.id)}
              onChange={() => toggle(item.id)}
            />
          ))}
        </Stack>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button disabled={chosen.length === 0} loading={importing.isPending} onClick={() => importing.mutate()}>
          Import {chosen.length > 0 ? chosen.length : ''}
        </Button>
      </Group>
    </Stack>
  )
}
