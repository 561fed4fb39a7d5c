// Owns: how attendees get to a program.

export function ShareTab() {
  return null
}
