// Owns: the list of an organization's programs.

export function ProgramsPage() {
  return null
}
