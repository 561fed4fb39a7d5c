// Owns: how a program's states and the steps between them are put into words for the team.
import { type ProgramState, programStates } from '@voila/protocol'

type StateWords = { readonly label: string; readonly means: string; readonly color: string }

/** In the order in which a program goes through them. */
export const stateWords: Readonly<Record<ProgramState, StateWords>> = {
  draft: { label: 'Draft', color: 'gray', means: 'Only your team knows of it. Whoever opens its link is told that it is not open yet.' },
  scheduled: {
    label: 'Scheduled',
    color: 'blue',
    means: 'Attendees who come see the countdown. Your team sees the picture and prepares.',
  },
  rehearsal: {
    label: 'Rehearsal',
    color: 'violet',
    means: 'Your team tries everything out. Attendees still see the countdown, and all that is said is discarded afterwards.',
  },
  live: { label: 'Live', color: 'red', means: 'Attendees see the picture and take part.' },
  ended: {
    label: 'Ended',
    color: 'gray',
    means: 'Attendees are told that it is over. A feed is refused two minutes after the end. You can go live again.',
  },
  archived: { label: 'Archived', color: 'gray', means: 'Put away for good: links are refused, and nothing can be changed.' },
}

export const stateOrder = Object.keys(stateWords) as ProgramState[]

export type Step = {
  readonly to: ProgramState
  readonly label: string
  /** The one that the page offers first. */
  readonly main?: true
  /** What is asked before a step that attendees feel, or that has no way back. Others are simply undone. */
  readonly asks?: { readonly title: string; readonly says: string; readonly confirm: string; readonly danger?: true }
}

const archive: Step = {
  to: 'archived',
  label: 'Archive',
  asks: {
    title: 'Archive this program',
    says: 'Its links are refused from now on, and its feed too. There is no way back; you can still duplicate it.',
    confirm: 'Archive',
    danger: true,
  },
}

const goLive = (label: string): Step => ({
  to: 'live',
  label,
  main: true,
  asks: {
    title: 'Go live',
    says: 'Everybody who is waiting sees the picture at once, and the chat opens.',
    confirm: 'Go live now',
  },
})

const words: Readonly<Record<ProgramState, readonly Step[]>> = {
  draft: [{ to: 'scheduled', label: 'Schedule', main: true }, archive],
  scheduled: [goLive('Go live'), { to: 'rehearsal', label: 'Start rehearsal' }, { to: 'draft', label: 'Back to draft' }, archive],
  rehearsal: [{ to: 'scheduled', label: 'End rehearsal', main: true }],
  live: [
    {
      to: 'ended',
      label: 'End the show',
      main: true,
      asks: {
        title: 'End the show',
        says: 'Attendees are told that it is over, and the chat becomes read-only. The feed is refused two minutes later.',
        confirm: 'End it for everybody',
        danger: true,
      },
    },
  ],
  ended: [goLive('Go live again'), archive],
  archived: [],
}

/** The steps that lead on from a state, the main one first. */
export function stepsFrom(state: ProgramState): readonly Step[] {
  return words[state].filter((step) => programStates[state].next.includes(step.to))
}

/** The state that undoes a step, or undefined where it was asked for beforehand, or where nothing brings back what was. */
export function undoOf({ from, step }: { from: ProgramState; step: Step }): ProgramState | undefined {
  // A rehearsal that was left is gone; a new one would start empty.
  if (step.asks !== undefined || from === 'rehearsal') return undefined
  return programStates[step.to].next.includes(from) ? from : undefined
}
