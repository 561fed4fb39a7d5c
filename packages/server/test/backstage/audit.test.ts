// Owns: that every change leaves one line in the audit log, that says who, what and from where, and no secret; and how it is read.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demoClip, publishFlv } from '@voila/media'
import type {
  ApiKeyMade,
  AuditAnswer,
  InvitationMade,
  JwksSourceAnswer,
  ListAnswer,
  Organization,
  PartnerKeyAnswer,
  PreparedAnswer,
  Program,
  RecordingAnswer,
  RevocationAnswer,
  StreamKeyAnswer,
} from '@voila/protocol'
import { generateKeyPair } from '@voila/tokens'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routeTable } from '../../src/http/route-table.ts'
import { databases } from '../databases.ts'
import { type KeyServer, newKey, startKeyServer } from '../jwks/key-server.ts'
import { png } from '../pictures.ts'
import { type Answer, exchange, makeProgram, makeSigner, type Running, tokenOf as signToken, start } from '../running.ts'
import { makeIdp } from '../saml/idp.ts'
import { fromPage, join, password, type Somebody, setUp, signIn, tokenOf } from './people.ts'

let running: Running
let owner: Somebody
let organizationId: string
const secrets: string[] = []

let folder: string
/** Where keys and metadata are published. */
let elsewhere: KeyServer
beforeAll(async () => {
  folder = mkdtempSync(joinPath(tmpdir(), 'voila-audit-'))
  elsewhere = await startKeyServer(folder)
  running = await start({ env: { RECORDINGS: 'on', FETCH_PRIVATE_HOSTS: elsewhere.host, FETCH_CA_FILE: elsewhere.caFile } })
})
afterAll(async () => {
  await running.close()
  await elsewhere.close()
  rmSync(folder, { recursive: true })
})

const organization = () => `/api/organizations/${organizationId}`
const lines = async (query = ''): Promise<AuditAnswer[]> =>
  (await owner.ask<ListAnswer<AuditAnswer>>('GET', `${organization()}/audit${query}`)).body.items

/** Makes something in the name of the administration, whose lines are not looked at. */
const key = async () =>
  (await running.admin<PartnerKeyAnswer>('POST', `${organization()}/partner-keys`, { name: 'Website', pem: generateKeyPair().publicKey }))
    .body.kid
const program = (state: 'draft' | 'live' = 'draft') => makeProgram(running, { organizationId }, { state })
const picture = (id: string, as = 'images/cover') =>
  running.call(`/api/programs/${id}/${as}`, {
    method: 'POST',
    headers: { cookie: owner.cookie, origin: running.platform.url, 'content-type': 'image/png' },
    body: new Uint8Array(png(32, 18)),
  })

const poll = { kind: 'poll', title: 'Where next', content: { question: 'Where next?', form: 'single', options: ['Oslo', 'Riga'] } }
async function prepared() {
  const programId = await program()
  const { id } = (await running.admin<PreparedAnswer>('POST', `/api/programs/${programId}/prepared`, poll)).body
  return { programId, path: `/api/programs/${programId}/prepared/${id}` }
}

async function recording(id: string): Promise<string> {
  const { streamKey } = (await running.admin<StreamKeyAnswer>('GET', `/api/programs/${id}/stream-key`)).body
  secrets.push(streamKey)
  const url = `rtmp://127.0.0.1:${running.platform.rtmpPort}/live/${streamKey}`
  const feed = publishFlv({ url, source: fileURLToPath(demoClip), loop: true })
  let found: string | undefined
  await expect
    .poll(
      async () => {
        const [item] = (await running.admin<ListAnswer<RecordingAnswer>>('GET', `/api/programs/${id}/recordings`)).body.items
        found = item?.id
        return item !== undefined && item.durationSeconds > 0
      },
      { timeout: 20_000 },
    )
    .toBe(true)
  await feed.stop()
  return found ?? ''
}

/** An address of keys of its own, where one key is. */
async function source(): Promise<{ path: string; kid: string }> {
  const key = newKey()
  elsewhere.publishes([key.jwk])
  const url = `${elsewhere.url}?${key.kid}`
  const { id } = (await running.admin<JwksSourceAnswer>('POST', `${organization()}/jwks-sources`, { url })).body
  return { path: `${organization()}/jwks-sources/${id}`, kid: key.kid }
}

/** The organization's connection to an identity provider whose metadata is published. */
async function connection(): Promise<string> {
  const idp = await makeIdp()
  elsewhere.answers((_request, response) => response.writeHead(200).end(idp.metadata()))
  const path = `${organization()}/saml`
  await running.admin('POST', path)
  await running.admin('PATCH', path, { metadata: { url: elsewhere.url } })
  return path
}

const post = (path: string, body?: object) => owner.ask('POST', path, body)

const revocation = {
  kind: 'before',
  programId: null,
  before: '2026-01-01T00:00:00Z',
  reason: 'A list of links was left in a train.',
}

/** One change by each row of the route table that is kept. */
const changes: Readonly<Record<string, () => Promise<Answer>>> = {
  'POST /api/setup': async () => {
    const made = await setUp(running)
    owner = made.owner
    organizationId = made.organizationId
    return { status: 201 } as Answer
  },
  'POST /api/invitations/accept': async () => {
    const { url } = (
      await running.admin<InvitationMade>('POST', `${organization()}/invitations`, { email: 'nora@x.example', role: 'producer' })
    ).body
    secrets.push(tokenOf(url), password)
    return await fromPage(running, {
      method: 'POST',
      path: '/api/invitations/accept',
      body: { token: tokenOf(url), name: 'Nora', password },
    })
  },
  'POST /api/organizations': async () => {
    const made = await owner.ask<Organization>('POST', '/api/organizations', { name: 'Another' })
    const there = (await owner.ask<ListAnswer<AuditAnswer>>('GET', `/api/organizations/${made.body.id}/audit`)).body.items
    expect(there.map(({ action, actor }) => [action, actor.name])).toEqual([['organization.created', 'Ada Owner']])
    return made
  },
  'PATCH /api/organizations/:organizationId': () => owner.ask('PATCH', organization(), { name: 'Aldermoor Ltd' }),
  'PATCH /api/organizations/:organizationId/members/:userId': async () => {
    const { id } = await join(running, { organizationId, role: 'producer', email: 'a@x.example' })
    return await owner.ask('PATCH', `${organization()}/members/${id}`, { role: 'moderator' })
  },
  'DELETE /api/organizations/:organizationId/members/:userId': async () => {
    const { id } = await join(running, { organizationId, role: 'producer', email: 'b@x.example' })
    return await owner.ask('DELETE', `${organization()}/members/${id}`)
  },
  'POST /api/organizations/:organizationId/invitations': () =>
    post(`${organization()}/invitations`, { email: 'c@x.example', role: 'admin' }),
  'DELETE /api/organizations/:organizationId/invitations/:invitationId': async () => {
    const made = await running.admin<InvitationMade>('POST', `${organization()}/invitations`, { email: 'd@x.example', role: 'admin' })
    return await owner.ask('DELETE', `${organization()}/invitations/${made.body.invitation.id}`)
  },
  'POST /api/organizations/:organizationId/api-keys': async () => {
    const made = await owner.ask<ApiKeyMade>('POST', `${organization()}/api-keys`, { name: 'Website', scopes: ['programs:read'] })
    secrets.push(made.body.key)
    return made
  },
  'DELETE /api/organizations/:organizationId/api-keys/:apiKeyId': async () => {
    const made = await running.admin<ApiKeyMade>('POST', `${organization()}/api-keys`, { name: 'Old', scopes: ['programs:read'] })
    return await owner.ask('DELETE', `${organization()}/api-keys/${made.body.apiKey.id}`)
  },
  'POST /api/organizations/:organizationId/partner-keys': () =>
    post(`${organization()}/partner-keys`, { name: 'Intranet', pem: generateKeyPair().publicKey }),
  'PATCH /api/organizations/:organizationId/partner-keys/:kid': async () =>
    await owner.ask('PATCH', `${organization()}/partner-keys/${await key()}`, { name: 'Renamed' }),
  'POST /api/organizations/:organizationId/partner-keys/:kid/retire': async () =>
    await post(`${organization()}/partner-keys/${await key()}/retire`, { until: '2031-01-01T00:00:00Z' }),
  'POST /api/organizations/:organizationId/partner-keys/:kid/revoke': async () =>
    await post(`${organization()}/partner-keys/${await key()}/revoke`),
  'POST /api/organizations/:organizationId/revocations': () => post(`${organization()}/revocations`, revocation),
  'POST /api/organizations/:organizationId/revocations/:revocationId/lift': async () => {
    const made = await running.admin<RevocationAnswer>('POST', `${organization()}/revocations`, revocation)
    return await post(`${organization()}/revocations/${made.body.id}/lift`)
  },
  'POST /api/organizations/:organizationId/jwks-sources': () => {
    elsewhere.publishes([newKey().jwk])
    return post(`${organization()}/jwks-sources`, { url: elsewhere.url })
  },
  'PATCH /api/organizations/:organizationId/jwks-sources/:sourceId': async () =>
    await owner.ask('PATCH', (await source()).path, { allowedRoles: ['ROLE_ATTENDEE', 'ROLE_MODERATOR'] }),
  'DELETE /api/organizations/:organizationId/jwks-sources/:sourceId': async () => await owner.ask('DELETE', (await source()).path),
  'POST /api/organizations/:organizationId/jwks-sources/:sourceId/refresh': async () => await post(`${(await source()).path}/refresh`),
  'POST /api/organizations/:organizationId/jwks-sources/:sourceId/keys/:kid/revoke': async () => {
    const { path, kid } = await source()
    return await post(`${path}/keys/${kid}/revoke`)
  },
  'POST /api/organizations/:organizationId/saml': () => post(`${organization()}/saml`),
  'PATCH /api/organizations/:organizationId/saml': async () => await owner.ask('PATCH', await connection(), { consent: 'ask' }),
  'DELETE /api/organizations/:organizationId/saml': async () => await owner.ask('DELETE', await connection()),
  'POST /api/organizations/:organizationId/saml/refresh': async () => await post(`${await connection()}/refresh`),
  'POST /api/organizations/:organizationId/saml/certificates': async () => await post(`${await connection()}/certificates`),
  'POST /api/organizations/:organizationId/saml/certificates/activate': async () => {
    const path = await connection()
    await running.admin('POST', `${path}/certificates`)
    return await post(`${path}/certificates/activate`)
  },
  'POST /api/organizations/:organizationId/programs': () =>
    post(`${organization()}/programs`, { title: 'x', startsAt: '2030-01-01T00:00:00Z' }),
  'PATCH /api/programs/:programId': async () => await owner.ask('PATCH', `/api/programs/${await program()}`, { title: 'Another title' }),
  'DELETE /api/programs/:programId': async () => await owner.ask('DELETE', `/api/programs/${await program()}`),
  'POST /api/programs/:programId/duplicate': async () => await post(`/api/programs/${await program()}/duplicate`, {}),
  'POST /api/programs/:programId/state': async () => await post(`/api/programs/${await program()}/state`, { to: 'scheduled' }),
  'POST /api/programs/:programId/images/:kind': async () => await picture(await program()),
  'DELETE /api/programs/:programId/images/:kind': async () => {
    const id = await program()
    await running.admin('POST', `/api/programs/${id}/state`, { to: 'scheduled' })
    await fetch(`${running.platform.url}/api/programs/${id}/images/logo`, {
      method: 'POST',
      headers: { authorization: `Bearer ${running.config.adminSecret}`, 'content-type': 'image/png' },
      body: new Uint8Array(png(32, 18)),
    })
    return await owner.ask('DELETE', `/api/programs/${id}/images/logo`)
  },
  'POST /api/programs/:programId/stream-input': async () =>
    await post(`/api/programs/${await program()}/stream-input`, { input: 'backup' }),
  'POST /api/programs/:programId/stream-key': async () => {
    const rotated = await owner.ask<StreamKeyAnswer>('POST', `/api/programs/${await program()}/stream-key`, { rotate: 'primary' })
    secrets.push(rotated.body.streamKey)
    return rotated
  },
  'DELETE /api/programs/:programId/recordings/:recordingId': async () => {
    const id = await program('live')
    return await owner.ask('DELETE', `/api/programs/${id}/recordings/${await recording(id)}`)
  },
  'GET /api/programs/:programId/exports/:activity': async () => await owner.ask('GET', `/api/programs/${await program()}/exports/chat`),
  'POST /api/programs/:programId/screen-links': async () => await post(`/api/programs/${await program()}/screen-links`, { name: 'Hall' }),
  'DELETE /api/programs/:programId/screen-links/:linkId': async () => {
    const id = await program()
    const made = await running.admin<{ link: { id: string } }>('POST', `/api/programs/${id}/screen-links`, { name: 'Hall' })
    return await owner.ask('DELETE', `/api/programs/${id}/screen-links/${made.body.link.id}`)
  },
  'POST /api/programs/:programId/slides': async () => await picture(await program(), 'slides'),
  'POST /api/programs/:programId/prepared': async () => await post(`/api/programs/${await program()}/prepared`, poll),
  'POST /api/programs/:programId/prepared/import': async () =>
    await post(`/api/programs/${await program()}/prepared/import`, { programId: (await prepared()).programId }),
  'PATCH /api/programs/:programId/prepared/:preparedId': async () => await owner.ask('PATCH', (await prepared()).path, { title: 'x' }),
  'DELETE /api/programs/:programId/prepared/:preparedId': async () => await owner.ask('DELETE', (await prepared()).path),
  'POST /api/programs/:programId/prepared/:preparedId/duplicate': async () => await post(`${(await prepared()).path}/duplicate`),
  'POST /api/programs/:programId/attendees/:attendeeId/revoke': async () => {
    const id = await program('live')
    const signer = await makeSigner(running, { organizationId })
    const { attendee, session } = (await exchange(running, id, signToken(signer, id))).body
    secrets.push(session.token)
    return await post(`/api/programs/${id}/attendees/${attendee.id}/revoke`)
  },
}

const isSetup = ({ name }: { name: string }): number => Number(name === 'POST /api/setup')
const kept = routeTable
  .flatMap(({ method, path, audit }) => (audit === undefined ? [] : [{ name: `${method} ${path}`, audit }]))
  // Before it there is nobody.
  .sort((a, b) => isSetup(b) - isSetup(a))

test('there is a change here for every row that is kept', () => {
  expect(Object.keys(changes).sort()).toEqual(kept.map(({ name }) => name).sort())
})

test.each(kept)('$name leaves one line: $audit', { timeout: 60_000 }, async ({ name, audit }) => {
  const before = organizationId === undefined ? [] : await lines('?limit=100')
  const answer = await changes[name]?.()
  expect([200, 201, 204]).toContain(answer?.status)
  const seen = new Set(before.map(({ id }) => id))
  const made = (await lines('?limit=100')).filter(
    ({ id, actor }) => !seen.has(id) && actor.kind === 'member' && actor.name !== 'Some producer',
  )
  // An organization of its own keeps its own log.
  if (name === 'POST /api/organizations') return expect(made).toEqual([])
  expect(made.map(({ action }) => action)).toEqual([audit])
  const joined = name === 'POST /api/invitations/accept'
  expect(made[0]?.actor).toEqual({ kind: 'member', id: joined ? expect.any(String) : owner.id, name: joined ? 'Nora' : 'Ada Owner' })
  expect(made[0]?.from).toBe('127.0.0.1')
})

describe('a line', () => {
  const last = async (action: string) => (await lines(`?action=${action}&actor=${owner.id}`))[0]

  test('holds the fields that changed, and no others', async () => {
    expect(await last('organization.changed')).toMatchObject({
      target: { kind: 'organization', id: organizationId, name: 'Aldermoor Ltd' },
      before: { name: 'Aldermoor Instruments' },
      after: { name: 'Aldermoor Ltd' },
    })
    const edited = await last('program.changed')
    expect([edited?.before, edited?.after]).toEqual([{ title: 'The year ahead' }, { title: 'Another title' }])
    expect((await last('program.state-changed'))?.after).toEqual({ state: 'scheduled' })
    expect((await last('member.role-changed'))?.before).toEqual({ role: 'producer' })
    const revoked = await last('key.revoked')
    expect([revoked?.before, revoked?.after]).toEqual([{ state: 'active' }, { state: 'revoked' }])
  })

  test('names a key by its thumbprint, without the PEM', async () => {
    const declared = await last('key.declared')
    expect(declared?.after).toMatchObject({ name: 'Intranet', thumbprint: expect.any(String) })
    expect(JSON.stringify(declared)).not.toContain('BEGIN')
  })

  test('holds no secret', async () => {
    const store = await running.database.open()
    const all = JSON.stringify(await store.db.selectFrom('audit').selectAll().execute())
    expect(secrets.length).toBeGreaterThan(4)
    for (const secret of secrets) expect(all).not.toContain(secret)
  })

  test('names API keys and the administration too', async () => {
    const { key: bearer } = (
      await running.admin<ApiKeyMade>('POST', `${organization()}/api-keys`, { name: 'Robot', scopes: ['programs:write'] })
    ).body
    await running.call<Program>(`${organization()}/programs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'By a robot', startsAt: '2030-01-01T00:00:00Z' }),
    })
    const [byKey, byAdministration] = await lines('?limit=2')
    expect(byKey?.actor).toEqual({ kind: 'api-key', id: expect.any(String), name: 'Robot' })
    expect(byAdministration?.actor).toEqual({ kind: 'administration', id: null, name: 'Administration' })
  })

  test('is not left by what was refused, nor by what changes nothing', async () => {
    const count = async () => (await lines('?limit=100')).length
    const before = await count()
    await owner.ask('PATCH', organization(), { name: '' })
    await owner.ask('POST', `/api/programs/${'z'.repeat(12)}/state`, { to: 'live' })
    await signIn(running, { email: owner.email, password })
    await owner.ask('GET', organization())
    expect(await count()).toBe(before)
  })
})

test('a handler that notes nothing is a fault, loud and before anything is answered', async () => {
  const { createAudit } = await import('../../src/backstage/audit.ts')
  const store = await running.database.open()
  const request = { change: null, by: null, organizationId: null } as never
  await expect(createAudit({ store, now: Date.now }).keep(request, 'program.changed')).rejects.toThrow('left no line')
})

describe('the log', () => {
  test('is filtered by who, what and of which thing', async () => {
    expect((await lines(`?actor=${owner.id}&limit=100`)).every(({ actor }) => actor.id === owner.id)).toBe(true)
    const ofOrganization = await lines(`?target=${organizationId}&limit=100`)
    expect(ofOrganization.every(({ target }) => target.id === organizationId)).toBe(true)
    expect(ofOrganization.map(({ action }) => action)).toContain('organization.created')
    expect((await lines('?action=organization.changed')).map(({ action }) => action)).toEqual(['organization.changed'])
    expect(await lines('?actor=nobody')).toEqual([])
  })

  test('is taken away as a table, without formulas', async () => {
    await owner.ask('PATCH', organization(), { name: '=HYPERLINK("https://evil.example")' })
    const csv = await owner.ask('GET', `${organization()}/audit.csv?target=${organizationId}&action=organization.changed`)
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(csv.headers.get('content-disposition')).toContain('attachment; filename="audit.csv"')
    const rows = csv.text.trim().split('\n')
    expect(rows[0]).toBe('Time,Who,Kind,What,Of,Id,Name,Before,After,From')
    expect(rows).toHaveLength(3)
    expect(rows[1]).toContain(`"'=HYPERLINK(""https://evil.example"")"`)
  })
})

describe.each(databases)('on $kind', ({ kind, skip }) => {
  test.skipIf(skip())('a thousand lines are read and taken away page by page, each once, newest first', async () => {
    const node = await start({ kind })
    const made = await setUp(node)
    const store = await node.database.open()
    const rows = Array.from({ length: 1_000 }, (_, index) => ({
      id: `line-${String(index).padStart(4, '0')}`,
      at: 1_000 + Math.floor(index / 7),
      organization_id: made.organizationId,
      actor_kind: 'member' as const,
      actor_id: 'x',
      actor_name: 'X',
      action: 'program.changed',
      target_kind: 'program',
      target_id: 'y',
      target_name: null,
      before: null,
      after: null,
      from_address: '::1',
    }))
    for (let start = 0; start < rows.length; start += 200)
      await store.db
        .insertInto('audit')
        .values(rows.slice(start, start + 200))
        .execute()
    const path = `/api/organizations/${made.organizationId}/audit`
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`
      const page: ListAnswer<AuditAnswer> = (await made.owner.ask<ListAnswer<AuditAnswer>>('GET', `${path}?limit=64&actor=x${query}`)).body
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen).toEqual(rows.map(({ id }) => id).reverse())
    const csv = await made.owner.ask('GET', `${path}.csv?actor=x`)
    expect(csv.text.trim().split('\n')).toHaveLength(1_001)
    await node.close()
  })
})
