// Owns: media over the real HTTP server with a real feed: what a stranger can fetch (nothing), and when a feed is taken.
import { fileURLToPath } from 'node:url'
import { demoClip, publishFlv } from '@voila/media'
import type { ErrorCode, ListAnswer, Problem, RecordingAnswer, SessionAnswer, StreamHealthAnswer, StreamKeyAnswer } from '@voila/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issueCredential, purposeKey } from '../../src/media/credential.ts'
import { png } from '../pictures.ts'
import { type Answer, cookieOf, exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'

let running: Running
let signer: Signer
let programId: string
let otherProgramId: string
let publishing: ReturnType<typeof publishFlv>

type Entered = { bearer: string; sessionId: string; base: string }

async function streamKeys(id: string): Promise<StreamKeyAnswer> {
  return (await running.admin<StreamKeyAnswer>('GET', `/api/programs/${id}/stream-key`)).body
}

async function publish(id: string): Promise<ReturnType<typeof publishFlv>> {
  const { streamKey } = await streamKeys(id)
  const feed = publishFlv({
    url: `rtmp://127.0.0.1:${running.platform.rtmpPort}/live/${streamKey}`,
    source: fileURLToPath(demoClip),
    loop: true,
  })
  // It may be sent away before a test looks.
  feed.done.catch(() => undefined)
  return feed
}

async function enter(id: string, sub = 'amelie'): Promise<Entered> {
  const { body } = await exchange(running, id, tokenOf(signer, id, { sub }))
  const base = body.media.url.replace('live.m3u8', '')
  const sessionId = Buffer.from(base.split('/')[3] ?? '', 'base64url')
    .subarray(4, 20)
    .toString('hex')
  return { bearer: body.session.token, sessionId: sessionId.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5'), base }
}

async function until<T>(what: () => Promise<T | undefined>, timeoutMs = 20_000): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await what()
    if (value !== undefined) return value
    if (Date.now() > deadline) throw new Error('it did not come about')
    await new Promise((done) => setTimeout(done, 100))
  }
}

const names = (playlist: string): string[] =>
  [...playlist.matchAll(/(?:URI="|^)([A-Za-z0-9_-]+\/[a-z0-9.-]+\.(?:m4s|mp4))/gm)].map(([, name]) => name ?? '')
const now = () => Math.floor(Date.now() / 1_000)

beforeAll(async () => {
  running = await start({ env: { RECORDINGS: 'on' } })
  signer = await makeSigner(running)
  programId = await makeProgram(running, signer)
  otherProgramId = await makeProgram(running, signer)
  publishing = await publish(programId)
  const { base } = await enter(programId)
  await until(async () => ((await running.call(`${base}stream.m3u8`)).text.includes('.m4s') ? true : undefined))
})
afterAll(async () => {
  await publishing.stop()
  await running.close()
})

describe('with a credential', () => {
  test('the playlists, the init segment, segments and parts are served, each with its type', async () => {
    const { base } = await enter(programId)
    for (const name of ['live.m3u8', 'stream.m3u8', 'plain.m3u8']) {
      const playlist = await running.call(`${base}${name}`)
      expect(playlist.status).toBe(200)
      expect(playlist.headers.get('content-type')).toBe('application/vnd.apple.mpegurl')
      expect(playlist.text.startsWith('#EXTM3U')).toBe(true)
    }
    const { text } = await running.call(`${base}stream.m3u8`)
    const [init, ...media] = names(text)
    expect((await running.call(`${base}${init}`)).headers.get('content-type')).toBe('video/mp4')
    expect((await running.call(`${base}${media[0]}`)).status).toBe(200)
  })

  test('no address in a playlist holds the credential or a token', async () => {
    const { base } = await enter(programId)
    const { text } = await running.call(`${base}stream.m3u8`)
    expect(text).not.toContain(base.split('/')[3])
  })

  test('a blocking reload waits for the part that it names', async () => {
    const { base } = await enter(programId)
    const { text } = await running.call(`${base}stream.m3u8`)
    const [, name = '', msn = '', part = ''] = /PRELOAD-HINT:TYPE=PART,URI="(.*\/s(\d+)\.(\d+)\.m4s)"/.exec(text) ?? []
    const later = await running.call(`${base}stream.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`)
    expect(later.text).toMatch(new RegExp(`EXT-X-PART:.*${name}`))
  })

  test('HEAD says what GET would, without the body', async () => {
    const { base } = await enter(programId)
    const head = await running.call(`${base}live.m3u8`, { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
  })

  test('the short way says what the ordinary way says, which whoever asks in an unusual way takes', async () => {
    const { base } = await enter(programId)
    const { text } = await running.call(`${base}stream.m3u8`)
    const segment = names(text).find((name) => /s\d+\.m4s$/.test(name))
    const part = names(text).find((name) => /s\d+\.\d+\.m4s$/.test(name))
    const told = ({ status, text: body, headers }: Answer) => ({
      status,
      body,
      ...Object.fromEntries(headers),
      date: '',
      'x-trace-id': headers.get('x-trace-id')?.replace(/^[0-9a-f]{16}$/, 'an id'),
    })
    for (const name of ['live.m3u8', segment, part]) {
      const short = told(await running.call(`${base}${name}`))
      expect(short).toEqual(told(await running.call(`${base}${name}?unusual`)))
      expect(short).toMatchObject({ status: 200, 'x-trace-id': 'an id', 'x-content-type-options': 'nosniff' })
    }
  })

  test('who is sent away while he waits for a playlist does not get it', async () => {
    const { base, bearer } = await enter(programId, 'waiting')
    const { text } = await running.call(`${base}stream.m3u8`)
    const msn = Number(/EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]) + text.split('#EXTINF').length - 1
    const waiting = running.call<Problem>(`${base}stream.m3u8?_HLS_msn=${msn + 1}&_HLS_part=0`)
    await running.call(`/api/programs/${programId}/session`, { method: 'DELETE', headers: { authorization: `Bearer ${bearer}` } })
    const { status, body } = await waiting
    expect([status, body?.code]).toEqual([403, 'session_revoked'])
  })

  test('an address is renewed by the session alone', async () => {
    const { bearer } = await enter(programId)
    const path = `/api/programs/${programId}/media`
    const renewed = await running.call<SessionAnswer['media']>(path, { method: 'POST', headers: { authorization: `Bearer ${bearer}` } })
    expect(renewed.status).toBe(200)
    expect((await running.call(renewed.body.url)).status).toBe(200)
    expect((await running.call(path, { method: 'POST' })).status).toBe(401)
    const { cookie } = cookieOf(await running.call(`/${programId}?token=${tokenOf(signer, programId)}`))
    const foreign = await running.call<Problem>(path, { method: 'POST', headers: { cookie, origin: 'https://elsewhere.example' } })
    expect([foreign.status, foreign.body.code]).toEqual([403, 'origin_denied'])
  })

  test('a native address lasts as long as the session, for players that renew nothing', async () => {
    const { bearer } = await enter(programId)
    const native = await running.call<SessionAnswer['media']>(`/api/programs/${programId}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'native' }),
    })
    expect(Date.parse(native.body.expiresAt) - Date.now()).toBeGreaterThan(11 * 3_600_000)
    expect((await running.call(native.body.url)).status).toBe(200)
  })
})

describe('a bad entry is refused with its status and code, and nothing is served', () => {
  const secret = 's'.repeat(40)
  const keyFor = (purpose: string, of = secret) => purposeKey(of, purpose)
  const cases: [string, ErrorCode, (me: Entered) => string][] = [
    ['no credential', 'credential_missing', () => `/media/${programId}/`],
    ['a credential that is a word', 'credential_malformed', () => `/media/${programId}/anything/`],
    [
      'an expired credential',
      'credential_expired',
      (me) =>
        `/media/${programId}/${issueCredential(keyFor('media credential'), { programId, holderId: me.sessionId, expiresAt: now() - 1, kind: 'short' })}/`,
    ],
    [
      'a credential made with another secret',
      'credential_forged',
      (me) =>
        `/media/${programId}/${issueCredential(keyFor('media credential', 'x'.repeat(40)), { programId, holderId: me.sessionId, expiresAt: now() + 60, kind: 'short' })}/`,
    ],
    ['another program’s credential', 'credential_forged', (me) => me.base.replace(programId, otherProgramId)],
    ['a session token as credential', 'credential_malformed', (me) => `/media/${programId}/${me.bearer}/`],
  ]
  const files = ['live.m3u8', 'stream.m3u8', 'plain.m3u8', 'segment'] as const
  test.each(
    cases.flatMap(([what, code, base]) => files.map((file) => [what, file, code, base] as const)),
  )('%s at %s: %s', async (_what, file, code, base) => {
    const me = await enter(programId)
    const [segment = ''] = names((await running.call(`${me.base}stream.m3u8`)).text).filter((name) => name.endsWith('.m4s'))
    const answer = await running.call<Problem>(`${base(me)}${file === 'segment' ? segment : file}`)
    const expected = { credential_missing: 401, credential_malformed: 400, credential_expired: 401, credential_forged: 403 }[code as string]
    expect([answer.status, answer.body.code]).toEqual([expected, code])
    expect(answer.text).not.toContain('#EXTM3U')
    expect(answer.text).not.toContain(me.bearer)
  })

  test.each([
    '../live.m3u8',
    '..%2f..%2f..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/etc/passwd',
    '..\\..\\package.json',
    'live.m3u8%00',
    'Live.m3u8',
    './live.m3u8x',
    'AAAAAAAA/init-0.mp4',
    'AAAAAAAA/s1.m4s',
    '__proto__',
    'constructor',
    '',
  ])('with a good credential the name %j is not found', async (name) => {
    const { base } = await enter(programId)
    // fetch would resolve dots itself; this sends them as they are.
    const { request } = await import('node:http')
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request({ port: running.platform.port, host: '127.0.0.1', path: `${base}${name}` }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.once('error', reject)
      sent.end()
    })
    expect([400, 404]).toContain(status)
  })

  test('a revoked session: playlist and segment at once', async () => {
    const me = await enter(programId, 'to-be-revoked')
    expect((await running.call(`${me.base}live.m3u8`)).status).toBe(200)
    const { body } = await running.call<SessionAnswer>(`/api/programs/${programId}/session`, {
      headers: { authorization: `Bearer ${me.bearer}` },
    })
    await running.admin('POST', `/api/programs/${programId}/attendees/${body.attendee.id}/revoke`)
    for (const name of ['live.m3u8', 'stream.m3u8', 'x/s1.m4s']) {
      const answer = await running.call<Problem>(`${me.base}${name}`)
      expect([answer.status, answer.body.code]).toEqual([403, 'session_revoked'])
    }
  })

  test('a revoked key ends the picture of everybody it let in', async () => {
    const other = await makeSigner(running, { organizationId: signer.organizationId })
    const { body } = await exchange(running, programId, tokenOf(other, programId, { sub: 'by-another-key' }))
    expect((await running.call(body.media.url)).status).toBe(200)
    await running.admin('POST', `/api/organizations/${signer.organizationId}/partner-keys/${other.kid}/revoke`)
    expect((await running.call<Problem>(body.media.url)).body.code).toBe('session_revoked')
  })

  test('a program that is not live shows its picture to no attendee', async () => {
    const scheduled = await makeProgram(running, signer, { state: 'scheduled' })
    const feed = await publish(scheduled)
    const { base } = await enter(scheduled)
    const answer = await running.call<Problem>(`${base}live.m3u8`)
    expect([answer.status, answer.body.code]).toEqual([403, 'program_closed'])
    await feed.stop()
  })
})

describe('a feed', () => {
  test('with a wrong key is refused before it begins, and leaves no stream', async () => {
    const id = await makeProgram(running, signer)
    const { streamKey } = await streamKeys(id)
    const wrong = `${streamKey.slice(0, -1)}${streamKey.endsWith('A') ? 'B' : 'A'}`
    const feed = publishFlv({
      url: `rtmp://127.0.0.1:${running.platform.rtmpPort}/live/${wrong}`,
      source: fileURLToPath(demoClip),
      loop: false,
    })
    await expect(feed.done).rejects.toThrow(/BadName/)
    const health = (await running.admin<StreamHealthAnswer>('GET', `/api/programs/${id}/stream-health`)).body
    expect(health).toMatchObject({ live: false, shown: null, choice: 'auto', inputs: { primary: { state: 'absent' } } })
    // The program is live, so it is a problem that nobody sends.
    expect(health.advice).toEqual([{ level: 'problem', code: 'nothing_sent', says: expect.stringContaining('OBS') }])
    expect(running.log()).not.toContain(wrong)
  })

  test('is sent away when its key is rotated, and the new key is taken', async () => {
    const id = await makeProgram(running, signer)
    const feed = await publish(id)
    await until(
      async () =>
        (await running.admin<StreamHealthAnswer>('GET', `/api/programs/${id}/stream-health`)).body.inputs.primary.connectedSince ??
        undefined,
    )
    const before = await streamKeys(id)
    const after = await running.admin<StreamKeyAnswer>('POST', `/api/programs/${id}/stream-key`, { rotate: 'primary' })
    expect(after.body.streamKey).not.toBe(before.streamKey)
    expect(after.body.backupStreamKey).toBe(before.backupStreamKey)
    await feed.done.catch(() => undefined)
    const again = await publish(id)
    const { base } = await enter(id)
    await until(async () => ((await running.call(`${base}live.m3u8`)).status === 200 ? true : undefined))
    await again.stop()
  })

  test('is recorded, and the recording can be taken away and deleted by the administration alone', async () => {
    const path = `/api/programs/${programId}/recordings`
    const [recording] = await until(async () => {
      const { items } = (await running.admin<ListAnswer<RecordingAnswer>>('GET', path)).body
      return items[0] !== undefined && items[0].durationSeconds > 1 ? items : undefined
    })
    const file = `${path}/${recording?.id}/file`
    const bytes = Buffer.from(
      await (
        await fetch(`${running.platform.url}${file}`, { headers: { authorization: `Bearer ${running.config.adminSecret}` } })
      ).arrayBuffer(),
    )
    expect(bytes.subarray(4, 8).toString('latin1')).toBe('ftyp')
    const part = await fetch(`${running.platform.url}${file}`, {
      headers: { authorization: `Bearer ${running.config.adminSecret}`, range: 'bytes=4-7' },
    })
    expect([part.status, await part.text()]).toEqual([206, 'ftyp'])
    expect((await running.call(file)).status).toBe(401)
    expect((await running.admin('GET', `/api/programs/${otherProgramId}/recordings/${recording?.id}/file`)).status).toBe(404)
    expect((await running.admin('GET', `${path}/..%2f..%2fsecret/file`)).status).toBe(404)
    expect((await running.admin('DELETE', `${path}/${recording?.id}`)).status).toBe(204)
    expect((await running.admin('GET', file)).status).toBe(404)
  })
})

describe('the picture of a slide', () => {
  const picture = png(64, 36)
  async function upload(id: string): Promise<string> {
    const sent = await fetch(`${running.platform.url}/api/programs/${id}/slides`, {
      method: 'POST',
      headers: { authorization: `Bearer ${running.config.adminSecret}`, 'content-type': 'image/png' },
      body: new Uint8Array(picture),
    })
    return ((await sent.json()) as { imageId: string }).imageId
  }

  test('comes below the credential of its program, the first time and from memory, and is kept by the browser alone', async () => {
    const { base } = await enter(programId)
    const slide = await upload(programId)
    for (const _ of ['from the database', 'from memory']) {
      const answer = await fetch(`${running.platform.url}${base}slides/${slide}`)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('image/png')
      expect(answer.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
      expect(Buffer.from(await answer.arrayBuffer()).equals(picture)).toBe(true)
    }
  })

  test('of another program, or none at all, is not there; nor is one without a good credential', async () => {
    const { base } = await enter(programId)
    const [own, others] = [await upload(programId), await upload(otherProgramId)]
    const code = async (path: string): Promise<ErrorCode> => (await running.call<Problem>(path)).body.code
    for (const id of [others, 'A'.repeat(22), 'A'.repeat(21), '']) expect((await running.call(`${base}slides/${id}`)).status).toBe(404)
    // Also once it is in memory.
    await running.call(`${base}slides/${own}`)
    const other = (await enter(otherProgramId)).base
    expect(await code(`${other}slides/${own}`)).toBe('image_unknown')
    expect(await code(`/media/${programId}/slides/${own}`)).toBe('credential_malformed')
    expect(await code(`${base.replace(programId, otherProgramId)}slides/${own}`)).toBe('credential_forged')
  })

  test('is refused to a session that was ended, from memory too', async () => {
    const { body } = await exchange(running, programId, tokenOf(signer, programId, { sub: 'leaver' }))
    const slide = body.media.url.replace('live.m3u8', `slides/${await upload(programId)}`)
    expect((await running.call(slide)).status).toBe(200)
    await running.admin('POST', `/api/programs/${programId}/attendees/${body.attendee.id}/revoke`)
    expect((await running.call<Problem>(slide)).body.code).toBe('session_revoked')
  })
})
