// Owns: what was recorded of a program: downloaded, deleted.
import { ActionIcon, Badge, Button, Group, Table, Text, Tooltip } from '@mantine/core'
import { IconDownload, IconMovie, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Program, RecordingAnswer } from '@voila/protocol'
import { useState } from 'react'
import { api } from '../api.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { SkeletonRows } from '../pieces/cursor-list.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { Moment } from '../pieces/moment.tsx'
import { showDone } from '../pieces/notes.tsx'
import { durationText, sizeText } from './measures.ts'
import { programPath, recordingsQuery } from './program-queries.ts'

export function Recordings({ program }: { program: Program }) {
  const query = useQuery(recordingsQuery(program.id))
  const [deleting, setDeleting] = useState<RecordingAnswer>()
  const path = `${programPath(program.id)}/recordings`
  if (query.isPending) return <SkeletonRows rows={2} />
  if (query.data === undefined) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  const { items } = query.data
  if (items.length === 0) {
    return (
      <EmptyState
        icon={<IconMovie size={28} stroke={1.5} aria-hidden />}
        says="Recordings appear here as soon as a feed arrives. Send one from your encoder."
      />
    )
  }

  async function remove({ id }: RecordingAnswer): Promise<void> {
    await api.send('DELETE', `${path}/${id}`)
    await query.refetch()
    showDone('The recording has been deleted.')
  }

  return (
    <>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Began</Table.Th>
            <Table.Th>Length</Table.Th>
            <Table.Th visibleFrom="xs">Size</Table.Th>
            <Table.Th w={100}>
              <span className="unseen">What to do</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((recording) => (
            <Table.Tr key={recording.id}>
              <Table.Td>
                <Group gap="xs">
                  <Moment at={recording.startedAt} timeZone={program.timeZone} />
                  {!recording.complete && (
                    <Badge size="sm" color="red">
                      recording
                    </Badge>
                  )}
                </Group>
              </Table.Td>
              <Table.Td>{durationText(recording.durationSeconds)}</Table.Td>
              <Table.Td visibleFrom="xs">{sizeText(recording.sizeBytes)}</Table.Td>
              <Table.Td>
                <Group gap={4} wrap="nowrap" justify="flex-end">
                  <Tooltip label="Download the recording">
                    <ActionIcon component="a" href={`${path}/${recording.id}/file`} download size={36} aria-label="Download the recording">
                      <IconDownload size={18} aria-hidden />
                    </ActionIcon>
                  </Tooltip>
                  <Tooltip label={recording.complete ? 'Delete the recording' : 'It can be deleted when it is complete'}>
                    <ActionIcon
                      size={36}
                      aria-label="Delete the recording"
                      disabled={!recording.complete}
                      onClick={() => setDeleting(recording)}
                    >
                      <IconTrash size={18} aria-hidden />
                    </ActionIcon>
                  </Tooltip>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {deleting !== undefined && (
        <Confirm
          opened
          onClose={() => setDeleting(undefined)}
          title="Delete the recording"
          action="Delete recording"
          onConfirm={() => remove(deleting)}
        >
          <Text size="sm">
            The {durationText(deleting.durationSeconds)} that began <Moment at={deleting.startedAt} /> are deleted for everybody. They
            cannot be brought back.
          </Text>
          <Button
            mt="sm"
            variant="default"
            size="xs"
            component="a"
            href={`${path}/${deleting.id}/file`}
            download
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            Download it first
          </Button>
        </Confirm>
      )}
    </>
  )
}
