// Owns: the media server as part of the platform: who publishes, who is told that a feed is there, and where an attendee finds it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMediaServer, type MediaServer } from '@voila/media'
import { type MediaAccess, type PlatformViews, Refusal } from '@voila/protocol'
import { endOf, type Session } from '../access/sessions.ts'
import type { Programs } from '../backstage/programs.ts'
import type { Config } from '../config.ts'
import type { ProgramRow } from '../store/schema.ts'
import { type CredentialKind, issueCredential, purposeKey } from './credential.ts'
import type { Gate, Holder } from './gate.ts'
import { acceptsFeed, authorizePublisher, type IngestProgram, streamKeys } from './ingest.ts'

export type MediaParts = {
  readonly config: Pick<Config, 'secret' | 'mediaCredentialSeconds' | 'rtmp' | 'rtmps' | 'recordings' | 'dataDir'>
  readonly programs: Pick<Programs, 'get' | 'onChange' | 'noteFeed'>
  readonly access: { isRevoked(sessionId: string): boolean }
  /** Memory only: whether somebody is a member of the organization. */
  isMember(id: { organizationId: string; userId: string }): boolean
  readonly nodeId: string
  readonly log: {
    info(details: object, message: string): void
    warn(details: object, message: string): void
    error(details: object, message: string): void
  }
  publishView(programId: string, key: 'stream', value: PlatformViews['stream']): void
  /** Unix milliseconds. */
  now(): number
}

export type Media = Awaited<ReturnType<typeof createMedia>>

const day = 86_400_000
const sweepMs = 5_000
/** Holds previews of those who are no person: API keys and the administration. */
const nobodyId = '00000000-0000-0000-0000-000000000000'

function ingestProgram(row: ProgramRow): IngestProgram {
  return {
    id: row.id,
    state: row.state,
    stateSince: row.state_since,
    streamKeyVersion: row.stream_key_version,
    backupKeyVersion: row.backup_key_version,
  }
}

function rtmpsOf({
  rtmps,
  rtmp,
}: MediaParts['config']): { rtmps: { host: string; port: number; cert: string; key: string } } | Record<string, never> {
  if (rtmps === undefined) return {}
  const { port, certFile, keyFile } = rtmps
  return { rtmps: { host: rtmp.host, port, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') } }
}

/** Starts the media server. @throws the error of listen, `port` included */
export async function createMedia({ config, programs, access, isMember, nodeId, log, now, publishView }: MediaParts) {
  const credentialKey = purposeKey(config.secret, 'media credential')
  const streamKeyKey = purposeKey(config.secret, 'stream keys')
  /** Programs that an encoder has come for, as they were then or changed last. */
  const known = new Map<string, ProgramRow>()

  const programOf = (id: string): IngestProgram | undefined => {
    const row = programs.get(id)
    return row === undefined ? undefined : ingestProgram(row)
  }

  const server: MediaServer = await createMediaServer({
    rtmp: { host: config.rtmp.host, port: config.rtmp.port },
    ...rtmpsOf(config),
    async authorize({ streamKey }) {
      const admitted = authorizePublisher(streamKeyKey, { streamKey, program: programOf, now: now() })
      const row = admitted === undefined ? undefined : programs.get(admitted.streamId)
      if (admitted === undefined || row === undefined) return undefined
      known.set(row.id, row)
      return { ...admitted, choice: row.stream_choice }
    },
    ...(config.recordings === undefined
      ? {}
      : {
          recordings: {
            directory: join(config.dataDir, 'recordings'),
            maxBytes: config.recordings.maxBytes,
            maxAgeMs: config.recordings.maxDays * day,
            enabled: () => true,
          },
        }),
    now,
    log: ({ level, message, ...details }) => log[level](details, message),
  })

  const shown = new Map<string, PlatformViews['stream']>()
  function feedChanged(streamId: string, live: boolean): void {
    const before = shown.get(streamId) ?? { live: false, since: null }
    if (before.live === live) return
    const view = { live, since: now() }
    shown.set(streamId, view)
    publishView(streamId, 'stream', view)
    unwritten.set(streamId, live)
    void remember()
  }

  /** What the database has yet to be told of feeds; what could not be written is tried again. */
  const unwritten = new Map<string, boolean>()
  let writing = false
  async function remember(): Promise<void> {
    if (writing) return
    writing = true
    for (const [programId, live] of unwritten) {
      unwritten.delete(programId)
      try {
        await programs.noteFeed(programId, { nodeId, live })
      } catch (error) {
        if (error instanceof Refusal) continue
        log.warn({ error, programId }, 'a feed could not be remembered')
        if (!unwritten.has(programId)) unwritten.set(programId, live)
        break
      }
    }
    writing = false
  }

  /** The program is no more: its feed ends, and so do the files of it. */
  async function forget(programId: string): Promise<void> {
    known.delete(programId)
    shown.delete(programId)
    server.end(programId)
    for (const { recordingId } of await server.recordings.list(programId)) await server.recordings.remove(recordingId)
  }

  const stopHearing = [
    server.onChange(({ streamId, live }) => feedChanged(streamId, live)),
    programs.onChange((row) => {
      if (row.deleted_at !== null) {
        forget(row.id).catch((error: unknown) => log.error({ error, programId: row.id }, 'recordings could not be deleted'))
        return
      }
      const before = known.get(row.id)
      if (before === undefined) return
      known.set(row.id, row)
      const rotated = before.stream_key_version !== row.stream_key_version || before.backup_key_version !== row.backup_key_version
      if (rotated) server.disconnect(row.id, 'The stream key has been changed')
      // Not at every change: to say it again would hurry back to a primary input that is not steady yet.
      if (before.stream_choice !== row.stream_choice) server.switchInput(row.id, row.stream_choice)
    }),
  ]

  /** Feeds of programs that take none any more: archived, or ended long enough ago. */
  const sweeping = setInterval(() => {
    for (const streamId of server.streams()) {
      const program = programOf(streamId)
      if (server.health(streamId) !== undefined && (program === undefined || !acceptsFeed(program, now())))
        server.disconnect(streamId, 'The program has ended')
    }
    void remember()
  }, sweepMs).unref()

  const gate: Gate = {
    key: credentialKey,
    isRevoked: access.isRevoked,
    stateOf: (programId) => programs.get(programId)?.state,
    isOfTeam(programId, holderId) {
      const organizationId = programs.get(programId)?.organization_id
      return holderId === nobodyId || (organizationId !== undefined && isMember({ organizationId, userId: holderId }))
    },
  }

  const shortestEnd = (): number => now() + config.mediaCredentialSeconds * 1_000

  /** @param of.expiresAt  Unix milliseconds, rounded down to a second */
  function addressOf(of: Holder & { programId: string; expiresAt: number }): MediaAccess {
    const expiresAt = Math.floor(of.expiresAt / 1_000)
    const credential = issueCredential(credentialKey, { ...of, expiresAt })
    return { url: `/media/${of.programId}/${credential}/live.m3u8`, expiresAt: expiresAt * 1_000 }
  }

  return {
    server,
    gate,

    /** Where a session finds the picture, as a path on this host, and until when (Unix milliseconds). Cheap: one HMAC. */
    accessFor(
      session: Pick<Session, 'id' | 'programId' | 'expiresAt' | 'tokenEndsAt'>,
      kind: Exclude<CredentialKind, 'team'> = 'short',
    ): MediaAccess {
      const { at: end } = endOf(session, programs.get(session.programId))
      const soonest = kind === 'native' ? end : Math.min(end, shortestEnd())
      return addressOf({ programId: session.programId, holderId: session.id, kind, expiresAt: soonest })
    },

    /** The same for somebody of the team, in every state that shows the team a picture. `userId` null: no person. */
    previewFor({ programId, userId }: { programId: string; userId: string | null }): MediaAccess {
      return addressOf({ programId, holderId: userId ?? nobodyId, kind: 'team', expiresAt: shortestEnd() })
    },

    streamKeys: (row: ProgramRow): { primary: string; backup: string } => streamKeys(streamKeyKey, ingestProgram(row)),

    async close(): Promise<void> {
      clearInterval(sweeping)
      for (const stop of stopHearing) stop()
      await server.close()
    },
  }
}
