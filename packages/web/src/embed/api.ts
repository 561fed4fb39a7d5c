// Owns: what the host page may call: tokens, players, listeners, and the calls from before the script was there.
import { createHostPlayer, type EventFacts, type HostPlayer } from './host-player.ts'
import { createTokens } from './tokens.ts'
import type { Voila, VoilaCall, VoilaEvent, VoilaEventName, VoilaPlayer, VoilaRenderOptions } from './types.ts'

type Listener = (event: VoilaEvent) => void
type Provider = Parameters<Voila['setTokenProvider']>[0]

type Player = {
  readonly id: string
  programId: string | undefined
  /** Set for this player alone. */
  own: string | undefined
  readonly host: HostPlayer
  asking: boolean
}

/**
 * @param options.origin  of the platform
 * @param options.script  the element that a player without a target stands beside
 */
export function createVoila({ origin, script }: { origin: string; script: Element | null }): Voila {
  const tokens = createTokens()
  const players = new Map<string, Player>()
  const listeners = new Map<string, Set<Listener>>()
  let provider: Provider | undefined
  let count = 0

  function emit({ id, programId }: { id: string; programId: string | undefined }, name: VoilaEventName, facts: EventFacts): void {
    const event = { programId, playerId: id, at: Date.now(), ...facts }
    for (const listener of listeners.get(name) ?? []) {
      try {
        listener(event)
      } catch (error) {
        // Of the page's own making: told where the page's errors are told, and no reason to leave out the next listener.
        reportError(error)
      }
    }
  }

  const tokenOf = (player: Player): string | undefined =>
    player.own ?? (player.programId === undefined ? undefined : tokens.of(player.programId))

  async function ask(player: Player): Promise<void> {
    if (provider === undefined || player.asking) return
    player.asking = true
    try {
      const token = await provider({ programId: player.programId })
      if (!players.has(player.id)) return
      if (typeof token !== 'string') throw new TypeError('no token')
      player.own = token
      if (player.programId === undefined) open(player, token)
      else player.host.giveToken(token)
    } catch {
      if (!players.has(player.id)) return
      player.host.giveToken(undefined)
      emit(player, 'error', { code: 'token_provider', message: 'The token provider gave no token.' })
    } finally {
      player.asking = false
    }
  }

  function onTokenWanted(player: Player, reason: 'hello' | 'token-please'): void {
    const token = reason === 'hello' ? tokenOf(player) : undefined
    if (token !== undefined) player.host.giveToken(token)
    else if (provider !== undefined) void ask(player)
    // Asked again without having had a fitting one: the last one goes, to be refused in words.
    else player.host.giveToken(reason === 'token-please' && tokenOf(player) === undefined ? tokens.latest() : undefined)
  }

  /** Opens a player that knew no program, now that a token may tell. */
  function open(player: Player, token: string): void {
    const own = createTokens()
    own.set({ token })
    player.programId = own.onlyProgram()
    if (player.programId !== undefined) {
      player.host.open(player.programId)
      return
    }
    const message = 'Say which event to show: the token does not name exactly one.'
    player.host.say(message)
    emit(player, 'error', { code: 'program_unknown', message })
  }

  function targetOf(target: VoilaRenderOptions['target']): Element | null {
    if (target !== undefined) return typeof target === 'string' ? document.querySelector(target) : target
    const place = document.createElement('div')
    const beside = [document.currentScript, script].find((each) => each != null && document.body.contains(each))
    if (beside === undefined || beside === null) document.body.append(place)
    else beside.after(place)
    return place
  }

  function render(options: VoilaRenderOptions = {}): VoilaPlayer {
    count += 1
    const id = `voila-${count}`
    const target = targetOf(options.target)
    if (target === null) {
      emit({ id, programId: options.programId }, 'error', { code: 'target_missing', message: 'There is no such target in the page.' })
      return { id, setToken: () => {}, destroy: () => {} }
    }
    const host = createHostPlayer({
      ...options,
      origin,
      target,
      onTokenWanted: (reason) => onTokenWanted(player, reason),
      onEvent: (name, facts) => emit(player, name, facts),
    })
    const player: Player = { id, programId: options.programId, own: undefined, host, asking: false }
    players.set(id, player)
    if (player.programId !== undefined) host.open(player.programId)
    else {
      const token = tokens.latest()
      if (token === undefined) void ask(player)
      else open(player, token)
    }
    return {
      id,
      setToken(token) {
        player.own = token
        tokenCame(player)
      },
      destroy() {
        host.destroy()
        players.delete(id)
        // One that was made for this player alone leaves with it.
        if (options.target === undefined) target.remove()
      },
    }
  }

  function tokenCame(player: Player): void {
    if (player.programId === undefined) {
      const token = player.own ?? tokens.latest()
      if (token !== undefined) open(player, token)
    } else player.host.giveToken(tokenOf(player))
  }

  function call(entry: VoilaCall): void {
    if (typeof entry === 'function') entry(voila)
    else {
      const [name, ...args] = entry
      ;(voila[name] as ((...args: unknown[]) => unknown) | undefined)?.(...args)
    }
  }

  const voila: Voila = {
    setToken(given) {
      const before = new Map([...players.values()].map((player) => [player, tokenOf(player)]))
      tokens.set(given)
      for (const [player, old] of before) if (player.programId === undefined || tokenOf(player) !== old) tokenCame(player)
    },
    render,
    on(name, listener) {
      const own = listeners.get(name) ?? new Set()
      listeners.set(name, own.add(listener))
      return () => void own.delete(listener)
    },
    setTokenProvider(given) {
      provider = given
      for (const player of players.values()) if (tokenOf(player) === undefined) void ask(player)
    },
    q: { push: (...calls) => calls.forEach(call) },
  }
  return voila
}
