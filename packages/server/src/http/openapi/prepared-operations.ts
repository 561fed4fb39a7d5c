// Owns: what the API's addresses of prepared polls, quizzes and decks take and give.
import { limits, listOf, PreparedAnswer, PreparedImport, PreparedPatch, PreparedQuery, PreparedRequest } from '@voila/protocol'
import type { OperationGroup } from './operation.ts'

const path = '/api/programs/:programId/prepared'

export const preparedOperations: readonly OperationGroup[] = [
  {
    name: 'Prepared',
    says: 'Polls, quizzes and decks that wait for their show. Launching one sends its content as a command of its activity; what is changed here afterwards changes nothing there.',
    operations: {
      [`GET ${path}`]: {
        id: 'listPrepared',
        does: 'List what is prepared, in its order',
        query: PreparedQuery,
        answer: listOf(PreparedAnswer),
      },
      [`POST ${path}`]: {
        id: 'makePrepared',
        does: 'Prepare something',
        says: `At most ${limits.preparedItems} of each kind.`,
        body: PreparedRequest,
        answer: PreparedAnswer,
        status: 201,
        codes: ['prepared_full'],
      },
      [`POST ${path}/import`]: {
        id: 'importPrepared',
        does: 'Copy what another program of the organization has prepared',
        body: PreparedImport,
        answer: listOf(PreparedAnswer),
        status: 201,
        codes: ['prepared_full', 'prepared_unknown'],
      },
      [`PATCH ${path}/:preparedId`]: {
        id: 'updatePrepared',
        does: 'Change or move something prepared',
        says: 'Fields that are left out stay. With If-Match nothing is written when somebody else has changed it meanwhile.',
        body: PreparedPatch,
        answer: PreparedAnswer,
        ifMatch: true,
      },
      [`DELETE ${path}/:preparedId`]: { id: 'deletePrepared', does: 'Delete something prepared' },
      [`POST ${path}/:preparedId/duplicate`]: {
        id: 'duplicatePrepared',
        does: 'Make another like it, right behind it',
        answer: PreparedAnswer,
        status: 201,
        codes: ['prepared_full'],
      },
    },
  },
]
