// Owns: what the API's addresses about published keys take and give.
import { JwksSourceAnswer, JwksSourcePatch, JwksSourceRequest, listOf } from '@voila/protocol'
import { type OperationGroup, pageQuery } from './operation.ts'

const source = '/api/organizations/:organizationId/jwks-sources'

export const keySourceOperations: readonly OperationGroup[] = [
  {
    name: 'Published keys',
    says: 'Addresses at which your server publishes its public keys (JWK sets), so that it changes them without telling anybody.',
    operations: {
      [`GET ${source}`]: {
        id: 'listJwksSources',
        does: 'List the addresses of your keys',
        query: pageQuery(),
        answer: listOf(JwksSourceAnswer),
      },
      [`POST ${source}`]: {
        id: 'addJwksSource',
        does: 'Add an address of your keys',
        says: 'It is looked at before the answer. That a look fails is told in the answer, and it is tried again.',
        body: JwksSourceRequest,
        answer: JwksSourceAnswer,
        status: 201,
        codes: ['conflict'],
      },
      [`GET ${source}/:sourceId`]: { id: 'getJwksSource', does: 'Read an address of your keys', answer: JwksSourceAnswer },
      [`PATCH ${source}/:sourceId`]: {
        id: 'updateJwksSource',
        does: 'Change the roles that tokens by its keys may give',
        body: JwksSourcePatch,
        answer: JwksSourceAnswer,
      },
      [`DELETE ${source}/:sourceId`]: {
        id: 'removeJwksSource',
        does: 'Remove an address of your keys',
        says: 'Its keys admit nobody from now on, and whoever was admitted by one is out.',
      },
      [`POST ${source}/:sourceId/refresh`]: {
        id: 'refreshJwksSource',
        does: 'Look at an address of your keys now',
        says: 'At most every five seconds; sooner, the answer tells what the last look found.',
        answer: JwksSourceAnswer,
      },
      [`POST ${source}/:sourceId/keys/:kid/revoke`]: {
        id: 'revokePublishedKey',
        does: 'Revoke one published key',
        says: 'It is refused from now on, whatever the address says, and the sessions that it opened end.',
        answer: JwksSourceAnswer,
      },
    },
  },
]
