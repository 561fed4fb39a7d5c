// Owns: the parts of signing in with a company account, put together.
import type { Programs } from '../../backstage/programs.ts'
import type { Outgoing } from '../../http/outgoing.ts'
import { purposeKey } from '../../media/credential.ts'
import type { Store } from '../../store/store.ts'
import type { Access } from '../access.ts'
import { createSeal } from '../sealed.ts'
import { createConnections } from './connections.ts'
import { createLogins } from './logins.ts'
import { createTests } from './tests.ts'
import { createUsed } from './used.ts'
import { createVerifier } from './verifier.ts'

export type Saml = Awaited<ReturnType<typeof createSaml>>

const pruneMs = 600_000

/** Reads the connections before it returns. @param options.baseUrl  where people open the website, without a slash at the end */
export async function createSaml({
  store,
  programs,
  access,
  outgoing,
  secret,
  baseUrl,
  now,
  log,
}: {
  store: Store
  programs: Pick<Programs, 'find'>
  access: Pick<Access, 'entering' | 'sessions' | 'sharesPersonalData' | 'refusals'>
  outgoing: Outgoing
  secret: string
  baseUrl(): string
  now(): number
  log: { warn(details: object, message: string): void }
}) {
  const onError = (error: unknown): void => log.warn({ error }, 'company sign-in could not reach the database')
  const seal = createSeal(purposeKey(secret, 'company sign-in'))
  const connections = createConnections({ store, outgoing, sessions: access.sessions, seal, now, onError })
  const used = createUsed({ store, now })
  const tests = createTests({ store, now })
  const verifier = createVerifier({ onError: (error) => log.warn({ error }, 'a thread that judges company sign-ins has failed') })
  const { entering, sharesPersonalData, refusals } = access
  const logins = createLogins({ connections, programs, entering, sharesPersonalData, refusals, used, tests, verifier, seal, baseUrl, now })
  const timer = setInterval(() => void used.prune().catch(onError), pruneMs).unref()
  await connections.refresh()
  return {
    connections,
    logins,
    tests,
    async close(): Promise<void> {
      clearInterval(timer)
      connections.close()
      await verifier.close()
    },
  }
}
