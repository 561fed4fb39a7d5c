// Owns: what pages of other sites are given to embed the player, and where it may be shown.
import type { Problem, Program } from '@voila/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeProgram, makeSigner, type Running, start } from './running.ts'

let running: Running
let programId: string
beforeAll(async () => {
  running = await start()
  programId = await makeProgram(running, await makeSigner(running))
})
afterAll(() => running.close())

const allow = (embedOrigins: unknown) => running.admin<Program>('PATCH', `/api/programs/${programId}`, { embedOrigins })
const policyOf = (headers: Headers): string[] => headers.get('content-security-policy')?.split('; ') ?? []

describe('the embed script', () => {
  test.each([
    ['/voila.js', 'text/javascript; charset=utf-8', '(() => {})()'],
    ['/voila.d.ts', 'text/plain; charset=utf-8', 'export type Voila = object'],
  ])('%s is for every site, for minutes rather than for good', async (path, type, text) => {
    const answer = await running.call(path)
    expect([answer.status, answer.text]).toEqual([200, text])
    expect(answer.headers.get('content-type')).toBe(type)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    const plain = await running.call(path, { headers: { 'accept-encoding': 'identity' } })
    expect([plain.text, plain.headers.get('content-encoding')]).toEqual([text, null])
    const again = await running.call(path, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } })
    expect([again.status, again.text]).toEqual([304, ''])
  })
})

describe('the page of the iframe', () => {
  test('may be shown nowhere until the program says where', async () => {
    await allow([])
    const answer = await running.call(`/embed/${programId}`)
    expect(answer.status).toBe(200)
    expect(policyOf(answer.headers)).toContain("frame-ancestors 'none'")
    expect(answer.text).toContain(
      `<script type="application/json" id="voila-embed">{"programId":"${programId}","allowedOrigins":[],"guests":"none"}</script>`,
    )
  })

  test('may be shown by the origins of its program, says nothing else of it, and sets no cookie', async () => {
    const origins = ['https://intranet.example', 'http://127.0.0.1:8081', 'https://[2001:db8::1]:8443']
    expect((await allow(origins)).body.embedOrigins).toEqual(origins)
    const { headers, text } = await running.call(`/embed/${programId}`)
    expect(policyOf(headers)).toContain(`frame-ancestors ${origins.join(' ')}`)
    expect(policyOf(headers)).toContain("script-src 'self'")
    expect(headers.get('x-frame-options')).toBeNull()
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.getSetCookie()).toEqual([])
    expect(text).toContain(`"allowedOrigins":${JSON.stringify(origins)}`)
    expect(text).not.toContain('The year ahead')
  })

  test('of an unknown program is a refusal that every page may show', async () => {
    const answer = await running.call('/embed/zzzzzzzzzzzz', { headers: { accept: 'text/html' } })
    expect(answer.status).toBe(404)
    expect(policyOf(answer.headers)).toContain('frame-ancestors *')
    expect(answer.text).toContain(
      '<script type="application/json" id="voila-embed">{"programId":"zzzzzzzzzzzz","allowedOrigins":[],"guests":"none","refusal":"program_unknown"}</script>',
    )
    expect((await running.call<Problem>('/embed/zzzzzzzzzzzz', { headers: { accept: 'application/json' } })).body.code).toBe(
      'program_unknown',
    )
  })

  test('leaves the attendee website in no frame at all', async () => {
    await allow(['https://intranet.example'])
    const { headers } = await running.call(`/${programId}`)
    expect(policyOf(headers)).toContain("frame-ancestors 'none'")
    expect(headers.get('x-frame-options')).toBe('DENY')
  })
})

describe('an origin', () => {
  test.each([
    ['a path', 'https://intranet.example/live'],
    ['a slash', 'https://intranet.example/'],
    ['upper case', 'https://Intranet.example'],
    ['another scheme', 'ftp://intranet.example'],
    ['no scheme', 'intranet.example'],
    ['a wildcard', 'https://*.example'],
    ['everybody', '*'],
    ['null', 'null'],
    ['credentials', 'https://me:secret@intranet.example'],
    ['another directive', "https://intranet.example; script-src 'unsafe-inline'"],
    ['a line break', 'https://intranet.example\n'],
    ['a number', 7],
  ])('that has or is %s is refused', async (_name, origin) => {
    expect((await allow([origin])).status).toBe(400)
  })

  test('is one of twenty at most, and stays where a change does not speak of it', async () => {
    const twenty = Array.from({ length: 20 }, (_, at) => `https://page-${at}.example`)
    expect((await allow([...twenty, 'https://one-more.example'])).status).toBe(400)
    expect((await allow(twenty)).status).toBe(200)
    const renamed = await running.admin<Program>('PATCH', `/api/programs/${programId}`, { title: 'Renamed' })
    expect(renamed.body.embedOrigins).toEqual(twenty)
  })

  test('may come with a new program', async () => {
    const { organizationId } = (await running.admin<Program>('GET', `/api/programs/${programId}`)).body
    const made = await running.admin<Program>('POST', `/api/organizations/${organizationId}/programs`, {
      title: 'Show',
      startsAt: '2030-05-01T18:00:00Z',
      embedOrigins: ['https://intranet.example'],
    })
    expect([made.status, made.body.embedOrigins]).toEqual([201, ['https://intranet.example']])
  })
})
