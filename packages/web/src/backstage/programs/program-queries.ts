// Owns: what the screens of a program ask for beyond the program itself, and how often.

import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type {
  AudienceAnswer,
  AudienceCurve,
  ListAnswer,
  Program,
  RecordingAnswer,
  StreamHealthAnswer,
  StreamKeyAnswer,
} from '@voila/protocol'
import { api } from '../api.ts'
import { listQuery, programQuery } from '../queries.ts'

export const programPath = (programId: string): string => `/api/programs/${programId}`

/** State, viewers and the edits of others arrive by asking again. */
const programMs = 10_000
const healthMs = 2_000
const audienceMs = 10_000

/** The program of the address. For pages below `/p/$programId` alone, whose route has loaded it. */
export function useProgram(): Program {
  const { programId = '' } = useParams({ strict: false })
  return useSuspenseQuery({ ...programQuery(programId), refetchInterval: programMs }).data
}

export const healthQuery = (programId: string) =>
  queryOptions({
    queryKey: ['program', programId, 'health'],
    queryFn: () => api.get<StreamHealthAnswer>(`${programPath(programId)}/stream-health`),
    refetchInterval: healthMs,
  })

export const streamKeysQuery = (programId: string) =>
  queryOptions({
    queryKey: ['program', programId, 'stream-key'],
    queryFn: () => api.get<StreamKeyAnswer>(`${programPath(programId)}/stream-key`),
  })

export const recordingsQuery = (programId: string) =>
  queryOptions({
    queryKey: ['program', programId, 'recordings'],
    queryFn: () => api.get<ListAnswer<RecordingAnswer>>(`${programPath(programId)}/recordings`),
    refetchInterval: programMs,
  })

export const audienceQuery = (programId: string, search: string) => ({
  ...listQuery<AudienceAnswer>(['program', programId, 'audience'], `${programPath(programId)}/audience`, { search }),
  refetchInterval: audienceMs,
})

export const curveQuery = (programId: string) =>
  queryOptions({
    queryKey: ['program', programId, 'curve'],
    queryFn: () => api.get<AudienceCurve>(`${programPath(programId)}/audience/curve`),
    refetchInterval: audienceMs,
  })
