// Owns: what the demo shows: a believable organization with one private program, made once, through the same REST API as anybody's.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type InvitationMade, limits, type Organization, type PartnerKeyAnswer, type Program, type StreamKeyAnswer } from '@voila/protocol'
import { generateKeyPair, signToken } from '@voila/tokens'

/** What is kept between two starts, in `demo-setting.json` of the data folder. */
type Kept = { organizationId: string; programId: string; kid: string }

export type Setting = Kept & { privateKeyFile: string; publicKeyFile: string; rtmpUrl: string; streamKey: string }

const organizationName = 'Aldermoor Instruments'
const program = {
  title: 'Aldermoor all-hands: the year ahead',
  description:
    'Our plans for the coming year, the new plant in Lyon, and your questions to the board. The recording is not published outside the company.',
  language: 'en',
}

/** What its team has ready to launch in the control room. */
const prepared = [
  {
    kind: 'poll',
    title: 'Where we meet next year',
    content: { form: 'single', question: 'Where shall we meet next year?', options: ['Lyon', 'Hamburg', 'Each at home'] },
  },
  { kind: 'poll', title: 'This year in a word', content: { form: 'words', question: 'This year in one word?', max: 1 } },
  {
    kind: 'quiz',
    title: 'How well do you know us?',
    content: {
      questions: [
        { text: 'In which year was Aldermoor founded?', options: ['1948', '1961', '1987'], right: [0], points: 1_000, seconds: 20 },
        {
          text: 'What has the new hall in Vénissieux been certified for?',
          options: ['A4', 'B2', 'C1'],
          right: [0],
          points: 1_000,
          seconds: 20,
        },
      ],
    },
  },
] as const

/** The two people whose links are printed. */
export const attendees = [
  { sub: 'amelie.laurent', given_name: 'Amélie', family_name: 'Laurent', email: 'amelie.laurent@aldermoor.example' },
  { sub: 'jonas.weber', given_name: 'Jonas', family_name: 'Weber', email: 'jonas.weber@aldermoor.example' },
] as const

/** Who runs the demo's events, and opens Backstage. */
export const owner = { name: 'Marta Lindqvist', email: 'marta.lindqvist@aldermoor.example' } as const

/** A client of the administration API at `baseUrl`. */
export function administration(baseUrl: string, adminSecret: string) {
  return async function call<Answer>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<Answer | undefined> {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${adminSecret}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (response.status === 404) return undefined
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Answer
  }
}

type Call = ReturnType<typeof administration>

async function made<Answer>(answer: Promise<Answer | undefined>): Promise<Answer> {
  const value = await answer
  if (value === undefined) throw new Error('the administration API does not know what was just made')
  return value
}

async function make(call: Call, dataDir: string): Promise<Kept> {
  const { privateKey, publicKey } = generateKeyPair()
  writeFileSync(join(dataDir, 'demo-private.pem'), privateKey, { mode: 0o600 })
  writeFileSync(join(dataDir, 'demo-public.pem'), publicKey)
  const organization = await made(call<Organization>('POST', '/api/organizations', { name: organizationName }))
  const key = await made(
    call<PartnerKeyAnswer>('POST', `/api/organizations/${organization.id}/partner-keys`, { name: 'Intranet', pem: publicKey }),
  )
  const { id } = await made(
    call<Program>('POST', `/api/organizations/${organization.id}/programs`, { ...program, startsAt: new Date().toISOString() }),
  )
  for (const item of prepared) await call('POST', `/api/programs/${id}/prepared`, item)
  await call('POST', `/api/programs/${id}/state`, { to: 'scheduled' })
  await call('POST', `/api/programs/${id}/state`, { to: 'live' })
  return { organizationId: organization.id, programId: id, kid: key.kid }
}

/** What an earlier start made, where its program and its key files are still there. */
async function found(call: Call, dataDir: string): Promise<Kept | undefined> {
  const file = join(dataDir, 'demo-setting.json')
  if (!existsSync(file) || !existsSync(join(dataDir, 'demo-private.pem'))) return undefined
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept
  const known = await call<Program>('GET', `/api/programs/${kept.programId}`)
  return known === undefined || known.state === 'archived' ? undefined : kept
}

/** Finds the demo's organization, key pair and live program, or makes them. */
export async function prepare(call: Call, dataDir: string): Promise<Setting> {
  const kept = (await found(call, dataDir)) ?? (await make(call, dataDir))
  writeFileSync(join(dataDir, 'demo-setting.json'), `${JSON.stringify(kept, null, 2)}\n`)
  const { rtmpUrl, streamKey } = await made(call<StreamKeyAnswer>('GET', `/api/programs/${kept.programId}/stream-key`))
  return {
    ...kept,
    rtmpUrl,
    streamKey,
    privateKeyFile: join(dataDir, 'demo-private.pem'),
    publicKeyFile: join(dataDir, 'demo-public.pem'),
  }
}

/** Makes the owner's account, by an invitation as anybody's, with a password that nobody knows. */
export async function makeOwner(call: Call, { organizationId }: Setting, baseUrl: string): Promise<void> {
  const { url } = await made(
    call<InvitationMade>('POST', `/api/organizations/${organizationId}/invitations`, { email: owner.email, role: 'owner' }),
  )
  const accepted = await fetch(`${baseUrl}/api/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: baseUrl },
    body: JSON.stringify({ token: url.split('#token=')[1], name: owner.name, password: randomBytes(24).toString('base64url') }),
  })
  if (!accepted.ok) throw new Error(`the owner's account could not be made: ${await accepted.text()}`)
}

/** Lets pages of `origin` embed the demo's player, beside those that may already. */
export async function allowEmbedding(call: Call, { programId }: Setting, origin: string): Promise<void> {
  const { embedOrigins } = await made(call<Program>('GET', `/api/programs/${programId}`))
  if (embedOrigins.includes(origin)) return
  await call('PATCH', `/api/programs/${programId}`, { embedOrigins: [...embedOrigins, origin].slice(-limits.embedOrigins) })
}

/** Signs one attendee's token for a day, as the organization's own server would. */
export function attendeeToken(setting: Setting, person: (typeof attendees)[number]): string {
  return signToken(
    {
      organization_id: setting.organizationId,
      token_use: 'selfcontained-access',
      ...person,
      roles: [{ name: 'ROLE_ATTENDEE', eventId: setting.programId }],
      sharePersonalData: true,
    },
    { privateKey: readFileSync(setting.privateKeyFile, 'utf8'), kid: setting.kid, expiresInSeconds: 24 * 60 * 60 },
  )
}
