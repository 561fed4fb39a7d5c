// Owns: who gets in to a program.

export function AccessTab() {
  return null
}
