// Owns: one player in the host page: its iframe, its size, and what it and the page tell each other.
import { absenceText, createArrival } from './arrival.ts'
import { type HostMessage, readFrameMessage } from './messages.ts'
import type { VoilaEvent, VoilaEventName, VoilaRenderOptions } from './types.ts'

/** All of a target without a height of its own leaves an iframe at its default of 150 pixels. */
const unsetPx = 200
/** From this width on the player shows the chat beside the picture (as the style of the frame has it). */
const besidePx = 720
const chatShare = 0.3
const infoPx = 48
/** Reactions, tabs, and the chat below them. */
const chatPx = 490

export type EventFacts = Pick<VoilaEvent, 'code' | 'message' | 'expiresAt'>

export type HostPlayerOptions = Pick<VoilaRenderOptions, 'title' | 'language' | 'height'> & {
  /** Of the platform, exactly. */
  readonly origin: string
  readonly target: Element
  /** The frame asks for a token: at its start, or because the one it had did not do. */
  onTokenWanted(reason: 'hello' | 'token-please'): void
  onEvent(name: VoilaEventName, facts: EventFacts): void
}

export type HostPlayer = {
  /** Shows the program. Once. */
  open(programId: string): void
  /** Undefined: there is none now. */
  giveToken(token: string | undefined): void
  /** Puts a sentence in the place of the player. */
  say(sentence: string): void
  destroy(): void
}

/** The height that fits a width: the picture, the line under it, and the chat where there is no room beside. */
export function heightFor(width: number): number {
  if (width >= besidePx) return Math.round((width * (1 - chatShare) * 9) / 16 + infoPx)
  return Math.round((width * 9) / 16 + infoPx + chatPx)
}

export function createHostPlayer(options: HostPlayerOptions): HostPlayer {
  const { origin, target } = options
  const frame = document.createElement('iframe')
  let sentence: HTMLElement | undefined
  let isThere = false

  function say(text: string | undefined): void {
    sentence?.remove()
    sentence = undefined
    frame.style.display = text === undefined ? 'block' : 'none'
    if (text === undefined) return
    sentence = document.createElement('p')
    sentence.className = 'voila-message'
    sentence.setAttribute('role', 'status')
    sentence.textContent = text
    target.append(sentence)
  }

  function onMessage({ source, origin: from, data }: MessageEvent): void {
    if (source === null || source !== frame.contentWindow || from !== origin) return
    const message = readFrameMessage(data)
    if (message === undefined) return
    arrival.arrived()
    say(undefined)
    if (message.t === 'event') {
      const { voila: _, t: __, name, ...facts } = message
      options.onEvent(name, facts)
      return
    }
    isThere = true
    options.onTokenWanted(message.t)
  }

  let address = ''
  const arrival = createArrival({
    origin,
    frame,
    load() {
      frame.src = address
    },
    absent(code) {
      const message = absenceText[code]
      say(message)
      options.onEvent(code === 'unavailable' ? 'error' : 'refused', { code, message })
    },
  })

  const sizing = new ResizeObserver(() => {
    const width = target.clientWidth
    if (width > 0) frame.style.height = `${heightFor(width)}px`
  })

  return {
    open(programId) {
      const language = options.language === undefined ? '' : `?lang=${encodeURIComponent(options.language)}`
      address = `${origin}/embed/${encodeURIComponent(programId)}${language}`
      frame.title = options.title ?? 'Live event'
      frame.allow = 'autoplay; fullscreen; picture-in-picture'
      frame.style.cssText = 'display:block;width:100%;border:0'
      if (options.height !== undefined) frame.style.height = options.height
      else frame.style.height = '100%'
      addEventListener('message', onMessage)
      say(undefined)
      target.append(frame)
      if (options.height === undefined && frame.offsetHeight < unsetPx) sizing.observe(target)
      arrival.start()
    },
    giveToken(token) {
      if (!isThere) return
      const message: HostMessage = token === undefined ? { voila: 1, t: 'no-token' } : { voila: 1, t: 'token', token }
      frame.contentWindow?.postMessage(message, origin)
    },
    say,
    destroy() {
      arrival.close()
      sizing.disconnect()
      removeEventListener('message', onMessage)
      sentence?.remove()
      frame.remove()
    },
  }
}
