// Owns: the media address that is good now: when it is renewed, and who waits for that.
import { type MediaAccess, Refusal } from '@voila/protocol'
import type { ServerClock } from './server-clock.ts'

/** Two credentials differ in this path segment alone: `/media/:programId/:credential/…`. */
const credentialSegment = /(\/media\/[^/]+\/)([^/]+)(?=\/)/

export type MediaAccessKeeper = {
  /** The address held, expired or not; null where there is no picture for this attendee. */
  current(): MediaAccess | null
  /** Takes an address that the server gave. */
  offer(access: MediaAccess | null): void
  /** The address held while it is good, at once; else after a renewal. @throws Refusal */
  good(): Promise<MediaAccess>
  /** Renews unless `refused` (the address that was answered 401) has been replaced already. Several callers share one request. @throws Refusal */
  renew(refused: string | undefined): Promise<MediaAccess>
  /** The same resource under the credential held now. */
  rewrite(url: string): string
  onChange(listener: () => void): () => void
  close(): void
}

/** Share of the lifetime that is left when an address is renewed ahead. */
const renewShare = 1 / 6
const retryMs = 2_000

/** Keeps media access fresh: renews ahead by `renew`, and takes what comes by the socket. Times are the server's. */
export function createMediaAccess(options: { renew(): Promise<MediaAccess>; clock: ServerClock }): MediaAccessKeeper {
  const listeners = new Set<() => void>()
  let held: MediaAccess | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let renewing: Promise<MediaAccess> | undefined
  let closed = false

  function take(access: MediaAccess | null): void {
    if (closed) return
    // Frames and renewals cross: the one that lasts longer stays.
    if (access !== null && held !== null && access.expiresAt < held.expiresAt) return
    const before = held
    held = access
    clearTimeout(timer)
    if (access !== null) {
      const lifetimeMs = access.expiresAt - options.clock.now()
      // Timers take 31 bits; a credential as long as a session is looked at again then.
      timer = setTimeout(renewAhead, Math.min(Math.max(lifetimeMs * (1 - renewShare), retryMs), 2 ** 30))
    }
    if (before?.url !== access?.url) for (const listener of listeners) listener()
  }

  function renewOnce(): Promise<MediaAccess> {
    if (closed) return Promise.reject(new Refusal('program_closed'))
    renewing ??= options
      .renew()
      .then((access) => {
        take(access)
        return access
      })
      .finally(() => {
        renewing = undefined
      })
    return renewing
  }

  function renewAhead(): void {
    renewOnce().catch((error: unknown) => {
      const code = error instanceof Refusal ? error.code : 'internal'
      if (closed || held === null) return
      if (code === 'program_closed') take(null)
      else timer = setTimeout(renewAhead, retryMs)
    })
  }

  return {
    current: () => held,
    offer: take,
    good: () => (held !== null && held.expiresAt > options.clock.now() ? Promise.resolve(held) : renewOnce()),
    renew: (refused) =>
      held !== null && refused !== undefined && credentialOf(refused) !== credentialOf(held.url) ? Promise.resolve(held) : renewOnce(),
    rewrite: (url) => {
      const credential = held === null ? undefined : credentialOf(held.url)
      return credential === undefined ? url : url.replace(credentialSegment, (_, before: string) => before + credential)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      closed = true
      clearTimeout(timer)
      listeners.clear()
    },
  }
}

const credentialOf = (url: string): string | undefined => credentialSegment.exec(url)?.[2]
