// Owns: the frame's words with the page around it: who is listened to, and to whom is spoken.
import { type FrameMessage, type HostMessage, readHostMessage } from './messages.ts'

export type HostChannel = {
  /** Says that the frame is there, to whoever is the parent. */
  hello(): void
  /** Says what holds nothing of anybody to whoever is the parent. */
  call(message: FrameMessage): void
  /** Says something to the page that has answered; nothing before. */
  post(message: FrameMessage): void
}

/** Only the parent is heard, and only where its origin is one of `allowedOrigins`. */
export function createHostChannel(options: {
  /** This frame's own window. */
  self: Pick<Window, 'addEventListener'>
  parent: Pick<Window, 'postMessage'>
  allowedOrigins: readonly string[]
  onMessage(message: HostMessage): void
}): HostChannel {
  const { self, parent, allowedOrigins } = options
  let hostOrigin: string | undefined

  self.addEventListener('message', ({ source, origin, data }: MessageEvent) => {
    if (source !== parent || !allowedOrigins.includes(origin)) return
    const message = readHostMessage(data)
    if (message === undefined) return
    hostOrigin = origin
    options.onMessage(message)
  })

  const call = (message: FrameMessage): void => parent.postMessage(message, '*')
  return {
    hello: () => call({ voila: 1, t: 'hello' }),
    call,
    post(message) {
      if (hostOrigin !== undefined) parent.postMessage(message, hostOrigin)
    },
  }
}
