// Owns: what the API's addresses about keeping people out take and give.
import { listOf, RevocationAnswer, RevocationCount, RevocationRequest } from '@voila/protocol'
import { type OperationGroup, pageQuery } from './operation.ts'

const revocations = '/api/organizations/:organizationId/revocations'
const unknown = ['program_unknown', 'attendee_unknown', 'session_unknown'] as const

export const revocationOperations: readonly OperationGroup[] = [
  {
    name: 'Revocations',
    says: 'Who is kept out, whatever his token says. A whole key is revoked where keys are.',
    operations: {
      [`GET ${revocations}`]: { id: 'listRevocations', does: 'List who is kept out', query: pageQuery(), answer: listOf(RevocationAnswer) },
      [`POST ${revocations}`]: {
        id: 'revoke',
        does: 'Keep somebody out',
        says: 'A token, a person by id or subject, whatever was issued before a time; or end one session. Sessions that are open end within two seconds.',
        body: RevocationRequest,
        answer: RevocationAnswer,
        status: 201,
        codes: unknown,
      },
      [`POST ${revocations}/count`]: {
        id: 'countRevocation',
        does: 'Count the sessions that a revocation would end',
        body: RevocationRequest,
        answer: RevocationCount,
        codes: unknown,
      },
      [`POST ${revocations}/:revocationId/lift`]: {
        id: 'liftRevocation',
        does: 'Let somebody in again',
        says: 'Sessions that have ended stay so; a token lets in again.',
        answer: RevocationAnswer,
      },
    },
  },
]
