// Owns: what is prepared for a show: the lists by kind, their order, and their editors.
import { ActionIcon, Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconCopy, IconDownload, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { PreparedAnswer } from '@voila/protocol'
import { Suspense, useState } from 'react'
import { useMay } from '../may.ts'
import { SkeletonRows } from '../pieces/cursor-list.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone, showProblem, showUndo } from '../pieces/notes.tsx'
import { Section } from '../pieces/section.tsx'
import { useProgram } from '../programs/program-queries.ts'
import { ImportPrepared } from './import-prepared.tsx'
import { preparedRows } from './prepared-kinds.ts'
import { preparedApi, preparedKey, preparedQuery } from './prepared-queries.ts'

type Row = (typeof preparedRows)[number]
type Editing = { readonly row: Row; readonly item: PreparedAnswer | undefined }

export function PrepareTab() {
  const { id: programId, organizationId } = useProgram()
  const may = useMay('activities:prepare')
  const query = useQuery(preparedQuery(programId))
  const client = useQueryClient()
  const [editing, setEditing] = useState<Editing>()
  const [importing, setImporting] = useState(false)
  const refresh = () => client.invalidateQueries({ queryKey: preparedKey(programId) })
  const doing = useMutation({ mutationFn: (work: () => Promise<unknown>) => work(), onSettled: refresh, onError: showProblem })
  const act = (work: () => Promise<unknown>): void => doing.mutate(work)

  async function remove(item: PreparedAnswer): Promise<void> {
    await preparedApi.remove(item)
    const { kind, title, content, position } = item
    const undo = () => act(() => preparedApi.make(programId, { kind, title, content, position }))
    showUndo({ message: `Deleted “${title}”.`, onUndo: undo })
  }
  async function save(made: { title: string; content: object }): Promise<void> {
    if (editing === undefined) return
    const { row, item } = editing
    await (item === undefined ? preparedApi.make(programId, { kind: row.kind, ...made }) : preparedApi.change(item, made))
    await refresh()
    setEditing(undefined)
    showDone(item === undefined ? 'Prepared.' : 'Saved.')
  }

  if (query.isPending) return <SkeletonRows rows={4} />
  if (query.data === undefined) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  const items = query.data
  return (
    <div className="narrow">
      {may && (
        <Group justify="flex-end" mb="md">
          <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => setImporting(true)}>
            Import from another program
          </Button>
        </Group>
      )}
      {preparedRows.map((row) => {
        const own = items.filter(({ kind }) => kind === row.kind)
        const add = (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing({ row, item: undefined })}>
            {row.add}
          </Button>
        )
        return (
          <Section
            key={row.kind}
            title={row.title}
            {...(own.length > 0 ? { says: row.says } : {})}
            actions={may && own.length > 0 ? add : null}
          >
            {own.length === 0 ? (
              <EmptyState icon={<row.icon size={32} aria-hidden />} says={row.says} action={may ? add : undefined} />
            ) : (
              <ul className="plain-list prepared-list">
                {own.map((item, index) => (
                  <PreparedRow
                    key={item.id}
                    {...{ row, item, index, may, act }}
                    count={own.length}
                    busy={doing.isPending}
                    onEdit={() => setEditing({ row, item })}
                    onRemove={() => act(() => remove(item))}
                  />
                ))}
              </ul>
            )}
          </Section>
        )
      })}
      <Modal
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        size="lg"
        title={editing === undefined ? '' : editing.item === undefined ? editing.row.add : `Edit the ${editing.row.one}`}
        closeOnClickOutside={false}
      >
        {editing !== undefined && (
          <Suspense fallback={<Skeleton height={320} animate={false} />}>
            <editing.row.Editor {...{ programId }} item={editing.item} onSave={save} onCancel={() => setEditing(undefined)} />
          </Suspense>
        )}
      </Modal>
      <ImportPrepared {...{ programId, organizationId }} opened={importing} onClose={() => setImporting(false)} onDone={refresh} />
    </div>
  )
}

type PreparedRowProps = {
  row: Row
  item: PreparedAnswer
  index: number
  count: number
  may: boolean
  busy: boolean
  act(work: () => Promise<unknown>): void
  onEdit(): void
  onRemove(): void
}

function PreparedRow({ row, item, index, count, may, busy, act, onEdit, onRemove }: PreparedRowProps) {
  const tools = [
    { label: 'Move up', Icon: IconArrowUp, off: index === 0, does: () => act(() => preparedApi.move(item, index - 1)) },
    { label: 'Move down', Icon: IconArrowDown, off: index === count - 1, does: () => act(() => preparedApi.move(item, index + 1)) },
    { label: 'Duplicate', Icon: IconCopy, off: false, does: () => act(() => preparedApi.duplicate(item)) },
    { label: 'Edit', Icon: IconPencil, off: false, does: onEdit },
    { label: 'Delete', Icon: IconTrash, off: false, does: onRemove },
  ]
  return (
    <li className="prepared-row">
      <Stack gap={2} className="prepared-words">
        <Text fw={500} dir="auto">
          {item.title}
        </Text>
        <Text size="sm" c="dimmed" lineClamp={2} dir="auto">
          {row.about(item)}
        </Text>
      </Stack>
      {may && (
        <Group gap={4} wrap="nowrap">
          {tools.map(({ label, Icon, off, does }) => (
            <ActionIcon
              key={label}
              variant="subtle"
              color="gray"
              disabled={off || busy}
              aria-label={`${label}: ${item.title}`}
              title={label}
              onClick={does}
            >
              <Icon size={18} aria-hidden />
            </ActionIcon>
          ))}
        </Group>
      )}
    </li>
  )
}
