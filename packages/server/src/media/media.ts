// Owns: the media server as part of the platform: who publishes, who is told that a feed is there, and where an attendee finds it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMediaServer, type MediaServer } from '@voila/media'
import type { MediaAccess, PlatformViews } from '@voila/protocol'
import type { Session } from '../access/sessions.ts'
import type { Config } from '../config.ts'
import type { ProgramRow } from '../store/schema.ts'
import { type CredentialKind, issueCredential, purposeKey } from './credential.ts'
import type { Gate } from './gate.ts'
import { acceptsFeed, authorizePublisher, type IngestProgram, streamKeys } from './ingest.ts'

export type MediaParts = {
  readonly config: Pick<Config, 'secret' | 'mediaCredentialSeconds' | 'rtmp' | 'rtmps' | 'recordings' | 'dataDir'>
  readonly programs: {
    get(id: string): ProgramRow | undefined
    onChange(listener: (row: ProgramRow) => void): () => void
  }
  readonly access: { isRevoked(sessionId: string): boolean }
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
export async function createMedia({ config, programs, access, log, now, publishView }: MediaParts) {
  const credentialKey = purposeKey(config.secret, 'media credential')
  const streamKeyKey = purposeKey(config.secret, 'stream keys')
  const known = new Map<string, IngestProgram>()

  const programOf = (id: string): IngestProgram | undefined => {
    const row = programs.get(id)
    return row === undefined ? undefined : ingestProgram(row)
  }

  const server: MediaServer = await createMediaServer({
    rtmp: { host: config.rtmp.host, port: config.rtmp.port },
    ...rtmpsOf(config),
    authorize: async ({ streamKey }) => authorizePublisher(streamKeyKey, { streamKey, program: programOf, now: now() }),
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
  }

  const stopHearing = [
    server.onChange(({ streamId, live }) => feedChanged(streamId, live)),
    programs.onChange((row) => {
      const before = known.get(row.id)
      const after = ingestProgram(row)
      known.set(row.id, after)
      const rotated =
        before !== undefined && (before.streamKeyVersion !== after.streamKeyVersion || before.backupKeyVersion !== after.backupKeyVersion)
      if (rotated) server.disconnect(row.id, 'The stream key has been changed')
    }),
  ]

  /** Feeds of programs that take none any more: archived, or ended long enough ago. */
  const sweeping = setInterval(() => {
    for (const streamId of server.streams()) {
      const program = programOf(streamId)
      if (server.health(streamId) !== undefined && (program === undefined || !acceptsFeed(program, now())))
        server.disconnect(streamId, 'The program has ended')
    }
  }, sweepMs).unref()

  const gate: Gate = { key: credentialKey, isRevoked: access.isRevoked, stateOf: (programId) => programs.get(programId)?.state }

  return {
    server,
    gate,

    /** Where a session finds the picture, as a path on this host, and until when (Unix milliseconds). Cheap: one HMAC. */
    accessFor(session: Pick<Session, 'id' | 'programId' | 'expiresAt'>, kind: CredentialKind = 'short'): MediaAccess {
      const soonest = kind === 'native' ? session.expiresAt : Math.min(session.expiresAt, now() + config.mediaCredentialSeconds * 1_000)
      const expiresAt = Math.floor(soonest / 1_000)
      const { programId, id: sessionId } = session
      const credential = issueCredential(credentialKey, { programId, sessionId, expiresAt, kind })
      return { url: `/media/${programId}/${credential}/live.m3u8`, expiresAt: expiresAt * 1_000 }
    },

    streamKeys: (row: ProgramRow): { primary: string; backup: string } => streamKeys(streamKeyKey, ingestProgram(row)),

    async close(): Promise<void> {
      clearInterval(sweeping)
      for (const stop of stopHearing) stop()
      await server.close()
    },
  }
}
