// Owns: deleting a program: what goes with it is counted first, and its title typed.
import { Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Program } from '@voila/protocol'
import { api } from '../api.ts'
import { TypedConfirm } from '../pieces/confirm.tsx'
import { showDone } from '../pieces/notes.tsx'
import { curveQuery, programPath, recordingsQuery } from './program-queries.ts'

type DeleteProgramProps = { program: Program; opened: boolean; onClose: () => void }

/** What goes with it, as far as there is any. */
function lossOf({ recordings, attendees }: { recordings: number; attendees: number }): string {
  const format = new Intl.NumberFormat()
  const counted = [
    ...(recordings === 0 ? [] : [`${format.format(recordings)} ${recordings === 1 ? 'recording' : 'recordings'}`]),
    ...(attendees === 0 ? [] : [`the record of ${format.format(attendees)} ${attendees === 1 ? 'attendee' : 'attendees'}`]),
  ]
  return new Intl.ListFormat('en', { style: 'long', type: 'conjunction' }).format(['Its page', 'its chat', ...counted])
}

export function DeleteProgram({ program, opened, onClose }: DeleteProgramProps) {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const curve = useQuery({ ...curveQuery(program.id), enabled: opened, refetchInterval: false })
  const recordings = useQuery({ ...recordingsQuery(program.id), enabled: opened, refetchInterval: false })

  async function remove(): Promise<void> {
    await api.send('DELETE', programPath(program.id))
    showDone(`“${program.title}” has been deleted.`)
    await navigate({ to: '/o/$organizationId/programs', params: { organizationId: program.organizationId } })
    queryClient.removeQueries({ queryKey: ['program', program.id] })
    await queryClient.invalidateQueries({ queryKey: ['organization', program.organizationId] })
  }

  return (
    <TypedConfirm opened={opened} onClose={onClose} title="Delete program" action="Delete program" typed={program.title} onConfirm={remove}>
      <Text size="sm">
        {lossOf({ recordings: recordings.data?.items.length ?? 0, attendees: curve.data?.total ?? 0 })} are deleted for everybody, and its
        links lead nowhere. It cannot be brought back.
      </Text>
    </TypedConfirm>
  )
}
