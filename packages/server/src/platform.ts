// Owns: the wiring. Nothing else puts the parts together.
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type MediaAccess, programStates, type StreamKeyAnswer } from '@voila/protocol'
import { v7 as uuidv7 } from 'uuid'
import { createAccess, type Session } from './access/access.ts'
import { doorsOpenAt } from './access/doors.ts'
import { entryRoutes } from './access/entry-routes.ts'
import { jwksRoutes } from './access/jwks/routes.ts'
import { accessRoutes } from './access/routes.ts'
import { samlEntryRoutes } from './access/saml/entry-routes.ts'
import { createFlowCookies } from './access/saml/flow-cookies.ts'
import { samlRoutes } from './access/saml/routes.ts'
import { createSaml } from './access/saml/saml.ts'
import { audienceRoutes } from './backstage/audience-routes.ts'
import { createChecklist } from './backstage/checklist.ts'
import { embedRoutes } from './backstage/embed-routes.ts'
import { exportRoutes } from './backstage/export-routes.ts'
import { createImages } from './backstage/images.ts'
import { createOrganizations } from './backstage/organizations.ts'
import { createPrepared } from './backstage/prepared.ts'
import { preparedRoutes } from './backstage/prepared-routes.ts'
import { programRoutes } from './backstage/program-routes.ts'
import { createPrograms } from './backstage/programs.ts'
import { organizationRoutes } from './backstage/routes.ts'
import { createScreenLinks } from './backstage/screen-links.ts'
import { screenOf, screenRoutes } from './backstage/screen-routes.ts'
import { createTeam } from './backstage/team.ts'
import { createWhoWatches } from './backstage/who-watches.ts'
import type { Config } from './config.ts'
import { createAuthenticate } from './http/authenticate.ts'
import { createCookies } from './http/cookies.ts'
import { createLog, type LogDestination } from './http/log.ts'
import { createMetrics } from './http/metrics.ts'
import { openApiRoutes } from './http/openapi/routes.ts'
import { createOrigins } from './http/origin.ts'
import { createOutgoing } from './http/outgoing.ts'
import { createPages, installedWebDir } from './http/pages.ts'
import type { WaysIn } from './http/respond.ts'
import { createHttpServer } from './http/server.ts'
import { siteRoutes } from './http/site-routes.ts'
import { createLive } from './live/live.ts'
import { liveRoutes } from './live/routes.ts'
import { createSockets } from './live/socket.ts'
import { teamActionRoutes } from './live/team-action-routes.ts'
import { createTeamActions } from './live/team-actions.ts'
import { createMedia, type Media } from './media/media.ts'
import { mediaRoutes } from './media/routes.ts'
import { createServing } from './media/serving.ts'
import type { ProgramRow } from './store/schema.ts'
import { openStore } from './store/store.ts'

export type Platform = {
  /** Where the website is, as this process sees it. */
  readonly url: string
  readonly port: number
  readonly rtmpPort: number
  /** Where the first owner is made; undefined where somebody has an account. The link works once, within a day. */
  setupUrl(): Promise<string | undefined>
  /** Where somebody signs in without a password, within a day; undefined where he has no account. For the demo. */
  signInUrl(email: string): Promise<string | undefined>
  /** Stops: no new people, sockets told to come back, batches committed, then everything closed. A second call waits for the first. */
  close(): Promise<void>
}

/** Requests that are under way at the end get so long. */
const patienceMs = 3_000

const hostIn = (host: string): string => (host.includes(':') ? `[${host}]` : host)
/** The address under which this machine itself reaches what listens on `host`. */
const reachable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : hostIn(host))

function streamKeyAnswer(config: Config, media: Media, program: ProgramRow): StreamKeyAnswer {
  const keys = media.streamKeys(program)
  const host = config.publicUrl === undefined ? 'localhost' : new URL(config.publicUrl).hostname
  const { rtmpPort, rtmpsPort } = media.server
  return {
    rtmpUrl: config.rtmp.publicUrl ?? `rtmp://${host}:${rtmpPort}/live`,
    rtmpsUrl: rtmpsPort === undefined ? null : (config.rtmps?.publicUrl ?? `rtmps://${host}:${rtmpsPort}/live`),
    streamKey: keys.primary,
    backupStreamKey: keys.backup,
  }
}

function refuseUpgrade(socket: Duplex): void {
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

/**
 * Starts a platform.
 *
 * @param options.now          Unix milliseconds, for tests
 * @param options.destination  where the log goes, for tests
 * @throws the error of listen with its `port`; the store's error; Error where the website is not built
 */
export async function createPlatform(
  config: Config,
  options: { now?: () => number; destination?: LogDestination } = {},
): Promise<Platform> {
  const now = options.now ?? Date.now
  const log = createLog(config, options.destination)
  const metrics = createMetrics()
  const webDir = config.webDir ?? installedWebDir()
  const pages = createPages({ webDir })
  const closers: (() => unknown)[] = []
  let stopping = false

  async function closeAll(): Promise<void> {
    stopping = true
    for (const close of closers.reverse()) await close()
  }

  async function start(): Promise<Platform> {
    closers.push(() => metrics.close())
    const store = await openStore({ databaseUrl: config.databaseUrl, dataDir: config.dataDir })
    closers.push(() => store.close())

    const organizations = createOrganizations({ store, now })
    const programs = createPrograms({ store, now, onError: (error) => log.warn({ error }, 'programs could not be read') })
    closers.push(() => programs.close())
    await programs.refresh()
    const outgoing = createOutgoing(config.fetch)
    const { sessionSeconds, sessionMaxSeconds } = config
    const access = await createAccess({ store, programs, outgoing, sessionSeconds, sessionMaxSeconds, now, log })
    closers.push(() => access.close())

    const nodeId = uuidv7()
    let media: Media | undefined
    const mediaAccess = (session: Session): MediaAccess | null => {
      const state = programs.get(session.programId)?.state
      return media === undefined || state === undefined || programStates[state].picture !== 'all' ? null : media.accessFor(session)
    }
    const live = createLive({ store, access, programs, people: access.people, mediaAccess, nodeId, log, now })
    media = await createMedia({
      config,
      programs,
      access,
      isMember: (id) => team.members.isMember(id),
      log,
      publishView: live.publishView,
      nodeId,
      now,
    })
    const opened = media
    closers.push(() => opened.close())
    programs.onChange((program) => {
      if (program.deleted_at === null) live.programChanged(program)
      else live.programGone(program.id)
    })
    const who = await createWhoWatches({ store, programs, access, live, nodeId, now, log })
    closers.push(() => who.close())

    metrics.watch({ name: 'voila_sockets', help: 'Open sockets and event streams', read: () => live.figures().sockets })
    metrics.watch({ name: 'voila_attendees', help: 'Attendees at this node', read: () => live.figures().attendees })
    metrics.watch({ name: 'voila_rooms', help: 'Runs that this node holds in memory', read: () => live.figures().rooms })
    metrics.watch({ name: 'voila_commands_accepted', help: 'Commands accepted since the start', read: () => live.figures().accepted })
    metrics.watch({ name: 'voila_commands_refused', help: 'Commands refused since the start', read: () => live.figures().refused })
    metrics.watch({ name: 'voila_streams', help: 'Streams held in memory', read: () => opened.server.streams().length })

    const cookies = createCookies(config)
    const origins = createOrigins(config)
    const baseUrl = (): string => config.publicUrl ?? `http://localhost:${portOf()}`
    const saml = await createSaml({ store, programs, access, outgoing, secret: config.secret, baseUrl, now, log })
    closers.push(() => saml.close())
    const team = await createTeam({ store, config, organizations, origins, baseUrl, now, log })
    closers.push(() => team.close())
    const { members, apiKeys, signIn, audit } = team
    members.onRemoved(live.endMember)
    const screenLinks = createScreenLinks({
      store,
      now,
      onRevoked: live.endScreens,
      onError: (error) => log.warn({ error }, 'links to big screens could not be read'),
    })
    closers.push(() => screenLinks.close())
    await screenLinks.refresh()
    const authenticate = createAuthenticate({
      access,
      programs,
      signIn,
      members,
      apiKeys,
      adminSecret: config.adminSecret,
      cookies,
      origins,
      now,
    })
    const waysInto = (programId: string): WaysIn => {
      const program = programs.get(programId)
      const bySaml = program?.saml === 1 && saml.connections.isOn(program.organization_id)
      return {
        signInUrl: program?.sign_in_url,
        samlUrl: bySaml ? `/${programId}/sign-in` : undefined,
        opensAt: program === undefined ? undefined : doorsOpenAt(program),
      }
    }
    const images = createImages({ store })
    const serving = createServing({ media, slides: images, now })
    const app = createHttpServer({
      config,
      log,
      metrics,
      pages,
      authenticate,
      audit,
      quick: (request, response) => (stopping ? undefined : serving.quick(request, response)),
      waysInto,
    })
    const portOf = (): number => (app.server.address() as AddressInfo | null)?.port ?? config.port

    await app.register(siteRoutes({ store, metrics, pages, webDir, isStopping: () => stopping }))
    await app.register(openApiRoutes({ pages }))
    await app.register(embedRoutes({ programs, organizations, pages, webDir }))
    await app.register(
      entryRoutes({
        access,
        programs,
        authenticate,
        cookies,
        origins,
        pages,
        metrics,
        waysInto,
        mediaAccess: (session) => opened.accessFor(session),
      }),
    )
    await app.register(team.routes)
    await app.register(accessRoutes({ access, organizations, programs }))
    await app.register(jwksRoutes({ sources: access.jwksSources, organizations }))
    const flowCookies = createFlowCookies(cookies)
    await app.register(samlEntryRoutes({ saml, programs, cookies, flowCookies, origins, pages, metrics, baseUrl, now }))
    await app.register(samlRoutes({ saml, organizations, flowCookies, baseUrl }))
    await app.register(organizationRoutes({ organizations, members, found: team.found }))
    await app.register(
      programRoutes({
        organizations,
        programs,
        images,
        checklist: createChecklist({ store }),
        baseUrl,
        configure: live.configure,
        momentsOf: who.momentsOf,
        streamKey: (program) => streamKeyAnswer(config, opened, program),
      }),
    )
    await app.register(preparedRoutes({ prepared: createPrepared({ store, now }), programs }))
    await app.register(exportRoutes({ programs, live, people: access }))
    await app.register(audienceRoutes({ programs, audience: who.audience, curve: who.curve }))
    const { readSession, teamOf, requireTeam } = authenticate
    await app.register(screenRoutes({ store, links: screenLinks, images, programs, pages, baseUrl, now, teamOf, readSession }))
    await app.register(
      liveRoutes({
        live,
        log,
        now,
        readSession,
        teamOf,
        screenOf: (request) => screenOf(screenLinks, request),
        requireTeam,
      }),
    )
    await app.register(teamActionRoutes({ programs, actions: createTeamActions({ store, people: access.people }) }))
    await app.register(mediaRoutes({ media, serve: serving.serve, programs, authenticate, isFed: who.isFed, now }))

    const sockets = createSockets({
      live,
      log,
      now,
      sessionOf: access.sessionOf,
      memberOf: authenticate.memberOf,
      browserOf: cookies.browserOf,
      screenOf: screenLinks.use,
      hasOwnOrigin: origins.hasOwnOrigin,
    })
    app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (!sockets.handleUpgrade(request, socket, head)) refuseUpgrade(socket)
    })
    closers.push(async () => {
      const patience = setTimeout(() => app.server.closeAllConnections(), patienceMs)
      await app.close().finally(() => clearTimeout(patience))
    })
    // Before the server stops: sockets are told to come back, and what they sent is committed.
    closers.push(() => live.drain())

    await app.listen({ host: config.host, port: config.port })
    let closing: Promise<void> | undefined
    return {
      url: `http://${reachable(config.host)}:${portOf()}`,
      port: portOf(),
      rtmpPort: media.server.rtmpPort,
      setupUrl: team.setupUrl,
      signInUrl: team.signInUrl,
      close: () => (closing ??= closeAll()),
    }
  }

  try {
    return await start()
  } catch (error) {
    await closeAll()
    throw error
  }
}
