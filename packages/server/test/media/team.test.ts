// Owns: what the team sees of a feed over HTTP: its preview, its health and advice, which input is shown, recordings by name.
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { demoClip, publishFlv } from '@voila/media'
import type {
  ListAnswer,
  MediaAccess,
  Problem,
  Program,
  ProgramState,
  RecordingAnswer,
  StreamHealthAnswer,
  StreamKeyAnswer,
} from '@voila/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../../../test/require.ts'
import { join, type Somebody, setUp } from '../backstage/people.ts'
import { exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'

let running: Running
let signer: Signer
let owner: Somebody
let producer: Somebody
let shiftMs = 0
let feeds: ReturnType<typeof publishFlv>[] = []

beforeAll(async () => {
  running = await start({ env: { RECORDINGS: 'on' }, now: () => Date.now() + shiftMs })
  const { owner: first, organizationId } = await setUp(running)
  owner = first
  signer = await makeSigner(running, { organizationId })
  producer = await join(running, { organizationId, role: 'producer' })
})
afterEach(async () => {
  for (const feed of feeds) await feed.stop()
  feeds = []
})
afterAll(() => running.close())

const pathTo = (id: string, rest = '') => `/api/programs/${id}${rest}`
const move = async (id: string, to: ProgramState) => void (await running.admin('POST', pathTo(id, '/state'), { to }))
const health = async (id: string) => (await running.admin<StreamHealthAnswer>('GET', pathTo(id, '/stream-health'))).body

async function publish(id: string, input: 'primary' | 'backup' = 'primary'): Promise<ReturnType<typeof publishFlv>> {
  const { streamKey, backupStreamKey } = (await running.admin<StreamKeyAnswer>('GET', pathTo(id, '/stream-key'))).body
  const key = input === 'primary' ? streamKey : backupStreamKey
  const feed = publishFlv({ url: `rtmp://127.0.0.1:${running.platform.rtmpPort}/live/${key}`, source: fileURLToPath(demoClip), loop: true })
  feed.done.catch(() => undefined)
  feeds.push(feed)
  return feed
}

const picture = async (url: string) => {
  const { status, body } = await running.call<Problem | undefined>(url)
  return status === 200 ? 'a picture' : body?.code
}
const shows = (url: string) => expect.poll(() => picture(url), { timeout: 20_000, interval: 100 }).toBe('a picture')

describe('the preview', () => {
  test('is there for the team in every state that shows it a picture, and for attendees in live alone', async () => {
    const id = await makeProgram(running, signer, { state: 'draft' })
    await publish(id)
    const preview = (await producer.ask<MediaAccess>('POST', pathTo(id, '/preview'))).body
    expect(Date.parse(String(preview.expiresAt)) - Date.now()).toBeLessThanOrEqual(120_000)
    await shows(preview.url)
    const seen: unknown[] = []
    for (const to of ['scheduled', 'rehearsal', 'scheduled', 'live', 'ended', 'archived'] as const) {
      await move(id, to)
      seen.push([to, await picture(preview.url)])
      if (to !== 'live') continue
      const attendee = (await exchange(running, id, tokenOf(signer, id))).body.media
      seen.push(['an attendee', await picture(attendee.url)])
      await move(id, 'ended')
      seen.push(['an attendee after the end', await picture(attendee.url)])
      await move(id, 'live')
    }
    expect(seen).toEqual([
      ['scheduled', 'a picture'],
      ['rehearsal', 'a picture'],
      ['scheduled', 'a picture'],
      ['live', 'a picture'],
      ['an attendee', 'a picture'],
      ['an attendee after the end', 'program_closed'],
      ['ended', 'program_closed'],
      ['archived', 'program_closed'],
    ])
  })

  test('is refused from the moment on when a member is removed, and is nobody’s with another program’s name', async () => {
    const id = await makeProgram(running, signer, { state: 'scheduled' })
    const otherId = await makeProgram(running, signer, { state: 'scheduled' })
    await publish(id)
    await publish(otherId)
    const leaving = await join(running, { organizationId: signer.organizationId, role: 'moderator', email: 'leaving@aldermoor.example' })
    const { url } = (await leaving.ask<MediaAccess>('POST', pathTo(id, '/preview'))).body
    await shows(url)
    expect(await picture(url.replace(id, otherId))).toBe('credential_forged')
    await owner.ask('DELETE', `/api/organizations/${signer.organizationId}/members/${leaving.id}`)
    expect(await picture(url)).toBe('not_permitted')
    expect((await leaving.ask<Problem>('POST', pathTo(id, '/preview'))).body.code).toBe('program_unknown')
  })

  test('is given to the administration too, and to nobody without a sign-in', async () => {
    const id = await makeProgram(running, signer, { state: 'scheduled' })
    await publish(id)
    const { url } = (await running.admin<MediaAccess>('POST', pathTo(id, '/preview'))).body
    await shows(url)
    expect((await running.call<Problem>(pathTo(id, '/preview'), { method: 'POST' })).body.code).toBe('sign_in_required')
    const attendee = (await exchange(running, id, tokenOf(signer, id))).body.session.token
    const asked = await running.call<Problem>(pathTo(id, '/preview'), { method: 'POST', headers: { authorization: `Bearer ${attendee}` } })
    expect(asked.body.code).toBe('sign_in_required')
  })
})

describe('which input is shown', () => {
  test('is chosen by the team, switches without an end, and is remembered for an encoder that comes later', async () => {
    const id = await makeProgram(running, signer)
    const choose = (input: string) => running.admin<StreamHealthAnswer & Problem>('POST', pathTo(id, '/stream-input'), { input })
    expect((await choose('backup')).body).toMatchObject({ choice: 'backup', shown: null, live: false })
    const primary = await publish(id)
    await expect.poll(async () => (await health(id)).inputs.primary.state, { timeout: 20_000 }).toBe('standby')
    // Chosen is chosen: nothing is shown, and the advice says why.
    const chosen = await health(id)
    expect(chosen).toMatchObject({ live: false, shown: null, choice: 'backup' })
    expect(chosen.advice[0]).toMatchObject({
      level: 'problem',
      code: 'chosen_absent',
      says: expect.stringContaining('backup input is chosen'),
    })

    await publish(id, 'backup')
    await expect.poll(async () => (await health(id)).shown, { timeout: 20_000 }).toBe('backup')
    const { url } = (await running.admin<MediaAccess>('POST', pathTo(id, '/preview'))).body
    await shows(url)
    expect((await choose('primary')).body.choice).toBe('primary')
    await expect.poll(async () => (await health(id)).shown, { timeout: 20_000 }).toBe('primary')
    const playlist = (await running.call(url.replace('live.m3u8', 'stream.m3u8'))).text
    expect(playlist).toContain('#EXT-X-DISCONTINUITY')
    expect(playlist).not.toContain('#EXT-X-ENDLIST')
    await choose('auto')
    await primary.stop()
    await expect.poll(async () => (await health(id)).shown, { timeout: 20_000 }).toBe('backup')
    expect((await health(id)).advice).toContainEqual(expect.objectContaining({ level: 'warning', code: 'on_backup' }))
    expect((await choose('third')).body.code).toBe('invalid_request')
  })
})

test('a rotated key sends its encoder away also where nothing else has changed since the server started', async () => {
  const before = await start()
  const id = await makeProgram(before, await makeSigner(before))
  await before.platform.close()
  const again = await start({ database: before.database })
  const { streamKey } = (await again.admin<StreamKeyAnswer>('GET', pathTo(id, '/stream-key'))).body
  const feed = publishFlv({
    url: `rtmp://127.0.0.1:${again.platform.rtmpPort}/live/${streamKey}`,
    source: fileURLToPath(demoClip),
    loop: true,
  })
  const sentAway = expect(feed.done).rejects.toThrow('The stream key has been changed')
  await expect
    .poll(async () => (await again.admin<StreamHealthAnswer>('GET', pathTo(id, '/stream-health'))).body.live, { timeout: 20_000 })
    .toBe(true)
  await again.admin('POST', pathTo(id, '/stream-key'), { rotate: 'primary' })
  await sentAway
  await again.close()
  await before.database.drop()
})

describe('what is known of a feed', () => {
  test('is its measures, the advice that goes with them, and on the program that it is there', async () => {
    const id = await makeProgram(running, signer, { state: 'scheduled' })
    const program = async () => (await running.admin<Program>('GET', pathTo(id))).body
    // Before it is live, that nobody sends is an invitation rather than a problem.
    expect(await health(id)).toMatchObject({ advice: [{ level: 'hint', code: 'nothing_sent' }], lastProblem: null, choice: 'auto' })
    expect((await program()).live).toBe(false)
    const feed = await publish(id)
    await expect.poll(async () => (await health(id)).inputs.primary.keyFrameIntervalSeconds ?? 0, { timeout: 20_000 }).toBeGreaterThan(0)
    const now = await health(id)
    expect(now).toMatchObject({
      live: true,
      shown: 'primary',
      inputs: {
        primary: { state: 'live', codec: expect.stringContaining('avc1'), width: expect.any(Number), bitrate: expect.any(Number) },
        backup: { state: 'absent', codec: null, connectedSince: null },
      },
      recording: true,
    })
    expect(Date.parse(now.inputs.primary.connectedSince ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect(now.advice).toContainEqual(expect.objectContaining({ level: 'hint', code: 'one_encoder' }))
    await expect.poll(async () => (await program()).live, { timeout: 10_000 }).toBe(true)
    await feed.stop()
    await expect.poll(async () => (await program()).live, { timeout: 10_000 }).toBe(false)
  })

  test('a deleted program’s feed ends and its recordings go', async () => {
    const id = await makeProgram(running, signer, { state: 'draft' })
    const feed = await publish(id)
    const recordings = async () => (await running.admin<ListAnswer<RecordingAnswer>>('GET', pathTo(id, '/recordings'))).body.items
    await expect.poll(async () => (await recordings())[0]?.durationSeconds ?? 0, { timeout: 20_000 }).toBeGreaterThan(0)
    expect((await running.admin('DELETE', pathTo(id))).status).toBe(204)
    await expect(feed.done).rejects.toThrow()
    const folder = `${running.database.where.dataDir}/recordings`
    const left = async () => {
      const notes = (await readdir(folder)).filter((name) => name.endsWith('.json'))
      const texts = await Promise.all(notes.map((name) => readFile(`${folder}/${name}`, 'utf8').catch(() => '')))
      return texts.filter((text) => text.includes(id))
    }
    await expect.poll(left, { timeout: 20_000 }).toEqual([])
  })
})

test('a recording is named after its program and its hour, in letters of any language', async () => {
  const id = await makeProgram(running, signer, { state: 'draft', title: 'Été “2030”: l’année / Rückblick' })
  await running.admin('PATCH', pathTo(id), { timeZone: 'Asia/Tokyo' })
  const feed = await publish(id)
  const first = async () => (await running.admin<ListAnswer<RecordingAnswer>>('GET', pathTo(id, '/recordings'))).body.items[0]
  await expect.poll(async () => (await first())?.durationSeconds ?? 0, { timeout: 20_000 }).toBeGreaterThan(0)
  await feed.stop()
  const recording = await first()
  const file = pathTo(id, `/recordings/${recording?.id}/file`)
  const answer = await fetch(`${running.platform.url}${file}`, { headers: { authorization: `Bearer ${running.config.adminSecret}` } })
  await answer.body?.cancel()
  const said = answer.headers.get('content-disposition') ?? ''
  const [, plain, full] = /^attachment; filename="([^"]+)"; filename\*=UTF-8''(.+)$/.exec(said) ?? []
  const inTokyo = new Date(Date.parse(recording?.startedAt ?? '') + 9 * 3_600_000)
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ')
    .replace(':', '.')
  expect(decodeURIComponent(full ?? '')).toBe(`Été “2030” l’année Rückblick ${inTokyo}.mp4`)
  expect(plain).toBe(`Ete _2030_ l_annee Ruckblick ${inTokyo}.mp4`)
})

test('after the end an encoder is taken for two minutes more, and sent away then', async () => {
  const id = await makeProgram(running, signer)
  const feed = await publish(id)
  await expect.poll(async () => (await health(id)).live, { timeout: 20_000 }).toBe(true)
  await move(id, 'ended')
  // Gone before the clock jumps, which would make it silent for too long.
  await feed.stop()
  shiftMs += 110_000
  const again = await publish(id)
  await expect.poll(async () => (await health(id)).inputs.primary.state, { timeout: 20_000 }).toBe('live')
  shiftMs += 11_000
  await expect(again.done).rejects.toThrow()
  const refused = await publish(id)
  await expect(refused.done).rejects.toThrow(/BadName/)
})

describe.skipIf(needs.postgres())('on two nodes', () => {
  test('the one without the feed says that it is there, and that the other knows how it is', async () => {
    const one = await start({ kind: 'postgres' })
    const two = await start({ kind: 'postgres', database: one.database })
    const id = await makeProgram(one, await makeSigner(one))
    const keys = (await one.admin<StreamKeyAnswer>('GET', pathTo(id, '/stream-key'))).body
    const feed = publishFlv({
      url: `rtmp://127.0.0.1:${one.platform.rtmpPort}/live/${keys.streamKey}`,
      source: fileURLToPath(demoClip),
      loop: true,
    })
    feed.done.catch(() => undefined)
    const at = async (running: Running) => (await running.admin<StreamHealthAnswer>('GET', pathTo(id, '/stream-health'))).body
    await expect.poll(async () => (await at(one)).live, { timeout: 20_000 }).toBe(true)
    await expect
      .poll(async () => (await at(two)).advice, { timeout: 10_000 })
      .toEqual([expect.objectContaining({ code: 'feed_elsewhere' })])
    expect(await at(two)).toMatchObject({ live: true, shown: null })
    expect((await two.admin<Program>('GET', pathTo(id))).body.live).toBe(true)
    // What is chosen here is done there.
    await two.admin('POST', pathTo(id, '/stream-input'), { input: 'backup' })
    await expect.poll(async () => (await at(one)).choice, { timeout: 10_000 }).toBe('backup')
    await feed.stop()
    await two.close()
    await one.close()
  })
})
