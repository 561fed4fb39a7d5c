// Owns: that nothing is fetched but a small document, soon, over https, from the internet.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOutgoing, FetchError, isPublicAddress, type Outgoing } from '../../src/http/outgoing.ts'
import { type KeyServer, startKeyServer } from './key-server.ts'

let folder: string
let server: KeyServer
let outgoing: Outgoing
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voila-outgoing-'))
  server = await startKeyServer(folder)
  outgoing = createOutgoing({ privateHosts: [server.host], ca: [...rootCertificates, readFileSync(server.caFile, 'utf8')] })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const problemOf = (fetching: Promise<unknown>): Promise<unknown> =>
  fetching.then(
    () => 'fetched',
    (error: unknown) => (error instanceof FetchError ? error.problem : error),
  )
const accept = { accept: 'application/json' }

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:169.254.169.254',
  '64:ff9b::7f00:1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  'not an address',
  '',
])('%s is not an address of the internet', (address) => expect(isPublicAddress(address)).toBe(false))

test.each(['1.1.1.1', '9.9.9.9', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])('%s is one', (address) =>
  expect(isPublicAddress(address)).toBe(true))

describe('refused without asking anybody', () => {
  test.each([
    ['http://example.com/jwks', 'not_https'],
    ['ftp://example.com/jwks', 'not_https'],
    ['file:///etc/passwd', 'not_https'],
    ['no address', 'not_https'],
    ['https://127.0.0.1/jwks', 'address_refused'],
    ['https://2130706433/jwks', 'address_refused'],
    ['https://0x7f.1/jwks', 'address_refused'],
    ['https://0177.0.0.1/jwks', 'address_refused'],
    ['https://[::1]/jwks', 'address_refused'],
    ['https://[::ffff:127.0.0.1]/jwks', 'address_refused'],
    ['https://[fe80::1]/jwks', 'address_refused'],
    ['https://169.254.169.254/latest/meta-data/', 'address_refused'],
    ['https://localhost/jwks', 'address_refused'],
    ['https://user:password@localhost/jwks', 'address_refused'],
  ])('%s: %s', async (url, problem) => expect(await problemOf(outgoing.fetch(url, accept))).toBe(problem))

  test('a name that leads into the network, also where one of its addresses is outside', async () => {
    const addresses = [
      { address: '1.1.1.1', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]
    const misled = createOutgoing({ privateHosts: [], ca: undefined, resolve: async () => addresses })
    expect(await problemOf(misled.fetch('https://keys.example/jwks', accept))).toBe('address_refused')
  })

  test('a port of an allowed host that was not named', async () => {
    expect(await problemOf(outgoing.fetch('https://localhost:1/jwks', accept))).toBe('address_refused')
  })
})

test('a name is resolved once, and nobody is connected to but what was looked at then', async () => {
  let resolved = 0
  const { port } = new URL(server.url)
  const rebinding = createOutgoing({
    privateHosts: [`localhost:${port}`],
    ca: [readFileSync(server.caFile, 'utf8')],
    resolve: async () => {
      resolved += 1
      return [{ address: resolved === 1 ? '127.0.0.1' : '10.255.255.1', family: 4 }]
    },
  })
  server.publishes([])
  expect(await problemOf(rebinding.fetch(server.url, accept))).toBe('fetched')
  expect(resolved).toBe(1)
})

describe('a server that', () => {
  test('answers as it should is read', async () => {
    server.publishes([], { 'cache-control': 'max-age=600' })
    const { text, headers } = await outgoing.fetch(server.url, accept)
    expect(JSON.parse(text)).toEqual({ keys: [] })
    expect(headers['cache-control']).toBe('max-age=600')
  })

  test.each([301, 302, 303, 307, 308])('answers %i is not followed', async (status) => {
    server.answers((_request, response) => response.writeHead(status, { location: 'https://169.254.169.254/' }).end())
    expect(await problemOf(outgoing.fetch(server.url, accept))).toBe('redirected')
    server.asked()
  })

  test.each([204, 401, 404, 500])('answers %i gives nothing', async (status) => {
    server.answers((_request, response) => response.writeHead(status).end())
    expect(await problemOf(outgoing.fetch(server.url, accept))).toBe('status')
  })

  test('sends more than a megabyte is cut off', async () => {
    let sent = 0
    server.answers((_request, response) => {
      response.writeHead(200)
      const more = setInterval(() => {
        sent += 1
        response.write(Buffer.alloc(256 * 1024, 32))
      }, 1)
      response.on('close', () => clearInterval(more))
    })
    expect(await problemOf(outgoing.fetch(server.url, accept))).toBe('too_large')
    expect(sent).toBeLessThan(100)
  })

  test('sends what is no text is refused', async () => {
    server.answers((_request, response) => response.writeHead(200).end(Buffer.from([0xff, 0xfe, 0x00])))
    expect(await problemOf(outgoing.fetch(server.url, accept))).toBe('not_text')
  })

  test('sends a byte a second is given up after five seconds', async () => {
    server.answers((_request, response) => {
      response.writeHead(200)
      const more = setInterval(() => response.write(' '), 1_000)
      response.on('close', () => clearInterval(more))
    })
    const begun = Date.now()
    expect(await problemOf(outgoing.fetch(server.url, accept))).toBe('timed_out')
    expect(Date.now() - begun).toBeLessThan(7_000)
  }, 10_000)

  test('cuts the connection is unreachable', async () => {
    server.answers((request) => request.socket.destroy())
    expect(await problemOf(outgoing.fetch(server.url, accept))).toBe('unreachable')
  })

  test('has a certificate that nobody vouches for is not read', async () => {
    const plain = createOutgoing({ privateHosts: [server.host], ca: undefined })
    expect(await problemOf(plain.fetch(server.url, accept))).toBe('certificate')
  })

  test('has a certificate of another name is not read', async () => {
    const other = createOutgoing({
      privateHosts: ['other.example'],
      ca: [readFileSync(server.caFile, 'utf8')],
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    expect(await problemOf(other.fetch(server.url.replace('localhost', 'other.example'), accept))).toBe('certificate')
  })

  test('is not there is unreachable, and one that has no name is unknown', async () => {
    const there = createOutgoing({ privateHosts: ['localhost:1'], ca: undefined })
    expect(await problemOf(there.fetch('https://localhost:1/jwks', accept))).toBe('unreachable')
    expect(await problemOf(there.fetch('https://no-such-host.invalid/jwks', accept))).toBe('name_unknown')
  })
})
