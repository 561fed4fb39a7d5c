// Owns: what a page that embeds the player may call and hear. Types alone: the build publishes this file as it is, as /voila.d.ts.

export type VoilaEventName = 'ready' | 'live' | 'interrupted' | 'ended' | 'refused' | 'token-expiring' | 'error'

export type VoilaEvent = {
  /** Undefined while a player does not know its program yet. */
  readonly programId: string | undefined
  readonly playerId: string
  /** Unix milliseconds. */
  readonly at: number
  /** With `refused` and `error`: a code of docs/errors.md, or `token_provider`, `target_missing`, `host_policy` or `origin_opaque`. */
  readonly code?: string
  /** A sentence that people may read; it names no secret. */
  readonly message?: string
  /** With `token-expiring`: when the attendee's time at the program runs out, Unix milliseconds. */
  readonly expiresAt?: number
}

export type VoilaRenderOptions = {
  /** Default: the only program that the token's roles name. */
  readonly programId?: string
  /** An element or a selector. Default: beside the script. */
  readonly target?: Element | string
  /** What a screen reader calls the player. Default: 'Live event'. */
  readonly title?: string
  /** 'en' or 'fr'. Default: the browser's. */
  readonly language?: string
  /** CSS height of the player. Default: the target's, where it has one of its own, else what fits its width. */
  readonly height?: string
}

export type VoilaPlayer = {
  readonly id: string
  /** A token for this player alone; it comes before what `voila.setToken` was given. */
  setToken(token: string): void
  /** Takes the player out of the page. Nothing is heard of it afterwards. */
  destroy(): void
}

export type Voila = {
  /**
   * Hands over a token: for one program where `programId` is given, else for those that its roles name. Before or after `render`, and while
   * somebody watches, who goes on by it.
   */
  setToken(given: { readonly token: string; readonly programId?: string }): void
  /** Puts a player into the page. */
  render(options?: VoilaRenderOptions): VoilaPlayer
  /** Calls `listener` whenever that happens to any player, until the function that it returns is called. */
  on(name: VoilaEventName, listener: (event: VoilaEvent) => void): () => void
  /** Asked for a token whenever a player needs one: at first, when the one it had no longer lets anybody in, and before a visit runs out. */
  setTokenProvider(provider: (wanted: { readonly programId: string | undefined }) => string | Promise<string>): void
  /** Before the script is there: what is to be called then. Afterwards `push` calls at once. */
  readonly q: { push(...calls: VoilaCall[]): unknown }
}

export type VoilaCall = ((voila: Voila) => void) | readonly [name: keyof Omit<Voila, 'q'>, ...args: unknown[]]

declare global {
  var voila: Voila
}
