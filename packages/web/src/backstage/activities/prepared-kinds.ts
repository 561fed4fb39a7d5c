// Owns: the table of what can be prepared: its words, its editor. A kind of the protocol has a row here.
import { IconChartBar, IconPresentation, IconTrophy, type TablerIcon } from '@tabler/icons-react'
import type { PreparedAnswer, PreparedKind } from '@voila/protocol'
import { type ComponentType, lazy } from 'react'
import type { PreparedEditorProps } from './editor-props.ts'

type KindRow = {
  readonly kind: PreparedKind
  readonly icon: TablerIcon
  readonly title: string
  /** What belongs here, in one sentence. */
  readonly says: string
  readonly add: string
  readonly one: string
  /** Below the title of each: what it is. */
  about(item: PreparedAnswer): string
  readonly Editor: ComponentType<PreparedEditorProps>
}

type Content = { readonly form?: string; readonly options?: readonly string[]; readonly secret?: boolean }
const pollForms: Readonly<Record<string, string>> = {
  single: 'Single choice',
  multiple: 'Several choices',
  rating: 'Rating',
  text: 'Open answer',
  words: 'Word cloud',
}

/** In the order of the tab. */
export const preparedRows: readonly KindRow[] = [
  {
    kind: 'poll',
    icon: IconChartBar,
    title: 'Polls',
    says: 'Prepare what you want to ask, and launch it from the control room with one key.',
    add: 'Prepare a poll',
    one: 'poll',
    about({ content }) {
      const { form = '', options = [], secret } = content as Content
      return [pollForms[form], form === 'single' || form === 'multiple' ? options.join(' · ') : '', secret ? 'secret' : '']
        .filter(Boolean)
        .join(', ')
    },
    Editor: lazy(async () => ({ default: (await import('./poll-editor.tsx')).PollEditor })),
  },
  {
    kind: 'quiz',
    icon: IconTrophy,
    title: 'Quizzes',
    says: 'Prepare a quiz of several questions, and lead through it from the control room.',
    add: 'Prepare a quiz',
    one: 'quiz',
    about({ content }) {
      const { questions = [] } = content as { questions?: readonly { seconds: number }[] }
      const minutes = Math.ceil(questions.reduce((sum, { seconds }) => sum + seconds, 0) / 60)
      return `${questions.length} ${questions.length === 1 ? 'question' : 'questions'}, about ${minutes} min of answering`
    },
    Editor: lazy(async () => ({ default: (await import('./quiz-editor.tsx')).QuizEditor })),
  },
  {
    kind: 'deck',
    icon: IconPresentation,
    title: 'Slides',
    says: 'Upload the slides of the show, and put them beside the video and onto the big screen from the control room.',
    add: 'Prepare slides',
    one: 'deck',
    about({ content }) {
      const { pages = [] } = content as { pages?: readonly unknown[] }
      return pages.length === 1 ? '1 slide' : `${pages.length} slides`
    },
    Editor: lazy(async () => ({ default: (await import('./deck-editor.tsx')).DeckEditor })),
  },
]
