// Owns: the HTML of the website that is answered: the attendees' page, with a refusal in it where there is one, the embedded player's,
// Backstage's, the API documentation's.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ErrorCode, Problem } from '@voila/protocol'

export type Pages = ReturnType<typeof createPages>

const require = createRequire(import.meta.url)

/** The website that is installed beside the server. */
export function installedWebDir(): string {
  return join(dirname(require.resolve('@voila/web/package.json')), 'dist')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

/** JSON that cannot end the script element it stands in, nor be read as a comment. */
const escapeJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028')

function noscript(problem: Problem | undefined): string {
  if (problem === undefined) return '<noscript><p>This page needs JavaScript. Turn it on, then reload.</p></noscript>'
  const signIn = problem.signInUrl === undefined ? '' : `<p><a href="${escapeHtml(problem.signInUrl)}">Sign in</a></p>`
  const company =
    problem.samlUrl === undefined ? '' : `<p><a href="${escapeHtml(problem.samlUrl)}">Sign in with your company account</a></p>`
  return `<noscript><main><h1>${escapeHtml(problem.title)}</h1>${company}${signIn}<p>${escapeHtml(problem.traceId)}</p></main></noscript>`
}

/**
 * The page's policy. Styles may be inline for the player's controls; sockets are named by host, since older Safari does not count them
 * as 'self'.
 */
function pagePolicy(host: string | undefined, { frameAncestors, team = false }: { frameAncestors: string; team?: boolean }): string {
  const sockets = host !== undefined && /^[A-Za-z0-9.:[\]-]{1,260}$/.test(host) ? ` ws://${host} wss://${host}` : ''
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    // Slides come by requests that say who asks; and the team looks at pictures before they are sent, and at the player in a frame.
    "img-src 'self' data: blob:",
    ...(team ? ["frame-src 'self'"] : []),
    "font-src 'self'",
    `connect-src 'self'${sockets}`,
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ')
}

/** A built page, cut where something may be put in. @throws Error when it is not there or no page */
function readPage(webDir: string, name: string): { head: string; between: string; rest: string } {
  const file = join(webDir, name)
  let html: string
  try {
    html = readFileSync(file, 'utf8')
  } catch {
    throw new Error(`There is no built website in ${webDir} (${name}). Run npm run build, or set VOILA_WEB_DIR.`)
  }
  const headEnd = html.indexOf('</head>')
  const bodyStart = /<body[^>]*>/.exec(html)
  if (headEnd < 0 || bodyStart === null) throw new Error(`${file} is not a page with a head and a body.`)
  const bodyAt = bodyStart.index + bodyStart[0].length
  return { head: html.slice(0, headEnd), between: html.slice(headEnd, bodyAt), rest: html.slice(bodyAt) }
}

const dataScript = (id: string, value: unknown): string => `<script type="application/json" id="${id}">${escapeJson(value)}</script>`

/** @throws Error when the folder holds no built website */
export function createPages({ webDir }: { webDir: string }) {
  const attendee = readPage(webDir, 'index.html')
  const embed = readPage(webDir, 'embed.html')
  const backstage = readPage(webDir, 'backstage.html')
  const screen = readPage(webDir, 'screen.html')
  const docs = readPage(webDir, 'api-docs.html')
  const closedHeaders = (policy: string): Record<string, string> => ({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  })

  return {
    /** The page; with a problem, the one that its script shows instead. */
    page(problem?: Problem): string {
      const embedded = problem === undefined ? '' : dataScript('voila-refusal', problem)
      return attendee.head + embedded + attendee.between + noscript(problem) + attendee.rest
    },
    /** The page, letting in somebody who has no session yet. `facts`: DoorFacts. */
    doorPage: (facts: object): string =>
      attendee.head + dataScript('voila-door', facts) + attendee.between + noscript(undefined) + attendee.rest,
    /** The page, asking somebody who has signed in whether to go on. `facts`: ConsentFacts. */
    consentPage: (facts: object): string =>
      attendee.head + dataScript('voila-consent', facts) + attendee.between + noscript(undefined) + attendee.rest,
    headers: (host: string | undefined): Record<string, string> => closedHeaders(pagePolicy(host, { frameAncestors: "'none'" })),
    /** The team's page, the same at each of its addresses: its script shows what belongs there. */
    backstagePage: backstage.head + backstage.between + noscript(undefined) + backstage.rest,
    backstageHeaders: (host: string | undefined): Record<string, string> =>
      closedHeaders(pagePolicy(host, { frameAncestors: "'none'", team: true })),
    /** The big screen, the same for all programs. */
    screenPage: screen.head + screen.between + noscript(undefined) + screen.rest,
    screenHeaders: (host: string | undefined): Record<string, string> => closedHeaders(pagePolicy(host, { frameAncestors: "'none'" })),
    /** The API's documentation, under the policy of `headers`. */
    docsPage: docs.head + docs.between + noscript(undefined) + docs.rest,
    /** The player for an iframe. `allowedOrigins`: of the pages whose messages its script listens to. `refusal`: there is nothing. */
    embedPage: (facts: { programId: string; allowedOrigins: readonly string[]; guests: string; refusal?: ErrorCode }): string =>
      embed.head + dataScript('voila-embed', facts) + embed.between + noscript(undefined) + embed.rest,
    /** Without X-Frame-Options, which can name no origin; whoever knows `frame-ancestors` ignores it anyway. */
    embedHeaders: (host: string | undefined, allowedOrigins: readonly string[]): Record<string, string> => ({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy(host, { frameAncestors: allowedOrigins.length === 0 ? "'none'" : allowedOrigins.join(' ') }),
      'cache-control': 'no-store',
    }),
  }
}
