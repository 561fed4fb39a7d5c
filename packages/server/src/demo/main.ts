// Owns: `npm run demo`: one process with the platform, a demo organization and a picture, and the links that show it.
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { demoClip, publishFlv } from '@voila/media'
import type { MediaAnswer, StreamHealthAnswer } from '@voila/protocol'
import { type Config, readConfig } from '../config.ts'
import { createPlatform, type Platform } from '../platform.ts'
import { startIntranet } from './intranet.ts'
import { administration, allowEmbedding, attendees, attendeeToken, makeOwner, owner, prepare, type Setting } from './setting.ts'

const usage = `
Usage: npm run demo -- [options]

  --port N         where the website is served            (8080), and on the next one the intranet that embeds it
  --rtmp-port N    where a feed is published to           (1935)
  --host ADDRESS   which address to listen on             (127.0.0.1)
  --public-url URL the address people open, behind a proxy
  --data FOLDER    where everything is kept               (data)
  --no-source      no demo picture: push your own feed
  --help           this text
`

function giveUp(line: string, code = 1): never {
  console.error(`\n  ${line}\n`)
  process.exit(code)
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8080' },
        'rtmp-port': { type: 'string', default: '1935' },
        host: { type: 'string', default: '127.0.0.1' },
        'public-url': { type: 'string' },
        data: { type: 'string', default: 'data' },
        'no-source': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    return values
  } catch (error) {
    return giveUp(`${error instanceof Error ? error.message : error}\n${usage}`, 2)
  }
}

const options = readOptions()
if (options.help) {
  console.log(usage)
  process.exit(0)
}

const dataDir = resolve(options.data)

function requireWritable(): void {
  try {
    mkdirSync(dataDir, { recursive: true })
    accessSync(dataDir, constants.W_OK)
  } catch {
    giveUp(`The data folder can't be written to: ${dataDir}. Choose another with --data.`)
  }
}

function configure(): Config {
  const read = readConfig({
    LOG_LEVEL: 'warn',
    ...process.env,
    HOST: options.host,
    PORT: options.port,
    RTMP_HOST: options.host,
    RTMP_PORT: options['rtmp-port'],
    DATA_DIR: dataDir,
    ...(options['public-url'] === undefined ? {} : { PUBLIC_URL: options['public-url'] }),
  })
  if (!('faults' in read)) return read.config
  return giveUp(read.faults.join('\n  '))
}

const nameOf = (code: unknown): string => (code === 'EADDRINUSE' ? 'is in use already' : 'may not be opened by this user')

async function start(config: Config): Promise<Platform> {
  try {
    return await createPlatform(config)
  } catch (error) {
    const { code, port } = error as { code?: unknown; port?: number }
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      giveUp(`Port ${port} ${nameOf(code)}. Choose another with --port or --rtmp-port.`)
    }
    throw error
  }
}

const pauseMs = 2_000

/**
 * Keeps the demo's picture running: the clip, again and again, over the real RTMP port, as an encoder would. A feed of one's own with the
 * same key takes over, since the newest publisher wins; the clip comes back when nobody publishes any more.
 */
function startSource(setting: Setting, isLive: () => Promise<boolean>): { stop(): Promise<void> } {
  const url = `rtmp://${new URL(platform.url).hostname}:${platform.rtmpPort}/live/${setting.streamKey}`
  let publishing: ReturnType<typeof publishFlv> | undefined
  let stopping = false
  async function show(): Promise<void> {
    while (!stopping) {
      publishing = publishFlv({ url, source: fileURLToPath(demoClip), loop: true })
      await publishing.done.catch(() => undefined)
      do await new Promise((done) => setTimeout(done, pauseMs).unref())
      while (!stopping && (await isLive()))
    }
  }
  void show()
  return {
    async stop() {
      stopping = true
      await publishing?.stop()
    },
  }
}

const pictureMs = 10_000
const lookMs = 200

/** Resolves when there is something to play, so that whoever follows a link at once sees it; after ten seconds in any case. */
async function untilPicture(): Promise<void> {
  const preview = await call<MediaAnswer>('POST', `/api/programs/${setting.programId}/preview`)
  const deadline = Date.now() + pictureMs
  while (preview !== undefined && Date.now() < deadline) {
    const { ok } = await fetch(new URL(new URL(preview.url, platform.url).pathname, platform.url))
    if (ok) return
    await new Promise((done) => setTimeout(done, lookMs))
  }
}

/** A link by which the owner signs in, for as long as the demo runs and a day at most. */
async function backstageLink(): Promise<string> {
  const url = await platform.signInUrl(owner.email)
  if (url !== undefined) return url
  await makeOwner(call, setting, platform.url)
  return await backstageLink()
}

function print(
  setting: Setting,
  { links, embedUrl, backstageUrl }: { links: readonly string[]; embedUrl: string; backstageUrl: string },
): void {
  const [first, second] = attendees
  console.log(`
  Voilà is running. Aldermoor Instruments shows its all-hands, and only whoever holds a link that it signed gets in.

  ${first.given_name} ${first.family_name} opens
    ${links[0]}

  ${second.given_name} ${second.family_name}, at the same time, opens
    ${links[1]}

  The same player in the company's own intranet, a page on another site, where ${first.given_name} is signed in
    ${embedUrl}

  Backstage, where the company runs the event and declares its keys; ${owner.name} is its owner
    ${backstageUrl}

  To show your own picture, push it from OBS or ffmpeg; it takes over from the demo's.
    Server      ${setting.rtmpUrl}
    Stream key  ${setting.streamKey}
    ffmpeg -re -i film.mp4 -c:v libx264 -preset veryfast -tune zerolatency -g 60 -c:a aac -f flv ${setting.rtmpUrl}/${setting.streamKey}
${
  process.env.SSH_CONNECTION === undefined
    ? ''
    : `
  You are on this machine over ssh. To open the links at home, run this there first:
    ssh -L ${options.port}:localhost:${options.port} -L ${options['rtmp-port']}:localhost:${options['rtmp-port']} -L ${new URL(embedUrl).port}:127.0.0.1:${new URL(embedUrl).port} ${process.env.USER ?? 'you'}@this-machine
`
}
  What was made is in ${dataDir}; delete it to begin anew. Ctrl-C ends the demo.
`)
}

requireWritable()
const config = configure()
const platform = await start(config)
const local = `http://localhost:${platform.port}`
const baseUrl = options['public-url'] ?? local
const call = administration(platform.url, config.adminSecret)
const setting = await prepare(call, dataDir)
const [reader] = attendees
const intranet = await startIntranet({
  host: options.host,
  port: platform.port + 1,
  page: { platformUrl: new URL(baseUrl).origin, givenName: reader.given_name, familyName: reader.family_name },
  sign: () => attendeeToken(setting, reader),
})
await allowEmbedding(call, setting, intranet.origin)
const embedUrl = `${intranet.origin}/`
const hosts = options['public-url'] === undefined ? [local, `http://127.0.0.1:${platform.port}`] : [baseUrl, baseUrl]
const links = attendees.map((person, index) => `${hosts[index]}/${setting.programId}?token=${attendeeToken(setting, person)}`)

const backstageUrl = await backstageLink()

const isLive = async (): Promise<boolean> => {
  const answer = await call<StreamHealthAnswer>('GET', `/api/programs/${setting.programId}/stream-health`)
  return answer?.live === true
}
const source = options['no-source'] ? undefined : startSource(setting, isLive)
if (source !== undefined) await untilPicture()

// The same facts for scripts. The links carry tokens and the secret opens everything, hence the mode.
writeFileSync(
  join(dataDir, 'demo.json'),
  `${JSON.stringify({ baseUrl, attendeeUrls: links, embedUrl, backstageUrl, ...setting, adminSecret: config.adminSecret }, null, 2)}\n`,
  { mode: 0o600 },
)
print(setting, { links, embedUrl, backstageUrl })

let ending = false
async function end(): Promise<void> {
  // A second Ctrl-C does not wait.
  if (ending) process.exit(130)
  ending = true
  await source?.stop()
  await intranet.close()
  await platform.close()
  process.exit(0)
}
process.on('SIGINT', end)
process.on('SIGTERM', end)
