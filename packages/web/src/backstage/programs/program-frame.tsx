// Owns: what every tab of a program stands in: its head, its state, its tabs. Renders the route's Outlet.

export function ProgramFrame() {
  return null
}
