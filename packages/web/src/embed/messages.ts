// Owns: what the host page's script and the player in the iframe say to each other. Anything else that arrives is ignored.
import type { VoilaEventName } from './types.ts'

/** What the player says. `hello` goes to whoever is the parent, so it holds nothing. */
export type FrameMessage =
  | { readonly voila: 1; readonly t: 'hello' }
  | { readonly voila: 1; readonly t: 'token-please' }
  | {
      readonly voila: 1
      readonly t: 'event'
      readonly name: VoilaEventName
      readonly code?: string
      readonly message?: string
      readonly expiresAt?: number
    }

/** What the host page says, to the platform's origin alone. `no-token`: there is none now, though one may follow. */
export type HostMessage = { readonly voila: 1; readonly t: 'token'; readonly token: string } | { readonly voila: 1; readonly t: 'no-token' }

const eventNames: readonly unknown[] = [
  'ready',
  'live',
  'interrupted',
  'ended',
  'refused',
  'token-expiring',
  'error',
] satisfies VoilaEventName[]

function read(data: unknown): Record<string, unknown> | undefined {
  const value = data as Record<string, unknown> | null
  return typeof value === 'object' && value?.voila === 1 ? value : undefined
}

/** @returns undefined for whatever is not a message of the player */
export function readFrameMessage(data: unknown): FrameMessage | undefined {
  const message = read(data)
  const { t, name, code, message: says, expiresAt } = message ?? {}
  if (t === 'hello' || t === 'token-please') return { voila: 1, t }
  if (t !== 'event' || !eventNames.includes(name)) return undefined
  return {
    voila: 1,
    t,
    name: name as VoilaEventName,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof says === 'string' ? { message: says } : {}),
    ...(typeof expiresAt === 'number' ? { expiresAt } : {}),
  }
}

/** @returns undefined for whatever is not a message of a host page */
export function readHostMessage(data: unknown): HostMessage | undefined {
  const { t, token } = read(data) ?? {}
  if (t === 'no-token') return { voila: 1, t }
  return t === 'token' && typeof token === 'string' ? { voila: 1, t, token } : undefined
}
