// Owns: how the words of a message are put on the page.
import { splitLinks } from './links.ts'

/** Text stays text; http(s) addresses become links that tell the other side nothing. */
export function MessageText({ text }: { text: string }) {
  let at = 0
  return splitLinks(text).map((part) => {
    const key = at
    at += part.text.length
    return part.href === undefined ? (
      <span key={key}>{part.text}</span>
    ) : (
      <a key={key} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
        {part.text}
      </a>
    )
  })
}
