// Owns: whether an answer counts, when the right one may be told, and how the team leads through a quiz.
import { z } from 'zod'
import { type Actor, accept, activity, isMuted, refuse } from '../activity.ts'
import { BlockedWords, hasBlockedWord } from '../blocked-words.ts'
import { limits } from '../limits.ts'
import { line } from '../text.ts'
import { QuizContent } from './quiz-content.ts'
import { quizSheets } from './quiz-sheets.ts'
import {
  applyQuiz,
  delayAfter,
  delayOf,
  initialQuiz,
  overAt,
  publishQuiz,
  type Quiz,
  type QuizState,
  quizConcerns,
  quizSelf,
  quizSnapshot,
  quizViews,
  runningAt,
} from './quiz-state.ts'

/** What a program sets of it. */
export const quizOptions = z.strictObject({
  on: z.boolean().optional(),
  nicknames: z.boolean().optional(),
  blockedWords: BlockedWords.optional(),
})

const Seq = z.int().positive()
/** Of the quiz that is meant, so that what comes late moves no other. */
const step = <const Type extends string>(type: Type) => z.strictObject({ type: z.literal(type), quiz: Seq })
/** `question`: its index, from 0. */
const stepOf = <const Type extends string>(type: Type) => step(type).extend({ question: z.int().min(0) })

const closed = refuse('quiz_step')

const quizOf = ({ current }: QuizState, id: number): Quiz | undefined => (current?.id === id ? current : undefined)
const askedNow = (quiz: Quiz | undefined, index: number) =>
  quiz?.phase === 'question' && quiz.index === index ? quiz.asked.get(index) : undefined

/** Why somebody can't play now. The team knows the answers. */
function shutTo({ settings }: QuizState, actor: Actor) {
  if (actor.member) return refuse('not_allowed')
  return settings.on ? undefined : refuse('activity_off')
}

/** Two that look alike are one. */
const folded = (nickname: string): string => nickname.normalize('NFKC').toLowerCase()

export const quiz = activity({
  name: 'quiz',
  audiences: ['attendees', 'team', 'screen'],
  openToTeam: ['team'],
  // Its team is told the right answers.
  moderated: false,
  teamCommands: [
    'start',
    'open',
    'pause',
    'resume',
    'reveal',
    'skip',
    'void',
    'leaderboard',
    'finish',
    'close',
    'remove-nickname',
    'configure',
  ],
  commands: {
    start: z.strictObject({ type: z.literal('start'), title: line(limits.titleUnits), content: QuizContent }),
    open: stepOf('open'),
    pause: stepOf('pause'),
    resume: stepOf('resume'),
    reveal: stepOf('reveal'),
    skip: stepOf('skip'),
    void: stepOf('void').extend({ voided: z.boolean() }),
    leaderboard: step('leaderboard'),
    finish: step('finish'),
    close: step('close'),
    answer: stepOf('answer').extend({ options: z.array(z.int().min(0)).min(1).max(limits.quizOptions) }),
    'report-delay': step('report-delay').extend({ delayMs: z.int().min(0) }),
    nickname: step('nickname').extend({ nickname: line(limits.quizNicknameUnits).nullable() }),
    'remove-nickname': step('remove-nickname').extend({ attendee: z.string().min(1).max(64) }),
    configure: quizOptions.extend({ type: z.literal('configure') }),
  },

  decide: {
    start({ current }, _actor, { type: _, ...body }) {
      if (current !== undefined && current.phase !== 'podium') return refuse('quiz_running')
      return accept({ type: 'quiz.started', body })
    },
    open(state, _actor, { quiz: id, question }) {
      const quiz = quizOf(state, id)
      const isOver = quiz?.phase === 'question' || quiz?.phase === 'podium'
      if (quiz?.questions[question] === undefined || isOver || quiz.asked.get(question)?.openedAt !== undefined) return closed
      return accept({ type: 'quiz.opened', body: { quiz: id, question } })
    },
    pause(state, _actor, { quiz: id, question }, now) {
      const asked = askedNow(quizOf(state, id), question)
      if (asked === undefined) return closed
      return runningAt(asked, now).stands ? accept() : accept({ type: 'quiz.paused', body: { quiz: id, question } })
    },
    resume(state, _actor, { quiz: id, question }, now) {
      const asked = askedNow(quizOf(state, id), question)
      if (asked === undefined) return closed
      return runningAt(asked, now).stands ? accept({ type: 'quiz.resumed', body: { quiz: id, question } }) : accept()
    },
    reveal(state, _actor, { quiz: id, question }, now) {
      const quiz = quizOf(state, id)
      const asked = askedNow(quiz, question)
      const seconds = quiz?.questions[question]?.seconds
      if (quiz === undefined || asked === undefined || seconds === undefined) return closed
      // Whoever has the latest picture still thinks about it, and could be told by somebody who has seen the answer.
      const left = overAt(quiz, asked, { seconds, now }) - now
      if (left > 0 || runningAt(asked, now).stands) return refuse('quiz_too_early', { retryAfterMs: Math.max(1_000, left) })
      return accept({ type: 'quiz.revealed', body: { quiz: id, question } })
    },
    skip(state, _actor, { quiz: id, question }) {
      const quiz = quizOf(state, id)
      const isOpen = askedNow(quiz, question) !== undefined
      const isToCome = quiz?.questions[question] !== undefined && !quiz.asked.has(question) && quiz.phase !== 'podium'
      return isOpen || isToCome ? accept({ type: 'quiz.skipped', body: { quiz: id, question } }) : closed
    },
    void(state, _actor, { quiz: id, question, voided }) {
      const asked = quizOf(state, id)?.asked.get(question)
      if (asked?.state !== 'revealed') return closed
      return asked.voided === voided ? accept() : accept({ type: 'quiz.voided', body: { quiz: id, question, voided } })
    },
    leaderboard(state, _actor, { quiz: id }) {
      const phase = quizOf(state, id)?.phase
      return phase === 'reveal' || phase === 'podium' ? accept({ type: 'quiz.ranked', body: { quiz: id } }) : closed
    },
    finish(state, _actor, { quiz: id }) {
      const phase = quizOf(state, id)?.phase
      return phase === 'reveal' || phase === 'leaderboard' ? accept({ type: 'quiz.finished', body: { quiz: id } }) : closed
    },
    close: (state, _actor, { quiz: id }) =>
      quizOf(state, id) === undefined ? closed : accept({ type: 'quiz.closed', body: { quiz: id } }),

    answer(state, actor, { quiz: id, question: index, options }, now) {
      const shut = shutTo(state, actor)
      if (shut !== undefined) return shut
      const quiz = quizOf(state, id)
      const asked = askedNow(quiz, index)
      const question = quiz?.questions[index]
      if (quiz === undefined || asked === undefined || question === undefined) return closed
      if (asked.answers.has(actor.id)) return refuse('quiz_answered')
      const chosen = [...new Set(options)].sort((a, b) => a - b)
      const isShape = chosen.every((option) => option < question.options.length) && (question.choose === 'all' || chosen.length === 1)
      if (!isShape) return refuse('invalid_request')
      // What the clock of the question said in his picture.
      const { elapsedMs: t, stands } = runningAt(asked, now - delayOf(quiz, actor.id))
      if (stands) return refuse('quiz_paused')
      if (t > question.seconds * 1_000) return refuse('quiz_time_over')
      return accept({ type: 'quiz.answered', body: { quiz: id, question: index, options: chosen, t } })
    },
    'report-delay'(state, actor, { quiz: id, delayMs }) {
      const shut = shutTo(state, actor)
      if (shut !== undefined) return shut
      const quiz = quizOf(state, id)
      if (quiz === undefined || quiz.phase === 'podium') return closed
      const capped = Math.min(delayMs, limits.quizDelayMs)
      const delay = delayAfter(quiz, actor.id, capped)
      if (delay === undefined) return accept()
      if (delay.reports > limits.quizReports) return refuse('rate_limited')
      return accept({ type: 'quiz.delay-reported', body: { quiz: id, delayMs: capped } })
    },
    nickname(state, actor, { quiz: id, nickname }, now) {
      const shut = shutTo(state, actor)
      if (shut !== undefined) return shut
      if (isMuted(actor, now)) return refuse('chat_muted')
      const quiz = quizOf(state, id)
      if (quiz?.phase !== 'lobby') return closed
      if ((quiz.nicknames.get(actor.id) ?? null) === nickname) return accept()
      if (nickname !== null) {
        if (!state.settings.nicknames || hasBlockedWord(nickname, state.settings.blockedWords)) return refuse('quiz_nickname')
        const isTaken = [...quiz.nicknames].some(([other, name]) => other !== actor.id && folded(name) === folded(nickname))
        if (isTaken) return refuse('quiz_nickname_taken')
      }
      return accept({ type: 'quiz.nicknamed', body: { quiz: id, nickname } })
    },
    'remove-nickname'(state, _actor, { quiz: id, attendee }) {
      const quiz = quizOf(state, id)
      if (quiz === undefined) return closed
      return quiz.nicknames.has(attendee) ? accept({ type: 'quiz.nickname-removed', body: { quiz: id, attendee } }) : accept()
    },
    configure({ settings }, _actor, { type: _, ...wanted }) {
      const changes = Object.fromEntries(
        Object.entries(wanted).filter(
          ([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(settings[key as keyof typeof settings]),
        ),
      )
      return Object.keys(changes).length === 0 ? accept() : accept({ type: 'quiz.configured', body: changes })
    },
  },

  initial: initialQuiz,
  apply: applyQuiz,
  concerns: quizConcerns,
  publish: publishQuiz,
  snapshot: quizSnapshot,
  self: quizSelf,
  views: quizViews,
  page: () => ({ items: [], nextCursor: null }),
  sheets: quizSheets,
})
