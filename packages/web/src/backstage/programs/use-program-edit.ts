// Owns: editing a program while others may too: what is written here, what was changed meanwhile, and saving.

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Program, ProgramPatch } from '@voila/protocol'
import { useState } from 'react'
import { api, isRefusal } from '../api.ts'
import { programQuery } from '../queries.ts'
import { changesOf, type Difference, meet } from './edit.ts'
import { type FieldName, faultsOf, fieldsOf, type ProgramFields, patchOf } from './program-fields.ts'
import { programPath } from './program-queries.ts'

export type FieldDifference = Difference<ProgramFields>

export type ProgramEdit = {
  readonly values: ProgramFields
  readonly faults: Partial<Record<FieldName, string>>
  readonly isDirty: boolean
  readonly isSaving: boolean
  /** What went wrong with the last save, other than that somebody else was first. */
  readonly error: unknown
  /** The last save was refused, because somebody else had saved; what they changed is in `differences`. */
  readonly wasRefused: boolean
  readonly differences: readonly FieldDifference[]
  set(changes: Partial<ProgramFields>): void
  /** Lets one side of a difference stand. */
  keep(field: FieldName, side: 'mine' | 'theirs'): void
  takeAllTheirs(): void
  discard(): void
  save(): void
}

type Editing = {
  readonly version: number
  readonly base: ProgramFields
  readonly values: ProgramFields
  readonly differences: readonly FieldDifference[]
}

const opened = (program: Program): Editing => {
  const fields = fieldsOf(program)
  return { version: program.version, base: fields, values: fields, differences: [] }
}

/** What stands once a newer version is known: own edits stay, the rest is theirs; only somebody with edits needs to be told. */
function advanced(before: Editing, program: Program): Editing {
  const theirs = fieldsOf(program)
  const { values, differences } = meet({ before: before.base, mine: before.values, theirs })
  const isDirty = Object.keys(changesOf(before.base, before.values)).length > 0
  const older = before.differences.filter((old) => !differences.some((fresh) => fresh.field === old.field))
  return { version: program.version, base: theirs, values, differences: isDirty ? [...older, ...differences] : [] }
}

/** @param program  as the server has it now; a newer version than the one being edited is met field by field */
export function useProgramEdit(program: Program): ProgramEdit {
  const queryClient = useQueryClient()
  const [kept, setKept] = useState(() => opened(program))
  const [wasRefused, setWasRefused] = useState(false)
  // Met while rendering, so that no frame shows the one version with the other's differences.
  const editing = program.version > kept.version ? advanced(kept, program) : kept
  if (editing !== kept) setKept(editing)

  const changes = changesOf(editing.base, editing.values)
  const isDirty = Object.keys(changes).length > 0
  const faults = faultsOf(ProgramPatch, patchOf(editing.base, editing.values))

  const saving = useMutation({
    mutationFn: (sent: Editing) =>
      api.send<Program>('PATCH', programPath(program.id), patchOf(sent.base, sent.values), { ifMatch: sent.version }),
    onSuccess(saved, sent) {
      const fields = fieldsOf(saved)
      setWasRefused(false)
      // What was typed while it was being saved stays.
      setKept((now) => ({
        version: saved.version,
        base: fields,
        values: { ...fields, ...changesOf(sent.values, now.values) },
        differences: [],
      }))
      queryClient.setQueryData(programQuery(program.id).queryKey, saved)
    },
    async onError(error) {
      if (!isRefusal(error, 'edited_meanwhile')) return
      setWasRefused(true)
      await queryClient.invalidateQueries({ queryKey: programQuery(program.id).queryKey, exact: true })
    },
  })

  const set = (given: Partial<ProgramFields>): void => setKept((now) => ({ ...now, values: { ...now.values, ...given } }))

  return {
    values: editing.values,
    faults,
    isDirty,
    isSaving: saving.isPending,
    error: isRefusal(saving.error, 'edited_meanwhile') ? null : saving.error,
    wasRefused,
    differences: editing.differences,
    set,
    keep(field, side) {
      setKept((now) => ({
        ...now,
        values: { ...now.values, ...sideOf(now.differences, field, side) },
        differences: now.differences.map((each) => (each.field === field ? { ...each, kept: side } : each)),
      }))
    },
    takeAllTheirs() {
      setWasRefused(false)
      setKept((now) => ({ ...now, values: now.base, differences: [] }))
    },
    discard() {
      setWasRefused(false)
      saving.reset()
      setKept((now) => ({ ...now, values: now.base, differences: [] }))
    },
    save() {
      if (isDirty && Object.keys(faults).length === 0 && !saving.isPending) saving.mutate(editing)
    },
  }
}

function sideOf(differences: readonly FieldDifference[], field: FieldName, side: 'mine' | 'theirs'): Partial<ProgramFields> {
  const difference = differences.find((each) => each.field === field)
  return difference === undefined ? {} : { [field]: difference[side] }
}
