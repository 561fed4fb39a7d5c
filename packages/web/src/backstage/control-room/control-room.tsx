// Owns: the control room of a program: everything of a live show on one screen.

export function ControlRoom() {
  return null
}
