// Owns: the commands of `voila-admin`: what each asks of the REST API, and how its answer reads.
import { readFileSync } from 'node:fs'
import type { LinkMade, ListAnswer, Organization, PartnerKeyAnswer, Program, RefusalAnswer, StreamKeyAnswer } from '@voila/protocol'
import { importPublicKey } from '@voila/tokens'

export type Values = Readonly<Record<string, string | undefined>>
export type Request = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: object }
export type Command = {
  readonly says: string
  /** Options it must have, and those it may; each takes a value. */
  readonly required: readonly string[]
  readonly optional?: readonly string[]
  request(values: Values): Request
  /** Lines for a person. */
  show(answer: unknown): string[]
}

/** Every option there is, with what its value means. */
export const options: Readonly<Record<string, string>> = {
  name: 'a name for people to read',
  email: 'the address with which somebody signs in',
  'two-factor': 'off: takes away a second step that somebody can’t do any more',
  organization: 'the id of an organization',
  program: 'the id of a program',
  kid: 'the id of a partner key',
  file: 'the PEM file of a public key, or - for standard input',
  days: 'how long the key is valid (365)',
  roles: 'what tokens by this key may be, separated by commas (ROLE_ATTENDEE)',
  until: 'a time, like 2030-05-01T18:00:00Z',
  title: 'the title',
  'starts-at': 'a time, like 2030-05-01T18:00:00Z',
  description: 'a description',
  language: 'a language, like en or fr',
  'sign-in-url': 'where people get a new link',
  to: 'draft, scheduled, rehearsal, live, ended or archived',
  rotate: 'primary, backup or both: makes new keys',
}

const encode = (value: string | undefined): string => encodeURIComponent(value ?? '')
const given = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** Rows under headings, in columns. */
function columns(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return ['(none)']
  const all = [headings, ...rows]
  const widths = headings.map((_, index) => Math.max(...all.map((row) => (row[index] ?? '').length)))
  return all.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function listed<Item>(headings: readonly string[], cells: (item: Item) => string[]): (answer: unknown) => string[] {
  return (answer) => {
    const { items, nextCursor } = answer as ListAnswer<Item>
    return [...columns(headings, items.map(cells)), ...(nextCursor === null ? [] : ['… and more'])]
  }
}

/**
 * The text of a public key file. What is not one stays on this machine: a private key must not travel, not even to be refused.
 *
 * @throws KeyError
 */
function publicKeyIn(file: string | undefined): string {
  const pem = readFileSync(file === undefined || file === '-' ? 0 : file, 'utf8')
  return importPublicKey(pem).pem
}

const keyLine = (answer: unknown): string[] => {
  const { kid, state, notAfter } = answer as PartnerKeyAnswer
  return [`kid        ${kid}`, `state      ${state}`, `valid until ${notAfter}`]
}
const programLines = (answer: unknown): string[] => {
  const { id, state, title, attendeeUrl } = answer as Program
  return [`program  ${id}`, `state    ${state}`, `title    ${title}`, `address  ${attendeeUrl}`]
}
const linkLines = (answer: unknown): string[] => {
  const { url, expiresAt } = answer as LinkMade
  return [url, `works once, until ${expiresAt}`]
}
const keysOf = ({ organization }: Values): string => `/api/organizations/${encode(organization)}/partner-keys`

export const commands: Readonly<Record<string, Command>> = {
  'setup-link': {
    says: 'prints a link that makes the first owner of Backstage',
    required: [],
    request: () => ({ method: 'POST', path: '/api/setup-links' }),
    show: linkLines,
  },
  'password-link': {
    says: 'prints a link by which somebody who signs in to Backstage chooses a new password',
    required: ['email'],
    optional: ['two-factor'],
    request: (values) => ({
      method: 'POST',
      path: '/api/password-links',
      body: given({ email: values.email, twoFactor: values['two-factor'] }),
    }),
    show: linkLines,
  },
  'create-organization': {
    says: 'makes an organization',
    required: ['name'],
    request: ({ name }) => ({ method: 'POST', path: '/api/organizations', body: { name } }),
    show: (answer) => [`organization  ${(answer as Organization).id}`],
  },
  'declare-key': {
    says: 'declares the public half of a key pair, and prints its kid',
    required: ['organization', 'name', 'file'],
    optional: ['days', 'roles'],
    request: (values) => ({
      method: 'POST',
      path: keysOf(values),
      body: given({
        name: values.name,
        pem: publicKeyIn(values.file),
        days: values.days === undefined ? undefined : Number(values.days),
        allowedRoles: values.roles?.split(','),
      }),
    }),
    show: keyLine,
  },
  'retire-key': {
    says: 'lets a key admit until a time, and nobody after it',
    required: ['organization', 'kid', 'until'],
    request: (values) => ({ method: 'POST', path: `${keysOf(values)}/${encode(values.kid)}/retire`, body: { until: values.until } }),
    show: keyLine,
  },
  'revoke-key': {
    says: 'ends a key at once, and everybody’s session that came by it',
    required: ['organization', 'kid'],
    request: (values) => ({ method: 'POST', path: `${keysOf(values)}/${encode(values.kid)}/revoke` }),
    show: keyLine,
  },
  'create-program': {
    says: 'makes a program, a draft at first',
    required: ['organization', 'title', 'starts-at'],
    optional: ['description', 'language', 'sign-in-url'],
    request: (values) => ({
      method: 'POST',
      path: `/api/organizations/${encode(values.organization)}/programs`,
      body: given({
        title: values.title,
        startsAt: values['starts-at'],
        description: values.description,
        language: values.language,
        signInUrl: values['sign-in-url'],
      }),
    }),
    show: programLines,
  },
  'set-state': {
    says: 'takes a program to another state',
    required: ['program', 'to'],
    request: ({ program, to }) => ({ method: 'POST', path: `/api/programs/${encode(program)}/state`, body: { to } }),
    show: programLines,
  },
  'stream-key': {
    says: 'prints where and with which key to publish, or makes new keys',
    required: ['program'],
    optional: ['rotate'],
    request: ({ program, rotate }) => {
      const path = `/api/programs/${encode(program)}/stream-key`
      return rotate === undefined ? { method: 'GET', path } : { method: 'POST', path, body: { rotate } }
    },
    show: (answer) => {
      const { rtmpUrl, rtmpsUrl, streamKey, backupStreamKey } = answer as StreamKeyAnswer
      return [
        `server      ${rtmpUrl}`,
        ...(rtmpsUrl === null ? [] : [`            ${rtmpsUrl}`]),
        `stream key  ${streamKey}`,
        `backup key  ${backupStreamKey}`,
      ]
    },
  },
  'list organizations': {
    says: 'lists organizations',
    required: [],
    request: () => ({ method: 'GET', path: '/api/organizations?limit=100' }),
    show: listed<Organization>(['id', 'name'], ({ id, name }) => [id, name]),
  },
  'list keys': {
    says: 'lists the partner keys of an organization',
    required: ['organization'],
    request: (values) => ({ method: 'GET', path: `${keysOf(values)}?limit=100` }),
    show: listed<PartnerKeyAnswer>(['kid', 'state', 'valid until', 'accepted', 'refused', 'name'], (key) => [
      key.kid,
      key.state,
      key.notAfter,
      String(key.accepted),
      String(key.refused),
      key.name,
    ]),
  },
  'list programs': {
    says: 'lists the programs of an organization',
    required: ['organization'],
    request: ({ organization }) => ({ method: 'GET', path: `/api/organizations/${encode(organization)}/programs?limit=100` }),
    show: listed<Program>(['id', 'state', 'starts at', 'title'], ({ id, state, startsAt, title }) => [id, state, startsAt, title]),
  },
  'list refusals': {
    says: 'lists the latest tokens that a program refused, and why',
    required: ['program'],
    request: ({ program }) => ({ method: 'GET', path: `/api/programs/${encode(program)}/refusals?limit=100` }),
    show: listed<RefusalAnswer>(['at', 'code', 'claim', 'kid', 'subject'], ({ at, code, claim, kid, subject }) => [
      at,
      code,
      claim ?? '',
      kid ?? '',
      subject ?? '',
    ]),
  },
}
