// Owns: how keys reach the panels of the control room.
import { useLocalStorage } from '@mantine/hooks'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react'
import { focusOf } from '../../attendee/player/shortcuts.ts'
import { roomShortcutOf, type ShortcutName } from './shortcuts.ts'

type Handlers = Map<ShortcutName, () => void>
type Shortcuts = { readonly handlers: Handlers; readonly isOn: boolean; turn(on: boolean): void }

const ShortcutsContext = createContext<Shortcuts | null>(null)

/** What is on top takes the keys that are pressed in it. */
const onTop = '[role=dialog], [role=menu], [role=listbox]'

/** Hears the keys of the whole page. Somebody who speaks to his computer may turn them off; the choice is kept in this browser. */
export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const handlers = useRef<Handlers>(new Map()).current
  const [isOn, turn] = useLocalStorage({ key: 'voila-control-room-keys', defaultValue: true, getInitialValueInEffect: false })
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return
      const isOver = event.composedPath().some((target) => target instanceof Element && target.matches(onTop))
      const modified = event.ctrlKey || event.metaKey || event.altKey
      const name = roomShortcutOf({ key: event.key, modified, focus: focusOf(event) })
      // The list of the keys opens and closes with its own, on top or not, so that one finds the switch again.
      if (name === undefined || (name !== 'help' && (isOver || !isOn))) return
      const handler = handlers.get(name)
      if (handler === undefined) return
      event.preventDefault()
      handler()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [handlers, isOn])
  const shared = useMemo(() => ({ handlers, isOn, turn }), [handlers, isOn, turn])
  return <ShortcutsContext.Provider value={shared}>{children}</ShortcutsContext.Provider>
}

function useShortcutsContext(): Shortcuts {
  const shared = useContext(ShortcutsContext)
  if (shared === null) throw new Error('There are no shortcuts outside of the control room.')
  return shared
}

/** Does this whenever the key is pressed, for as long as the component is there. */
export function useShortcut(name: ShortcutName, does: () => void): void {
  const { handlers } = useShortcutsContext()
  const latest = useRef(does)
  latest.current = does
  useEffect(() => {
    const handler = (): void => latest.current()
    handlers.set(name, handler)
    return () => {
      if (handlers.get(name) === handler) handlers.delete(name)
    }
  }, [handlers, name])
}

/** Whether single keys do anything, and the switch for that. */
export function useShortcutsSwitch(): Pick<Shortcuts, 'isOn' | 'turn'> {
  return useShortcutsContext()
}
