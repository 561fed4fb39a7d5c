// Owns: what each activity allows, as people set it: the switches and choices, and their words.
import { type FullOptions, limits, type OptionedActivity, type ReactionKind, reactionKinds } from '@voila/protocol'

export type OptionForm =
  | { readonly kind: 'switch'; readonly label: string; readonly says?: string }
  | {
      readonly kind: 'choice'
      readonly label: string
      readonly says?: string
      readonly choices: readonly { value: string; label: string }[]
    }
  | {
      readonly kind: 'several'
      readonly label: string
      readonly says?: string
      readonly choices: readonly { value: string; label: string }[]
    }

type ActivityForm<Name extends OptionedActivity> = {
  readonly title: string
  readonly says: string
  readonly options: { readonly [Option in Exclude<keyof FullOptions[Name], 'on'>]: OptionForm }
}

const slowChoicesMs = [0, 5_000, 10_000, 30_000, 60_000, 300_000, limits.chatSlowMaxMs]

function timeWords(ms: number): string {
  if (ms === 0) return 'Off'
  if (ms < 60_000) return `${ms / 1_000} seconds`
  return ms === 60_000 ? '1 minute' : `${ms / 60_000} minutes`
}

/** In the order of the page. An activity that can be switched off has a row here. */
export const activityForms: { readonly [Name in OptionedActivity]: ActivityForm<Name> } = {
  chat: {
    title: 'Chat',
    says: 'Attendees write to one another.',
    options: {
      open: { kind: 'switch', label: 'Attendees may write', says: 'Off: they read, and your team alone writes.' },
      review: { kind: 'switch', label: 'Approve messages first', says: 'Each waits in the queue of the control room.' },
      slowMs: {
        kind: 'choice',
        label: 'Slow mode',
        says: 'Time between two messages of one attendee.',
        choices: slowChoicesMs.map((ms) => ({ value: String(ms), label: timeWords(ms) })),
      },
    },
  },
  questions: {
    title: 'Questions',
    says: 'Attendees ask, and vote for what they want answered.',
    options: {
      open: { kind: 'switch', label: 'New questions may be asked' },
      review: { kind: 'switch', label: 'Approve questions first', says: 'Each waits in the queue of the control room.' },
      upvotes: { kind: 'switch', label: 'Attendees vote for questions' },
      anonymous: {
        kind: 'choice',
        label: 'Asking without a name',
        choices: [
          { value: 'no', label: 'Not allowed' },
          { value: 'to-attendees', label: 'Allowed: your team still sees who asks' },
          { value: 'fully', label: 'Allowed: nobody sees who asks, your team neither' },
        ],
      },
    },
  },
  polls: { title: 'Polls', says: 'You ask, and attendees choose, rate or write.', options: {} },
  quiz: {
    title: 'Quiz',
    says: 'Questions for points, against time.',
    options: { nicknames: { kind: 'switch', label: 'Nicknames', says: 'Off: everybody plays under his name.' } },
  },
  reactions: {
    title: 'Reactions',
    says: 'Small signs that float over the picture.',
    options: {
      set: {
        kind: 'several',
        label: 'On offer',
        choices: (Object.keys(reactionKinds) as ReactionKind[]).map((kind) => ({ value: kind, label: reactionKinds[kind] })),
      },
    },
  },
  screen: {
    title: 'Extended screen',
    says: 'Slides, pictures, questions and results beside the video and on the big screen.',
    options: {},
  },
}

/** The options of an activity with their forms, and their values as they are now. */
export function optionsOf(
  name: OptionedActivity,
  values: FullOptions[OptionedActivity],
): [option: string, form: OptionForm, value: unknown][] {
  const held = values as Readonly<Record<string, unknown>>
  return Object.entries<OptionForm>(activityForms[name].options).map(([option, form]) => [option, form, held[option]])
}

/** All options in words, a line each. */
export function optionLines(name: OptionedActivity, values: FullOptions[OptionedActivity]): string[] {
  const lines = optionsOf(name, values).map(([, form, value]) => {
    if (form.kind === 'switch') return `${form.label}: ${value === true ? 'on' : 'off'}`
    const chosen = (Array.isArray(value) ? value : [value]).map(
      (each) => form.choices.find((choice) => choice.value === String(each))?.label ?? each,
    )
    return `${form.label}: ${chosen.join(' ')}`
  })
  return [values.on ? 'Switched on' : 'Switched off', ...lines]
}
