// Owns: the latest-wins values of a program, their versions, and which of them have yet to be told.
import type { ViewFrame } from '@voila/protocol'

type Held = { json: string; version: number; told: number }

/**
 * The current views. A version grows with every change, also with one that is taken back before it was told: a client may have met the
 * state between (in a message that was told with its likes), and must hear the value again.
 */
export function createViews() {
  const held = new Map<string, Held>()
  const frameJson = (key: string, { json, version }: Held): string =>
    `{"t":"view","key":${JSON.stringify(key)},"version":${version},"value":${json}}`

  return {
    /** Sets a value; answers whether it changed. */
    set(key: ViewFrame['key'], value: unknown): boolean {
      const json = JSON.stringify(value)
      const view = held.get(key)
      if (view?.json === json) return false
      held.set(key, { json, version: (view?.version ?? 0) + 1, told: view?.told ?? 0 })
      return true
    },
    /** All views as frames, for somebody who enters. */
    all(): string[] {
      return [...held].map(([key, view]) => frameJson(key, view))
    },
    /** Whether something has changed since it was last told. */
    waiting(): boolean {
      return [...held.values()].some((view) => view.version !== view.told)
    },
    /** The frames of what has changed since it was last told; they count as told from here on. */
    take(): string[] {
      const changed = [...held].filter(([, view]) => view.version !== view.told)
      for (const [, view] of changed) view.told = view.version
      return changed.map(([key, view]) => frameJson(key, view))
    },
  }
}
