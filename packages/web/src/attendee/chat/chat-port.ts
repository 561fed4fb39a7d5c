// Owns: what every part of the chat panel is given: a way to ask, and names.
import type { Ack, Person } from '@voila/protocol'

/** Sends a command to the chat; answers with its outcome. */
export type ChatSend = (command: { type: string; [key: string]: unknown }) => Promise<Ack>

/** The name under which an actor is shown. */
export type Names = (id: string) => string

export type People = ReadonlyMap<string, Person>
