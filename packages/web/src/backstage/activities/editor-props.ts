// Owns: what every editor of something prepared is given.
import type { PreparedAnswer } from '@voila/protocol'

/** `item`: what is edited; undefined for a new one. `onSave` rejects with the refusal, and the editor stays open. */
export type PreparedEditorProps = {
  readonly programId: string
  readonly item: PreparedAnswer | undefined
  onSave(made: { title: string; content: object }): Promise<unknown>
  onCancel(): void
}
