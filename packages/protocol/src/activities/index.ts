// Owns: the table of activities. A new one is a row here, its file, and a panel on each page.
import { chat } from './chat.ts'

export const activities = { chat } as const
export type ActivityName = keyof typeof activities

export function isActivityName(text: string): text is ActivityName {
  return Object.hasOwn(activities, text)
}
