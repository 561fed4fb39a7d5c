// Owns: which key does what to the player, and when a key is not meant for it.

export type Shortcut = 'toggle-play' | 'toggle-mute' | 'toggle-fullscreen' | 'toggle-pip' | 'louder' | 'quieter'

/** What decides about a key press: the key, modifiers, and where the focus is. */
export type KeyPress = {
  readonly key: string
  readonly modified: boolean
  /** typing: in a text field; control: on a button, link, menu or slider; list: in a list that arrows move through. */
  readonly focus: 'typing' | 'control' | 'list' | 'elsewhere'
}

const letters: Readonly<Record<string, Shortcut>> = { k: 'toggle-play', m: 'toggle-mute', f: 'toggle-fullscreen', i: 'toggle-pip' }

/** The shortcut of a key press, or undefined where the key belongs to what has the focus or to the browser. */
export function shortcutOf({ key, modified, focus }: KeyPress): Shortcut | undefined {
  if (modified || focus === 'typing') return undefined
  const letter = letters[key.toLowerCase()]
  if (letter !== undefined) return letter
  if (focus !== 'elsewhere') return undefined
  if (key === ' ') return 'toggle-play'
  if (key === 'ArrowUp') return 'louder'
  return key === 'ArrowDown' ? 'quieter' : undefined
}

/** Where the focus is, as far as shortcuts care. Looks into the shadow roots of the player's controls. */
export function focusOf(event: KeyboardEvent): KeyPress['focus'] {
  const path = event.composedPath().filter((target): target is Element => target instanceof Element)
  const within = (selector: string): boolean => path.some((element) => element.matches(selector))
  if (within('textarea, select, [contenteditable], input:not([type=range]):not([type=checkbox]):not([type=radio])')) return 'typing'
  if (within('button, a, input, summary, [role=button], [role=slider], media-volume-range')) return 'control'
  return within('[role=log]') ? 'list' : 'elsewhere'
}
