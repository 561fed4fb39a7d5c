// Owns: what Backstage asks for of what is prepared, and what it sends.
import { queryOptions } from '@tanstack/react-query'
import type { ListAnswer, PreparedAnswer, PreparedKind } from '@voila/protocol'
import { api } from '../api.ts'

export const preparedPath = (programId: string, rest = ''): string => `/api/programs/${programId}/prepared${rest}`
export const preparedKey = (programId: string) => ['program', programId, 'prepared'] as const

/** Everything that is prepared for a program, in its order, those of one kind together. */
export const preparedQuery = (programId: string) =>
  queryOptions({
    queryKey: preparedKey(programId),
    queryFn: async () => (await api.get<ListAnswer<PreparedAnswer>>(preparedPath(programId))).items,
  })

export type PreparedDraft = { readonly kind: PreparedKind; readonly title: string; readonly content: object; readonly position?: number }

export const preparedApi = {
  make: (programId: string, draft: PreparedDraft) => api.send<PreparedAnswer>('POST', preparedPath(programId), draft),
  change: (item: PreparedAnswer, fields: { title?: string; content?: object }) =>
    api.send<PreparedAnswer>('PATCH', preparedPath(item.programId, `/${item.id}`), fields, { ifMatch: item.version }),
  /** Whatever version it has: an order overwrites nothing. */
  move: (item: PreparedAnswer, position: number) =>
    api.send<PreparedAnswer>('PATCH', preparedPath(item.programId, `/${item.id}`), { position }),
  duplicate: (item: PreparedAnswer) => api.send<PreparedAnswer>('POST', preparedPath(item.programId, `/${item.id}/duplicate`)),
  remove: (item: PreparedAnswer) => api.send('DELETE', preparedPath(item.programId, `/${item.id}`)),
  import: (programId: string, from: { programId: string; items?: readonly string[] }) =>
    api.send<ListAnswer<PreparedAnswer>>('POST', preparedPath(programId, '/import'), from),
}
