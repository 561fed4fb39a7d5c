// Owns: what came of test sign-ins, for the hour in which somebody looks at it.
import { Refusal, type SamlTestAnswer } from '@voila/protocol'
import { v7 as uuidv7 } from 'uuid'
import type { Store } from '../../store/store.ts'
import type { Person } from './person.ts'
import type { Verified } from './response.ts'

export type Tests = ReturnType<typeof createTests>

const keptMs = 3_600_000
type Result = Pick<SamlTestAnswer, 'refusal' | 'came' | 'person'>

function cameOf({ nameId, nameIdFormat, attributes, signed, encrypted }: Verified): Result['came'] {
  return {
    nameId,
    nameIdFormat,
    attributes: [...attributes].map(([name, values]) => ({ name, values: [...values] })),
    signed: [...signed],
    encrypted,
  }
}

export function createTests({ store, now }: { store: Pick<Store, 'db'>; now(): number }) {
  return {
    async begin(organizationId: string): Promise<string> {
      const id = uuidv7()
      await store.db
        .insertInto('saml_tests')
        .values({ id, organization_id: organizationId, result: null, expires_at: now() + keptMs })
        .execute()
      return id
    },

    async keep(test: {
      readonly organizationId: string
      readonly testId: string
      readonly came: Verified | undefined
      readonly person?: Person
      readonly refusal?: Refusal
    }): Promise<void> {
      const { came, person = null, refusal } = test
      const result: Result = {
        refusal: refusal === undefined ? null : { code: refusal.code, detail: refusal.detail ?? null },
        came: came === undefined ? null : cameOf(came),
        person,
      }
      await store.db
        .updateTable('saml_tests')
        .set({ result: JSON.stringify(result) })
        .where('id', '=', test.testId)
        .where('organization_id', '=', test.organizationId)
        .execute()
    },

    /** @throws Refusal saml_test_unknown */
    async show({ organizationId, testId }: { organizationId: string; testId: string }): Promise<SamlTestAnswer> {
      const row = await store.db
        .selectFrom('saml_tests')
        .selectAll()
        .where('id', '=', testId)
        .where('organization_id', '=', organizationId)
        .where('expires_at', '>', now())
        .executeTakeFirst()
      if (row === undefined) throw new Refusal('saml_test_unknown')
      if (row.result === null) return { id: row.id, state: 'waiting', refusal: null, came: null, person: null }
      const result = JSON.parse(row.result) as Result
      return { id: row.id, state: result.refusal === null ? 'accepted' : 'refused', ...result }
    },
  }
}
