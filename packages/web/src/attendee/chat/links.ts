// Owns: which parts of a message become links.

export type TextPart = { readonly text: string; readonly href?: string }

const candidate = /https?:\/\/[^\s<>"]+/giu
const trailing = /[.,;:!?…'’»”)\]}]$/u
const openings: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** Drops what belongs to the sentence, not to the address: closing punctuation, and brackets that were not opened inside. */
function trimmed(address: string): string {
  let kept = address
  for (;;) {
    const last = kept.at(-1) ?? ''
    if (!trailing.test(kept)) return kept
    const opening = openings[last]
    if (opening !== undefined && kept.split(opening).length >= kept.split(last).length) return kept
    kept = kept.slice(0, -1)
  }
}

function hrefOf(address: string): string | undefined {
  try {
    const url = new URL(address)
    // `https://bank.example@evil.example` leads elsewhere than it reads.
    const honest = url.username === '' && url.password === '' && url.hostname !== ''
    return honest && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : undefined
  } catch {
    return undefined
  }
}

/** The text in order, http(s) addresses as links. Joined, the parts are the text again. */
export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  for (const match of text.matchAll(candidate)) {
    const address = trimmed(match[0])
    const href = hrefOf(address)
    if (href === undefined) continue
    if (match.index > from) parts.push({ text: text.slice(from, match.index) })
    parts.push({ text: address, href })
    from = match.index + address.length
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from) })
  return parts
}
