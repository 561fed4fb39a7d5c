// Owns: choosing one of an organization's programs, found by its title or id.
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Program } from '@voila/protocol'
import { useEffect, useState } from 'react'
import { useOrganization } from '../may.ts'
import { programsQuery } from '../queries.ts'

/** The newest program is chosen at first. `onChange` is told the program, or undefined where there is none. */
export function ProgramChoice({
  value,
  onChange,
  label = 'Program',
  description,
}: {
  value: Program | undefined
  onChange(program: Program | undefined): void
  label?: string
  description?: string
}) {
  const { id: organizationId } = useOrganization()
  const [search, setSearch] = useState('')
  const [asked] = useDebouncedValue(search, 250)
  const isChosen = asked === value?.title
  const query = useInfiniteQuery(programsQuery(organizationId, isChosen ? {} : { search: asked }))
  const programs = query.data?.pages.flatMap(({ items }) => items) ?? []
  const [newest] = programs
  // biome-ignore lint/correctness/useExhaustiveDependencies: only while nothing has been chosen
  useEffect(() => {
    if (value === undefined && newest !== undefined && search === '') onChange(newest)
  }, [newest])
  const offered = value === undefined || programs.some(({ id }) => id === value.id) ? programs : [value, ...programs]
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
      value={value?.id ?? null}
      onChange={(id) => onChange(offered.find((program) => program.id === id))}
    />
  )
}
