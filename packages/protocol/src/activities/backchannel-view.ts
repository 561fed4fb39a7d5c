// Owns: what a client of the team holds of the backchannel, and how what it is told changes that.
import type { ActivityView, Told } from '../activity.ts'
import { limits } from '../limits.ts'

/** `id`: the seq of its post. `text` is empty once removed. */
export type BackchannelMessage = {
  readonly id: number
  readonly at: number
  readonly actorId: string
  readonly text: string
  readonly removed?: true
}

/** The newest messages in order, and whether there are earlier ones to page. */
export type BackchannelView = { readonly messages: readonly BackchannelMessage[]; readonly earlier: boolean }

export type ToldBackchannel = { readonly type: string; readonly message: BackchannelMessage }

export const backchannelView: ActivityView<BackchannelView> = {
  reduce(view, item: Told) {
    const { message } = item as ToldBackchannel
    const last = view.messages.at(-1)
    if (last !== undefined && message.id <= last.id) {
      return { ...view, messages: view.messages.map((other) => (other.id === message.id ? message : other)) }
    }
    const messages = [...view.messages, message]
    return { messages: messages.slice(-limits.chatWindow), earlier: view.earlier || messages.length > limits.chatWindow }
  },
  merge: (view) => view,
}
