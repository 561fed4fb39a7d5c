// Owns: the secret of a one-time link: taken from the address's fragment, which no server sees, and kept while its page is open.
import { useState } from 'react'

const keyOf = (purpose: string): string => `voila.link.${purpose}`

/**
 * The token of the link that was opened, or undefined. It leaves the address bar at once, and outlives a reload or signing in within
 * this tab alone.
 */
export function useLinkToken(purpose: 'setup' | 'invitation' | 'enter' | 'reset-password'): string | undefined {
  const [token] = useState(() => {
    const fromLink = new URLSearchParams(location.hash.slice(1)).get('token')
    try {
      if (fromLink === null) return sessionStorage.getItem(keyOf(purpose)) ?? undefined
      sessionStorage.setItem(keyOf(purpose), fromLink)
    } catch {
      // Where a browser keeps nothing, the link works until the page is left.
    }
    history.replaceState(history.state, '', location.pathname + location.search)
    return fromLink ?? undefined
  })
  return token
}

/** Forgets the token of a link that has been used. */
export function forgetLinkToken(purpose: Parameters<typeof useLinkToken>[0]): void {
  try {
    sessionStorage.removeItem(keyOf(purpose))
  } catch {
    // Nothing was kept.
  }
}
