// Owns: the page that a problem's `type` leads to: what the code means, to the person and to the developer.
import { type ErrorCode, errorRow, type Retry } from '@voila/protocol'
import { keyErrors, tokenErrors } from '@voila/tokens'

const retryWords: Readonly<Record<Retry, string>> = {
  never: 'The same request is refused again.',
  'new-token': 'A new token is needed.',
  later: 'The same request may succeed later.',
  reconnect: 'Connect again at once.',
}

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:42rem;margin:0 auto;padding:48px 24px}
h1{margin:0 0 4px;font:600 24px/32px ui-monospace,monospace}
h2{margin:32px 0 4px;font-size:15px}
p{margin:0}
.quiet{opacity:.75}`

/** Page and policy: nothing but its own style. */
export const problemPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
} as const

/** No text of it comes from outside. */
export function problemPage(code: ErrorCode): string {
  const { status, says, retry } = errorRow(code)
  const isOfToken = Object.hasOwn(tokenErrors, code)
  const toDeveloper = isOfToken
    ? tokenErrors[code as keyof typeof tokenErrors]
    : Object.hasOwn(keyErrors, code)
      ? keyErrors[code as keyof typeof keyErrors]
      : undefined
  const developer = toDeveloper === undefined ? '' : `<h2>Told to whoever signs</h2><p>${toDeveloper}</p>`
  const inspector = isOfToken
    ? '<h2>Find the mistake</h2><p>Paste the token into the <a href="/backstage">token inspector of Backstage</a>: it is judged in your browser, check by check.</p>'
    : ''
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${code}</title><style>${style}</style></head><body><main><h1>${code}</h1><p class="quiet">HTTP ${status}. ${retryWords[retry]}</p><h2>Told to the person</h2><p>${says}</p>${developer}${inspector}</main></body></html>`
}
