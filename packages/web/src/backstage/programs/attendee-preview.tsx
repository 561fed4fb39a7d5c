// Owns: the preview of the attendee page beside its form.
import type { Program } from '@voila/protocol'

export function AttendeePreview({ program }: { program: Program }) {
  return <div>{program.title}</div>
}
