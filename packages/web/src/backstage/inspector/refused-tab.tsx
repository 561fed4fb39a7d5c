// Owns: who was refused at a program lately.
import { Box, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ProgramChoice, type ProgramChoiceValue } from '../keys/program-choice.tsx'
import { RefusalTable } from '../keys/refusal-table.tsx'
import { CursorList } from '../pieces/cursor-list.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { programRefusalsQuery } from '../queries.ts'

function Refusals({ programId }: { programId: string }) {
  const query = useInfiniteQuery({ ...programRefusalsQuery(programId), refetchInterval: 5_000 })
  return (
    <CursorList query={query} empty={<EmptyState says="Nobody has been refused at this program." />}>
      {(refusals) => <RefusalTable refusals={refusals} by="kid" />}
    </CursorList>
  )
}

export function RefusedTab(choice: ProgramChoiceValue) {
  const { programId } = choice
  return (
    <Stack gap="md">
      <Box maw={420}>
        <ProgramChoice {...choice} description="Tokens that were refused here. They themselves are not kept." />
      </Box>
      {programId === undefined ? null : <Refusals programId={programId} />}
    </Stack>
  )
}
