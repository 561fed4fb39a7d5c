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

const counted = (count: number, one: string, many: string): string => `${new Intl.NumberFormat().format(count)} ${count === 1 ? one : many}`

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
