// Owns: how a program's feed comes in, and how it is.

export function StreamTab() {
  return null
}
