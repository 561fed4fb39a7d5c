// Owns: who watches, and who has.

export function AudienceTab() {
  return null
}
