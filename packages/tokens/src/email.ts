// Owns: which text passes for an e-mail address.

/** The longest address, in characters (RFC 5321 with its erratum 1690). */
const maxEmailCharacters = 254

// The local part: anything visible but the characters that would need quotes (RFC 5322 specials); the domain: two labels or more.
const plausible = /^(?!\.)[^\p{C}\p{Z}@<>()[\]\\,;:"]+@(?:(?!-)[\p{L}\p{M}\p{N}_-]+(?<!-)\.)+(?!\d+$)(?!-)[\p{L}\p{M}\p{N}-]+(?<!-)$/u

/** True for a plausible address, internationalized ones included; says nothing of whether mail arrives there. */
export function isPlausibleEmail(text: string): boolean {
  return text.length <= maxEmailCharacters && plausible.test(text)
}
