// Owns: the session of this frame over a reload, as far as the browser keeps anything for a frame on another site's page.

/** `mark`: which token it came of, without being one. */
export type KeptSession = { readonly session: string; readonly expiresAt: number; readonly mark: string }

export type SessionKeep = { read(): KeptSession | undefined; write(kept: KeptSession | undefined): void }

/** The last characters of a token's signature: no two tokens share them. */
export const markOf = (token: string): string => token.slice(-22)

/** In this tab's storage for this site within that one; in memory where the browser refuses storage to frames. */
export function createSessionKeep(programId: string, storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): SessionKeep {
  const key = `voila-session-${programId}`
  let inMemory: KeptSession | undefined
  return {
    read() {
      try {
        const { session, expiresAt, mark } = JSON.parse(storage().getItem(key) ?? '{}') as Partial<KeptSession>
        if (typeof session === 'string' && typeof expiresAt === 'number' && typeof mark === 'string') return { session, expiresAt, mark }
      } catch {}
      return inMemory
    },
    write(kept) {
      inMemory = kept
      try {
        if (kept === undefined) storage().removeItem(key)
        else storage().setItem(key, JSON.stringify(kept))
      } catch {}
    },
  }
}
