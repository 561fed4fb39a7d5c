// Owns: choosing one of an organization's programs, found by its title or id.
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { Program } from '@voila/protocol'
import { useEffect, useState } from 'react'
import { useOrganization } from '../may.ts'
import { programQuery, programsQuery } from '../queries.ts'

const searchMs = 250
const refreshMs = 5_000

/** The chosen program as it is now; undefined while none is chosen. */
export function useChosenProgram(programId: string | undefined): Program | undefined {
  return useQuery({ ...programQuery(programId ?? ''), enabled: programId !== undefined, refetchInterval: refreshMs }).data
}

/** What a field for a program knows and tells: the id that is chosen. */
export type ProgramChoiceValue = { programId: string | undefined; onProgram(programId: string): void }

/** The newest program is chosen at first. */
export function ProgramChoice({
  programId,
  onProgram,
  label = 'Program',
  description,
}: ProgramChoiceValue & { label?: string; description?: string }) {
  const { id: organizationId } = useOrganization()
  const chosen = useChosenProgram(programId)
  const [search, setSearch] = useState('')
  const [asked] = useDebouncedValue(search, searchMs)
  const query = useInfiniteQuery(programsQuery(organizationId, asked === chosen?.title ? {} : { search: asked }))
  const programs = query.data?.pages.flatMap(({ items }) => items) ?? []
  const newest = programs[0]?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: only while nothing has been chosen
  useEffect(() => {
    if (programId === undefined && newest !== undefined && search === '') onProgram(newest)
  }, [newest])
  const offered = chosen === undefined || programs.some(({ id }) => id === chosen.id) ? programs : [chosen, ...programs]
  return (
    <Select
      label={label}
      description={description}
      placeholder={query.isPending ? 'Loading' : 'Search by title or id'}
      nothingFoundMessage="No program matches."
      searchable
      allowDeselect={false}
      searchValue={search}
      onSearchChange={setSearch}
      // The server has searched already.
      filter={({ options }) => options}
      data={offered.map(({ id, title }) => ({ value: id, label: title }))}
      value={programId ?? null}
      onChange={(id) => {
        if (id !== null) onProgram(id)
      }}
    />
  )
}
