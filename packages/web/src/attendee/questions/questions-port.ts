// Owns: what every part of the questions panel is given: a way to ask for something.
import type { Ack } from '@voila/protocol'

/** Sends a command to the questions; answers with its outcome. */
export type QuestionsSend = (command: { type: string; [key: string]: unknown }) => Promise<Ack>
