// Owns: /voila.js: the start in the host page, and what was asked for before it.
import { createVoila } from './api.ts'
import type { VoilaCall } from './types.ts'

const script = document.currentScript ?? document.querySelector('script[src$="/voila.js"]')
const stub = (window as { voila?: { q?: unknown; render?: unknown } }).voila
// A second copy of the script leaves the first one in charge.
if (!(script instanceof HTMLScriptElement)) console.error('voila.js must be loaded by a script element.')
else if (stub?.q === undefined || Array.isArray(stub.q)) {
  const voila = createVoila({ origin: new URL(script.src).origin, script })
  window.voila = voila
  voila.q.push(...((stub?.q ?? []) as VoilaCall[]))
}
