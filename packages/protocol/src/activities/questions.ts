// Owns: whether a question is taken, and what the team may do with it.
import { z } from 'zod'
import { accept, activity, isMuted, refuse } from '../activity.ts'
import { BlockedWords, hasBlockedWord } from '../blocked-words.ts'
import { limits } from '../limits.ts'
import { line } from '../text.ts'
import { questionsSheets } from './questions-sheets.ts'
import {
  applyQuestions,
  find,
  initialQuestions,
  publishQuestions,
  type QuestionsState,
  questionsConcerns,
  questionsPage,
  questionsSelf,
  questionsSnapshot,
  questionsViews,
  shown,
  standing,
} from './questions-state.ts'
import { nextAskAt, type QuestionsSettings, questionAnonymities } from './questions-view.ts'

const Text = line(limits.questionTextUnits)
const Seq = z.int().positive()

/** What a program sets of them. */
export const questionsOptions = z.strictObject({
  on: z.boolean().optional(),
  open: z.boolean().optional(),
  review: z.boolean().optional(),
  anonymous: z.enum(questionAnonymities).optional(),
  upvotes: z.boolean().optional(),
  blockedWords: BlockedWords.optional(),
})

function own(state: QuestionsState, actorId: string, id: number) {
  const question = shown(state, id) ?? state.held.get(id)
  return question?.actorId === actorId ? question : undefined
}

const isBlocked = ({ settings }: QuestionsState, text: string): boolean => hasBlockedWord(text, settings.blockedWords)

export const questions = activity({
  name: 'questions',
  audiences: ['attendees', 'team', 'screen'],
  // What was not answered in the show is answered after it.
  openToTeam: ['team', 'read-only'],
  moderated: true,
  teamCommands: [
    'approve',
    'dismiss',
    'remove',
    'archive',
    'restore',
    'answer',
    'unanswer',
    'reply',
    'unreply',
    'label',
    'assign',
    'pin',
    'configure',
  ],
  commands: {
    ask: z.strictObject({ type: z.literal('ask'), text: Text, anonymous: z.literal(true).optional() }),
    edit: z.strictObject({ type: z.literal('edit'), question: Seq, text: Text }),
    withdraw: z.strictObject({ type: z.literal('withdraw'), question: Seq }),
    upvote: z.strictObject({ type: z.literal('upvote'), question: Seq }),
    unvote: z.strictObject({ type: z.literal('unvote'), question: Seq }),
    /** `text`: as the team has edited it. */
    approve: z.strictObject({ type: z.literal('approve'), question: Seq, text: Text.optional() }),
    dismiss: z.strictObject({ type: z.literal('dismiss'), question: Seq }),
    remove: z.strictObject({ type: z.literal('remove'), question: Seq }),
    archive: z.strictObject({ type: z.literal('archive'), question: Seq }),
    /** Brings back what the team removed, archived or dismissed, or a reply that was removed. */
    restore: z.strictObject({ type: z.literal('restore'), question: Seq, reply: Seq.optional() }),
    /** With a text: in writing. With neither: somebody answers it now, in the picture. What is absent stays, null takes the text away. */
    answer: z.strictObject({
      type: z.literal('answer'),
      question: Seq,
      live: z.boolean().optional(),
      text: line(limits.questionAnswerUnits).nullable().optional(),
    }),
    unanswer: z.strictObject({ type: z.literal('unanswer'), question: Seq }),
    reply: z.strictObject({ type: z.literal('reply'), question: Seq, text: line(limits.questionReplyUnits) }),
    unreply: z.strictObject({ type: z.literal('unreply'), question: Seq, reply: Seq }),
    label: z.strictObject({
      type: z.literal('label'),
      question: Seq,
      labels: z
        .array(line(limits.questionLabelUnits))
        .max(limits.questionLabels)
        .transform((labels) => [...new Set(labels)]),
    }),
    assign: z.strictObject({ type: z.literal('assign'), question: Seq, speaker: line(limits.questionSpeakerUnits).nullable() }),
    pin: z.strictObject({ type: z.literal('pin'), question: Seq.nullable() }),
    configure: questionsOptions.extend({ type: z.literal('configure') }),
  },

  decide: {
    ask(state, actor, { text, anonymous }, now) {
      const { settings } = state
      if (!settings.on) return refuse('activity_off')
      if (isMuted(actor, now)) return refuse('chat_muted')
      if (!settings.open && !actor.moderates) return refuse('questions_closed')
      if (anonymous === true && settings.anonymous === 'no') return refuse('questions_named')
      const wait = actor.moderates ? 0 : nextAskAt(state.asks.get(actor.id) ?? []) - now
      if (wait > 0) return refuse('questions_too_fast', { retryAfterMs: wait })
      if (!actor.moderates && (state.own.get(actor.id)?.length ?? 0) >= limits.questionsPerAttendee) return refuse('questions_full')
      const held = !actor.moderates && (settings.review || isBlocked(state, text))
      return accept({
        type: 'questions.asked',
        body: { text, ...(anonymous === true ? { anonymous: settings.anonymous } : {}), ...(held ? { held } : {}) },
      })
    },
    edit(state, actor, { question: id, text }, now) {
      const question = own(state, actor.id, id)
      if (question === undefined) return refuse('question_gone')
      if (!state.settings.on) return refuse('activity_off')
      if (isMuted(actor, now)) return refuse('chat_muted')
      // What the team has read, or answered, must not change behind its back.
      const isLate = now - question.at > limits.questionEditMs
      if (isLate || question.approved === true || question.answer !== undefined) return refuse('question_edit_closed')
      if (question.text === text) return accept()
      const isPublished = !state.held.has(id)
      if (!isPublished || actor.moderates || !isBlocked(state, text))
        return accept({ type: 'questions.edited', body: { question: id, text } })
      // It would have waited, had it been asked like this.
      const anonymous = question.anonymous === 'no' ? {} : { anonymous: question.anonymous }
      return accept(
        { type: 'questions.withdrawn', body: { question: id } },
        { type: 'questions.asked', body: { text, ...anonymous, held: true } },
      )
    },
    withdraw(state, actor, { question: id }) {
      const question = find(state, id)
      // Also what the team has put away: it could bring it back.
      const isThere = question !== undefined && question.removed !== 'author' && question.removed !== 'erased'
      if (!isThere || question.actorId !== actor.id) return refuse('question_gone')
      return accept({ type: 'questions.withdrawn', body: { question: id } })
    },
    upvote(state, actor, { question: id }) {
      const question = shown(state, id)
      if (question === undefined) return refuse('question_gone')
      if (!state.settings.on) return refuse('activity_off')
      if (!state.settings.upvotes) return refuse('questions_no_votes')
      return question.votes.has(actor.id) ? accept() : accept({ type: 'questions.upvoted', body: { question: id } })
    },
    unvote(state, actor, { question: id }) {
      const question = shown(state, id)
      if (question === undefined) return refuse('question_gone')
      return question.votes.has(actor.id) ? accept({ type: 'questions.unvoted', body: { question: id } }) : accept()
    },

    approve(state, _actor, { question: id, text }) {
      const question = state.held.get(id)
      if (question === undefined) return refuse('question_gone')
      const edited = text === undefined || text === question.text ? {} : { text }
      return accept({ type: 'questions.approved', body: { question: id, ...edited } })
    },
    dismiss: (state, _actor, { question }) =>
      state.held.has(question) ? accept({ type: 'questions.dismissed', body: { question } }) : refuse('question_gone'),
    remove: (state, _actor, { question }) =>
      standing(state, question) === undefined ? refuse('question_gone') : accept({ type: 'questions.removed', body: { question } }),
    archive(state, _actor, { question }) {
      if (standing(state, question) === undefined) return refuse('question_gone')
      return shown(state, question) === undefined ? accept() : accept({ type: 'questions.archived', body: { question } })
    },
    restore(state, _actor, { question: id, reply }) {
      const question = state.published.get(id) ?? state.dismissed.get(id)
      if (question === undefined || question.removed === 'author' || question.removed === 'erased') return refuse('nothing_to_undo')
      const isTaken =
        reply === undefined
          ? question.removed === 'team' || question.archived === true || state.dismissed.has(id)
          : question.replies.some((each) => each.id === reply && each.removed === true)
      if (!isTaken) return refuse('nothing_to_undo')
      return accept({ type: 'questions.restored', body: { question: id, ...(reply === undefined ? {} : { reply }) } })
    },
    answer(state, _actor, { question: id, ...wanted }) {
      const question = standing(state, id)
      if (question === undefined) return refuse('question_gone')
      const { answer } = question
      const text = wanted.text === undefined ? answer?.text : (wanted.text ?? undefined)
      const live = wanted.live ?? (wanted.text === undefined || answer?.live === true)
      if (!live && text === undefined) return accept({ type: 'questions.unanswered', body: { question: id } })
      if (answer?.live === live && answer.text === text) return accept()
      return accept({ type: 'questions.answered', body: { question: id, live, ...(text === undefined ? {} : { text }) } })
    },
    unanswer(state, _actor, { question: id }) {
      const question = standing(state, id)
      if (question === undefined) return refuse('question_gone')
      return question.answer === undefined ? accept() : accept({ type: 'questions.unanswered', body: { question: id } })
    },
    reply(state, _actor, { question: id, text }) {
      const question = standing(state, id)
      if (question === undefined) return refuse('question_gone')
      if (question.replies.length >= limits.questionReplies) return refuse('questions_full')
      return accept({ type: 'questions.replied', body: { question: id, text } })
    },
    unreply(state, _actor, { question: id, reply }) {
      const found = standing(state, id)?.replies.find((each) => each.id === reply)
      if (found === undefined || found.removed === true) return refuse('question_gone')
      return accept({ type: 'questions.unreplied', body: { question: id, reply } })
    },
    label(state, _actor, { question: id, labels }) {
      const question = standing(state, id)
      if (question === undefined) return refuse('question_gone')
      if (JSON.stringify(question.labels) === JSON.stringify(labels)) return accept()
      return accept({ type: 'questions.labelled', body: { question: id, labels } })
    },
    assign(state, _actor, { question: id, speaker }) {
      const question = standing(state, id)
      if (question === undefined) return refuse('question_gone')
      if ((question.speaker ?? null) === speaker) return accept()
      return accept({ type: 'questions.assigned', body: { question: id, speaker } })
    },
    pin(state, _actor, { question }) {
      if (question === (state.pinned?.id ?? null)) return accept()
      if (question !== null && shown(state, question) === undefined) return refuse('question_gone')
      return accept({ type: 'questions.pinned', body: { question } })
    },
    configure({ settings }, _actor, { type: _, ...wanted }) {
      const changes = Object.fromEntries(
        Object.entries(wanted).filter(
          ([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(settings[key as keyof QuestionsSettings]),
        ),
      )
      return Object.keys(changes).length === 0 ? accept() : accept({ type: 'questions.configured', body: changes })
    },
  },

  initial: initialQuestions,
  apply: applyQuestions,
  concerns: questionsConcerns,
  publish: publishQuestions,
  snapshot: questionsSnapshot,
  self: questionsSelf,
  views: questionsViews,
  page: questionsPage,
  sheets: questionsSheets,
})
