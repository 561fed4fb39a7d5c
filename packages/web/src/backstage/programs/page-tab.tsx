// Owns: what attendees read and see of a program.

export function PageTab() {
  return null
}
