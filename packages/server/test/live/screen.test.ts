// Owns: that the big screen is opened by its link alone, goes dark with it on every node, and is told nothing that is not approved.
import type { Problem, ScreenLinkAnswer } from '@voila/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import { needs } from '../../../../test/require.ts'
import { png } from '../pictures.ts'
import { adminSecret, exchange, makeProgram, makeSigner, type Running, start, tokenOf } from '../running.ts'
import { Client, until } from './client.ts'

const runnings: Running[] = []
const clients: Client[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.cut()
  for (const running of runnings.splice(0).reverse()) await running.close()
})

async function open(options: Parameters<typeof start>[0] = {}): Promise<Running> {
  const running = await start(options)
  runnings.push(running)
  return running
}
async function connect(running: Running, programId: string, options: ConstructorParameters<typeof Client>[0]): Promise<Client> {
  const client = new Client(options)
  clients.push(client)
  await client.connect(`${running.platform.url.replace('http', 'ws')}/api/programs/${programId}/socket`)
  return client
}
const screenAt = (running: Running, programId: string, secret: string) =>
  connect(running, programId, { as: 'screen', session: secret, headers: {} })

type Made = { link: ScreenLinkAnswer; url: string }
async function makeLink(running: Running, programId: string) {
  const { status, body } = await running.admin<Made>('POST', `/api/programs/${programId}/screen-links`, { name: 'Main hall' })
  expect(status).toBe(201)
  const url = new URL(body.url)
  expect([url.pathname, url.search]).toEqual([`/screen/${programId}`, ''])
  return { id: body.link.id, secret: url.hash.slice(1) }
}
const command = (running: Running, programId: string, activity: string, asked: object) =>
  running.admin('POST', `/api/programs/${programId}/commands`, { id: crypto.randomUUID(), activity, command: asked })

async function show() {
  const running = await open()
  const signer = await makeSigner(running)
  const programId = await makeProgram(running, signer)
  const attendee = (await exchange(running, programId, tokenOf(signer, programId))).body.session.token
  return { running, signer, programId, attendee }
}

describe('a link to the big screen', () => {
  test('opens the screen of its own program, and its secret is nowhere but in the address that was told', async () => {
    const { running, signer, programId } = await show()
    const { secret, id } = await makeLink(running, programId)
    const client = await screenAt(running, programId, secret)
    expect(client.closed).toBeUndefined()
    const other = await makeProgram(running, signer)
    const listed = await running.admin('GET', `/api/programs/${programId}/screen-links`)
    expect([listed.text, running.log()].join()).not.toContain(secret)
    expect(listed.text).toContain(id)
    for (const wrong of [await screenAt(running, other, secret), await screenAt(running, programId, `vl_${'A'.repeat(43)}`)]) {
      await until('it is refused', () => wrong.closed !== undefined)
      expect(wrong.closed).toEqual({ code: 4403, reason: 'screen_link_invalid' })
    }
  })

  test('is no session: it acts in nothing, and reads no other way', async () => {
    const { running, programId } = await show()
    const { secret } = await makeLink(running, programId)
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ id: crypto.randomUUID(), activity: 'chat', command: { type: 'post', text: 'x' } })
    expect((await running.call(`/api/programs/${programId}/commands`, { method: 'POST', headers, body })).status).toBe(401)
    expect((await running.call(`/api/programs/${programId}/session`, { headers })).status).toBe(401)
    expect((await running.call(`/api/programs/${programId}/activities/chat/history`, { headers })).status).toBe(401)
  })

  test('is revoked with the screens that it opened', async () => {
    const { running, programId } = await show()
    const { id, secret } = await makeLink(running, programId)
    const client = await screenAt(running, programId, secret)
    expect((await running.admin('DELETE', `/api/programs/${programId}/screen-links/${id}`)).status).toBe(204)
    await until('it is dark', () => client.closed !== undefined)
    expect(client.closed).toEqual({ code: 4403, reason: 'screen_link_invalid' })
    const again = await screenAt(running, programId, secret)
    await until('it is refused', () => again.closed !== undefined)
  })

  test.skipIf(needs.postgres())('is revoked on the other node within two seconds', async () => {
    const here = await open({ kind: 'postgres' })
    const there = await open({ kind: 'postgres', database: here.database })
    const programId = await makeProgram(here, await makeSigner(here))
    await until('the other knows it', async () => (await there.admin('GET', `/api/programs/${programId}`)).status === 200)
    const { id, secret } = await makeLink(here, programId)
    const client = await screenAt(there, programId, secret)
    expect(client.closed).toBeUndefined()
    const at = performance.now()
    await here.admin('DELETE', `/api/programs/${programId}/screen-links/${id}`)
    await until('it is dark', () => client.closed !== undefined)
    expect(performance.now() - at).toBeLessThan(2_000)
  })
})

describe('the big screen is told', () => {
  test('what was taken and what was published, and not a byte of what waits or is the team’s', async () => {
    const { running, programId, attendee } = await show()
    const { secret } = await makeLink(running, programId)
    const screen = await screenAt(running, programId, secret)
    const asker = await connect(running, programId, { session: attendee })
    await command(running, programId, 'questions', { type: 'configure', on: true, review: true })
    const asked = await asker.do({ type: 'ask', text: 'Waits-for-the-team?' }, { activity: 'questions' })
    expect(asked).toHaveProperty('seq')
    await command(running, programId, 'backchannel', { type: 'post', text: 'Among-the-team' })
    await command(running, programId, 'screen', { type: 'take', item: { kind: 'question' } })
    await until('the screen is told', () => JSON.stringify(screen.frames).includes('screen.taken'))
    const late = await screenAt(running, programId, secret)
    for (const { frames } of [screen, late]) {
      const bytes = JSON.stringify(frames)
      expect(bytes).toContain('"kind":"question"')
      for (const never of ['Waits-for-the-team', 'Among-the-team']) expect(bytes).not.toContain(never)
    }
    const { seq } = asked as { seq: number }
    await command(running, programId, 'questions', { type: 'approve', question: seq })
    await command(running, programId, 'questions', { type: 'pin', question: seq })
    await until('the screen has the question', () => JSON.stringify(screen.frames).includes('Waits-for-the-team'))
  })
})

describe('the picture of a slide', () => {
  test('is for the team, attendees and screens of its program, and for nobody else', async () => {
    const { running, programId, attendee } = await show()
    const { secret } = await makeLink(running, programId)
    const sent = await running.call<{ imageId: string }>(`/api/programs/${programId}/slides`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminSecret}`, 'content-type': 'image/png' },
      body: new Uint8Array(png(32, 18)),
    })
    expect(sent.status).toBe(201)
    const at = `/api/programs/${programId}/slides/${sent.body.imageId}`
    const as = (bearer: string | undefined, path = at) =>
      running.call<Problem>(path, bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } })
    for (const bearer of [adminSecret, attendee, secret]) expect((await as(bearer)).status).toBe(200)
    expect((await as(undefined)).status).toBe(401)
    expect((await as(`vl_${'A'.repeat(43)}`)).body.code).toBe('screen_link_invalid')
    expect((await as(undefined, `/images/${sent.body.imageId}`)).status).toBe(404)
  })

  test('is nothing but a picture', async () => {
    const { running, programId } = await show()
    const sent = await running.call<Problem>(`/api/programs/${programId}/slides`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminSecret}`, 'content-type': 'image/png' },
      body: '<svg onload=alert(1)>',
    })
    expect(sent.body.code).toBe('image_type')
  })
})
