// Owns: what of a pasted address is its origin.

/** Takes what people paste, a whole address with its path, down to the origin that it has. What is none stays, to be complained of. */
export function originOf(text: string): string {
  try {
    const { origin } = new URL(text.trim())
    return origin === 'null' ? text.trim() : origin
  } catch {
    return text.trim()
  }
}
