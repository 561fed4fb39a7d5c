// Owns: an organization's connection to its identity provider: what is set, our own keys for it, and what every node knows of it.
import { type MetadataProblem, metadataProblems, Refusal, type SamlMapping, type SamlPatch, samlPresets } from '@voila/protocol'
import type { Transaction } from 'kysely'
import type { z } from 'zod'
import { FetchError, type Outgoing } from '../../http/outgoing.ts'
import { laterThanBefore } from '../../store/changed.ts'
import { createMirror } from '../../store/mirror.ts'
import { isDuplicate } from '../../store/outage.ts'
import type { SamlConnectionRow } from '../../store/schema.ts'
import type { Schema, Store } from '../../store/store.ts'
import { nameOf } from '../admitted-by.ts'
import type { Seal } from '../sealed.ts'
import type { Sessions } from '../sessions.ts'
import { makeCertifiedKey } from './certificate.ts'
import { type IdentityProvider, metadataRefusal, readMetadata } from './metadata.ts'

/** One of our own pairs, as it is kept: the private half sealed. */
type OwnKey = {
  readonly state: 'current' | 'next' | 'previous'
  readonly certificate: string
  readonly privateKey: string
  readonly createdAt: number
}

/** A connection with what signing in by it needs. Private keys are PEM, the present one first. */
export type Connection = {
  readonly organizationId: string
  readonly enabled: boolean
  readonly identityProvider: IdentityProvider | null
  readonly mapping: SamlMapping
  readonly consent: 'attribute' | 'ask'
  readonly idpInitiated: boolean
  readonly certificates: readonly Omit<OwnKey, 'privateKey'>[]
  readonly privateKeys: readonly string[]
  readonly metadataUrl: string | null
  readonly metadataAt: number | null
  readonly metadataProblem: string | null
}
export type Connections = ReturnType<typeof createConnections>

const everyMs = 1_000
/** The address of metadata is looked at again so often: certificates are announced days before they count. */
const metadataMs = 86_400_000
/** After a look that failed. */
const metadataAgainMs = 3_600_000
const lookEveryMs = 60_000
const order = { current: 0, previous: 1, next: 2 } as const

const keysOf = (row: SamlConnectionRow): OwnKey[] => JSON.parse(row.keys) as OwnKey[]
const providerOf = (row: SamlConnectionRow): IdentityProvider | null =>
  row.idp === null ? null : (JSON.parse(row.idp) as IdentityProvider)

export function createConnections({
  store,
  outgoing,
  sessions,
  seal,
  now,
  onError,
}: {
  store: Store
  outgoing: Outgoing
  sessions: Pick<Sessions, 'revoke' | 'announceRevoked' | 'openByKey'>
  seal: Seal
  now(): number
  onError(error: unknown): void
}) {
  const mirror = createMirror<string, SamlConnectionRow>({
    store,
    load: (since) => store.db.selectFrom('saml_connections').selectAll().where('changed_at', '>=', since).execute(),
    key: (row) => row.organization_id,
    changedAt: (row) => row.changed_at,
    everyMs,
    topic: 'saml',
    now,
    onError,
  })
  const context = (organizationId: string): { context: string } => ({ context: `saml key of ${organizationId}` })

  function opened(row: SamlConnectionRow): Connection {
    const keys = keysOf(row).sort((a, b) => order[a.state] - order[b.state])
    return {
      organizationId: row.organization_id,
      enabled: row.enabled === 1,
      identityProvider: providerOf(row),
      mapping: JSON.parse(row.mapping) as SamlMapping,
      consent: row.consent,
      idpInitiated: row.idp_initiated === 1,
      certificates: keys.map(({ privateKey: _sealed, ...key }) => key),
      privateKeys: keys.flatMap(({ privateKey }) => seal.open(privateKey, context(row.organization_id)) ?? []),
      metadataUrl: row.metadata_url,
      metadataAt: row.metadata_at,
      metadataProblem: row.metadata_problem,
    }
  }

  function wrote(row: SamlConnectionRow): Connection {
    mirror.put(row)
    store.wake('saml')
    return opened(row)
  }

  const isThere = (row: SamlConnectionRow | undefined): row is SamlConnectionRow => row !== undefined && row.keys !== '[]'

  /** From the database. @throws Refusal saml_connection_unknown */
  async function read(organizationId: string, tx?: Transaction<Schema>): Promise<SamlConnectionRow> {
    const query = (tx ?? store.db).selectFrom('saml_connections').selectAll().where('organization_id', '=', organizationId)
    const row = await (tx !== undefined && store.kind === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
    if (!isThere(row)) throw new Refusal('saml_connection_unknown')
    return row
  }

  /** Changes a connection by what `decide` says of its present row; one change at a time. */
  async function change(
    organizationId: string,
    decide: (row: SamlConnectionRow, tx: Transaction<Schema>) => Partial<SamlConnectionRow>,
  ): Promise<Connection> {
    const row = await store.transaction(async (tx) => {
      const changes = decide(await read(organizationId, tx), tx)
      return await tx
        .updateTable('saml_connections')
        .set({ ...changes, changed_at: laterThanBefore(now()) })
        .where('organization_id', '=', organizationId)
        .returningAll()
        .executeTakeFirstOrThrow()
    })
    return wrote(row)
  }

  async function newKey(organizationId: string, name: string, state: OwnKey['state']): Promise<OwnKey> {
    const { certificate, privateKey } = await makeCertifiedKey({ name, now: now() })
    return { state, certificate, privateKey: seal.seal(privateKey, context(organizationId)), createdAt: now() }
  }

  /** @throws Refusal saml_metadata */
  async function fetchMetadata(url: string): Promise<IdentityProvider> {
    try {
      const { text } = await outgoing.fetch(url, { accept: 'application/samlmetadata+xml, application/xml, text/xml' })
      return readMetadata(text, { now: now() })
    } catch (error) {
      throw error instanceof FetchError ? metadataRefusal(error.problem) : error
    }
  }

  /** Looks at the address again. Another identity provider there is shown and not taken: that would be another company. */
  async function lookAgain(organizationId: string): Promise<Connection> {
    const row = await read(organizationId)
    if (row.metadata_url === null) throw new Refusal('conflict', { detail: 'The metadata was pasted: there is no address to look at.' })
    let changes: Partial<SamlConnectionRow>
    try {
      const found = await fetchMetadata(row.metadata_url)
      const problem: MetadataProblem | null = found.entityId === providerOf(row)?.entityId ? null : 'another_identity_provider'
      changes = {
        metadata_problem: problem === null ? null : metadataProblems[problem],
        ...(problem === null ? { idp: JSON.stringify(found) } : {}),
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      changes = { metadata_problem: error.detail ?? error.code }
    }
    return await change(organizationId, (present) =>
      // Somebody may have set another address meanwhile.
      present.metadata_url === row.metadata_url ? { ...changes, metadata_at: now() } : {},
    )
  }

  async function lookAtStale(): Promise<void> {
    for (const row of mirror.all()) {
      const pauseMs = row.metadata_problem === null ? metadataMs : metadataAgainMs
      if (row.metadata_url !== null && (row.metadata_at ?? 0) <= now() - pauseMs) await lookAgain(row.organization_id)
    }
  }
  const timer = setInterval(() => void lookAtStale().catch(onError), lookEveryMs).unref()

  return {
    refresh: mirror.refresh,
    lookAtStale,

    /** From memory: whether people of an organization can sign in at this moment. */
    isOn: (organizationId: string): boolean => mirror.get(organizationId)?.enabled === 1,

    /** From memory, else from the database. */
    async find(organizationId: string): Promise<Connection | undefined> {
      const row =
        mirror.get(organizationId) ??
        (await store.db.selectFrom('saml_connections').selectAll().where('organization_id', '=', organizationId).executeTakeFirst())
      return isThere(row) ? opened(row) : undefined
    },

    /** From the database. @throws Refusal saml_connection_unknown */
    read: async (organizationId: string): Promise<Connection> => opened(await read(organizationId)),

    openSessions: async (organizationId: string): Promise<number> => {
      const name = nameOf({ kind: 'saml', organizationId })
      return (await sessions.openByKey([name])).get(name) ?? 0
    },

    /**
     * Makes a connection that is off: with keys of its own, so that the identity provider can be told of us.
     *
     * @param options.name  stands in our certificate
     * @throws Refusal conflict
     */
    async prepare(organizationId: string, { name }: { name: string }): Promise<Connection> {
      const key = await newKey(organizationId, name, 'current')
      const fresh = {
        enabled: 0 as const,
        idp: null,
        metadata_url: null,
        metadata_at: null,
        metadata_problem: null,
        mapping: JSON.stringify(samlPresets.entra.mapping),
        consent: 'ask' as const,
        idp_initiated: 0 as const,
        keys: JSON.stringify([key]),
      }
      const at = now()
      try {
        const row = await store.transaction(async (tx) => {
          // One that was removed has left its row, without keys.
          const left = await tx
            .updateTable('saml_connections')
            .set({ ...fresh, changed_at: laterThanBefore(at) })
            .where('organization_id', '=', organizationId)
            .where('keys', '=', '[]')
            .returningAll()
            .executeTakeFirst()
          const made = { organization_id: organizationId, ...fresh, created_at: at, changed_at: at }
          return left ?? (await tx.insertInto('saml_connections').values(made).returningAll().executeTakeFirstOrThrow())
        })
        return wrote(row)
      } catch (error) {
        throw isDuplicate(error) ? new Refusal('conflict', { detail: 'There is a connection already.' }) : error
      }
    },

    /** Sets what is given. @throws Refusal saml_connection_unknown | saml_metadata | conflict */
    async patch(organizationId: string, given: z.infer<typeof SamlPatch>): Promise<Connection> {
      await read(organizationId)
      const { metadata, mapping, consent, idpInitiated, enabled } = given
      const url = metadata !== undefined && 'url' in metadata ? metadata.url : null
      const found =
        metadata === undefined
          ? undefined
          : 'url' in metadata
            ? await fetchMetadata(metadata.url)
            : readMetadata(metadata.xml, { now: now() })
      return await change(organizationId, (row) => {
        if (enabled === true && row.idp === null && found === undefined) {
          throw new Refusal('conflict', { detail: 'Give the metadata of your identity provider first.' })
        }
        return {
          ...(found === undefined ? {} : { idp: JSON.stringify(found), metadata_url: url, metadata_at: now(), metadata_problem: null }),
          ...(mapping === undefined ? {} : { mapping: JSON.stringify(mapping) }),
          ...(consent === undefined ? {} : { consent }),
          ...(idpInitiated === undefined ? {} : { idp_initiated: idpInitiated ? 1 : 0 }),
          ...(enabled === undefined ? {} : { enabled: enabled ? 1 : 0 }),
        }
      })
    },

    /** @throws Refusal saml_connection_unknown | conflict where the metadata was pasted */
    lookAgain,

    /** Makes the pair that comes after the present one, and shows it in our metadata. @throws Refusal saml_connection_unknown | conflict */
    async makeNextKey(organizationId: string, { name }: { name: string }): Promise<Connection> {
      await read(organizationId)
      const key = await newKey(organizationId, name, 'next')
      return await change(organizationId, (row) => {
        const keys = keysOf(row)
        if (keys.some(({ state }) => state === 'next')) throw new Refusal('conflict', { detail: 'There is a next certificate already.' })
        return { keys: JSON.stringify([...keys.filter(({ state }) => state !== 'previous'), key]) }
      })
    },

    /** From now on the next pair is the present one; what is still encrypted for the one before is read. @throws Refusal saml_connection_unknown | conflict */
    async useNextKey(organizationId: string): Promise<Connection> {
      return await change(organizationId, (row) => {
        const keys = keysOf(row)
        if (!keys.some(({ state }) => state === 'next')) throw new Refusal('conflict', { detail: 'There is no next certificate.' })
        const states = { next: 'current', current: 'previous' } as const
        return {
          keys: JSON.stringify(keys.flatMap((key) => (key.state === 'previous' ? [] : [{ ...key, state: states[key.state] }]))),
        }
      })
    },

    /** Nobody signs in by it from now on, and whoever did is out. @throws Refusal saml_connection_unknown */
    async remove(organizationId: string): Promise<void> {
      const { row, ended } = await store.transaction(async (tx) => {
        await read(organizationId, tx)
        const removed = await tx
          .updateTable('saml_connections')
          .set({ enabled: 0, idp: null, metadata_url: null, metadata_at: null, keys: '[]', changed_at: laterThanBefore(now()) })
          .where('organization_id', '=', organizationId)
          .returningAll()
          .executeTakeFirstOrThrow()
        return { row: removed, ended: await sessions.revoke(tx, { kid: nameOf({ kind: 'saml', organizationId }) }) }
      })
      wrote(row)
      sessions.announceRevoked(ended)
    },

    close(): void {
      clearInterval(timer)
      mirror.close()
    },
  }
}
