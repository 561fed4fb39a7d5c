// Owns: the table of settings: their names, defaults, how their text is read, and what is said of them.
import { isIP } from 'node:net'

/** Reads the text of a variable. @throws Error whose message completes 'NAME …' */
type Read<Value> = (text: string) => Value
export type Setting<Value, Fallback = string | undefined> = {
  readonly says: string
  /** What counts where the variable is absent or empty, as one would write it. */
  readonly fallback?: Fallback
  /** What the documents show instead of the fallback. */
  readonly shown?: string
  readonly read: Read<Value>
}

const text: Read<string> = (given) => given

function number({ min, max, whole = true }: { min: number; max: number; whole?: boolean }): Read<number> {
  return (given) => {
    const value = /^\d{1,16}(\.\d{1,6})?$/.test(given) ? Number(given) : Number.NaN
    if (!(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
      throw new Error(`must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`)
    }
    return value
  }
}

function oneOf<const Word extends string>(...words: Word[]): Read<Word> {
  return (given) => {
    const word = words.find((each) => each === given.toLowerCase())
    if (word === undefined) throw new Error(`must be one of ${words.join(', ')}`)
    return word
  }
}

function address(schemes: readonly string[], { bare }: { bare: boolean }): Read<string> {
  return (given) => {
    const url = URL.canParse(given) ? new URL(given) : undefined
    // The text itself is not repeated: it may hold a password.
    if (url === undefined || !schemes.includes(url.protocol))
      throw new Error(`must be an address that starts with ${schemes.join('// or ')}//`)
    if (bare && (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '')) {
      throw new Error('must be an address without a path, like https://live.example.com')
    }
    return bare ? url.origin : given.replace(/\/+$/, '')
  }
}

const list: Read<string[]> = (given) =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const origins: Read<string[]> = (given) => list(given).map(address(['http:', 'https:'], { bare: true }))

const proxyNames = new Set(['loopback', 'linklocal', 'uniquelocal'])
const isNetwork = (item: string): boolean => {
  const [ip = '', bits, ...more] = item.split('/')
  const family = isIP(ip)
  return family !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
}

function proxies(given: string): boolean | string[] {
  if (/^(off|false|no|0)$/i.test(given)) return false
  if (/^(on|true|yes)$/i.test(given)) return true
  const items = list(given)
  // A count of hops is not offered: who reaches the port past the proxy could then forge the headers.
  if (items.length === 0 || !items.every((item) => proxyNames.has(item) || isNetwork(item))) {
    throw new Error('must be off, on, or a list of addresses and networks, like 127.0.0.1,10.0.0.0/8')
  }
  return items
}

function secret({ shape, example }: { shape: RegExp; example: string }): Read<string> {
  return (given) => {
    if (!shape.test(given)) throw new Error(`must be ${example}`)
    return given
  }
}

/** A name and an address, or the address alone. */
const sender: Read<string> = (given) => {
  if (!/^([^<>\r\n]* <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(given)) throw new Error('must be an address, like live@example.com')
  return given
}

const port = number({ min: 0, max: 65_535 })
/** A setting that always has a value. */
const setting = <Value>(given: Setting<Value, string> & { fallback: string }): Setting<Value, string> => given
const optional = <Value>(given: Setting<Value, undefined> & { shown: string }): Setting<Value, undefined> => given

/** The table. `--help` and docs/configuration.md are printed from it. */
export const settings = {
  HOST: setting({
    fallback: '127.0.0.1',
    read: text,
    says: 'Address on which the website and the API are served. `0.0.0.0` for all of the machine’s.',
  }),
  PORT: setting({ fallback: '8080', read: port, says: 'Port of the website and the API.' }),
  PUBLIC_URL: optional({
    shown: '`http://localhost:PORT`',
    read: address(['http:', 'https:'], { bare: true }),
    says: 'The address people open, behind whatever proxy. With `https` the cookies are `Secure` and carry the `__Host-` prefix.',
  }),
  TRUST_PROXY: setting({
    fallback: 'off',
    read: proxies,
    says: 'Whose `X-Forwarded-*` headers count: `off`, addresses and networks (`127.0.0.1,10.0.0.0/8`, `loopback`, `uniquelocal`), or `on` where nothing but the proxy can reach the port.',
  }),
  ALLOWED_ORIGINS: optional({
    shown: 'none',
    read: origins,
    says: 'Further origins, separated by commas, whose pages may use cookies on the API and sockets. The request’s own host and `PUBLIC_URL` always may.',
  }),
  DATA_DIR: setting({
    fallback: 'data',
    read: text,
    says: 'Folder of the database, the recordings and the secrets. Made where it is missing.',
  }),
  DATABASE_URL: optional({
    shown: 'SQLite in `DATA_DIR`',
    read: address(['postgres:', 'postgresql:'], { bare: false }),
    says: '`postgres://…`: PostgreSQL instead of the embedded SQLite, for more than one node.',
  }),
  VOILA_SECRET: optional({
    shown: 'made once, in `DATA_DIR/secret`',
    read: secret({ shape: /^.{32,512}$/, example: '32 characters at least, like the output of: openssl rand -base64 36' }),
    says: 'Signs media credentials and sign-ins to Backstage, and derives stream keys. The same on all nodes; required with PostgreSQL. Another one makes every stream key another, and signs everybody out.',
  }),
  VOILA_ADMIN_SECRET: optional({
    shown: 'made once, in `DATA_DIR/admin-secret`',
    read: secret({
      shape: /^va_[A-Za-z0-9_-]{32,200}$/,
      example: '`va_` and 32 letters, digits, - or _ at least, like: echo va_$(openssl rand -hex 24)',
    }),
    says: 'Bearer of the administration API. The same on all nodes; required with PostgreSQL.',
  }),
  SMTP_URL: optional({
    shown: 'no mail',
    read: address(['smtp:', 'smtps:'], { bare: false }),
    says: '`smtp://user:password@host:587` or `smtps://…:465`: the server by which invitations and links for a new password are mailed. Without it Backstage shows the links to whoever invites.',
  }),
  MAIL_FROM: optional({
    shown: 'none',
    read: sender,
    says: 'Sender of those mails, like `Voilà <live@example.com>`. Needed with `SMTP_URL`.',
  }),
  SESSION_HOURS: setting({
    fallback: '12',
    read: number({ min: 0.001, max: 720, whole: false }),
    says: 'How long an attendee stays admitted, whatever the token’s `exp`. Each newer token of his begins it anew.',
  }),
  SESSION_MAX_DAYS: setting({
    fallback: '7',
    read: number({ min: 0, max: 365, whole: false }),
    says: 'How long an attendee who keeps the event’s own page open stays admitted without another token; never less than `SESSION_HOURS`.',
  }),
  MEDIA_CREDENTIAL_SECONDS: setting({
    fallback: '120',
    read: number({ min: 5, max: 3_600 }),
    says: 'How long a media address works before the page must renew it.',
  }),
  RTMP_HOST: optional({ shown: '`HOST`', read: text, says: 'Address on which feeds are accepted.' }),
  RTMP_PORT: setting({ fallback: '1935', read: port, says: 'Port of RTMP.' }),
  RTMPS_PORT: optional({ shown: 'no RTMPS', read: port, says: 'Port of RTMPS. Needs `RTMPS_CERT_FILE` and `RTMPS_KEY_FILE`.' }),
  RTMPS_CERT_FILE: optional({ shown: 'none', read: text, says: 'PEM file of the RTMPS certificate and its chain.' }),
  RTMPS_KEY_FILE: optional({ shown: 'none', read: text, says: 'PEM file of the RTMPS private key.' }),
  PUBLIC_RTMP_URL: optional({
    shown: '`rtmp://` and the host of `PUBLIC_URL`',
    read: address(['rtmp:'], { bare: false }),
    says: 'Where encoders publish to, as it is shown to producers.',
  }),
  PUBLIC_RTMPS_URL: optional({
    shown: '`rtmps://` and the host of `PUBLIC_URL`',
    read: address(['rtmps:'], { bare: false }),
    says: 'The same for RTMPS.',
  }),
  RECORDINGS: setting({
    fallback: 'on',
    read: oneOf('on', 'off'),
    says: 'Whether what is published is written to `DATA_DIR/recordings` as it comes.',
  }),
  RECORDINGS_MAX_BYTES: setting({
    fallback: '50000000000',
    read: number({ min: 1_000_000, max: 1e15 }),
    says: 'Bytes of all recordings together; beyond, the oldest goes.',
  }),
  RECORDINGS_MAX_DAYS: setting({ fallback: '30', read: number({ min: 1, max: 3_650 }), says: 'Days that a recording is kept.' }),
  FETCH_PRIVATE_HOSTS: optional({
    shown: 'none',
    read: list,
    says: 'Hosts, with their port or without, separated by commas, that keys and SAML metadata may be fetched from although they lead into a private network. Everything else must be on the internet.',
  }),
  FETCH_CA_FILE: optional({
    shown: 'none',
    read: text,
    says: 'PEM file of certificate authorities of your own, trusted beside the usual ones when keys and SAML metadata are fetched.',
  }),
  VOILA_WEB_DIR: optional({ shown: 'the website that comes with it', read: text, says: 'Folder of the built website.' }),
  LOG_LEVEL: setting({
    fallback: 'info',
    read: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    says: 'Least level that is logged: fatal, error, warn, info, debug, trace or silent. Lines are JSON on standard output.',
  }),
} satisfies Record<string, Setting<unknown>>

type Settings = typeof settings
export type SettingName = keyof Settings
export type Values = {
  readonly [K in SettingName]: ReturnType<Settings[K]['read']> | (Settings[K] extends Setting<unknown, string> ? never : undefined)
}

const fallbackOf = ({ shown, fallback }: Setting<unknown>): string => shown ?? (fallback === undefined ? 'none' : `\`${fallback}\``)

/** The settings as a Markdown table, for docs/configuration.md. */
export function settingsTable(): string {
  const rows = Object.entries<Setting<unknown>>(settings).map(([name, row]) => `| \`${name}\` | ${fallbackOf(row)} | ${row.says} |`)
  return ['| variable | default | |', '|---|---|---|', ...rows].join('\n')
}

/** The settings as text of at most 100 columns, for `--help`. */
export function settingsHelp(): string {
  const lines = Object.entries<Setting<unknown>>(settings).flatMap(([name, row]) => {
    const said = `${row.says} Default: ${fallbackOf(row)}.`.replaceAll('`', '')
    const wrapped = said.match(/.{1,70}(?:\s|$)/g) ?? [said]
    return wrapped.map((line, index) => `  ${(index === 0 ? name : '').padEnd(26)}${line.trimEnd()}`)
  })
  return lines.join('\n')
}
