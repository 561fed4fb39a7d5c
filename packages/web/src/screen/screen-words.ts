// Owns: the words of a screen in the language of its page.
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { readerLocale } from '../i18n/index.ts'
import type { ScreenWords } from './screen-item.tsx'

export function useScreenWords(): ScreenWords {
  const { t } = useTranslation()
  return useMemo(
    () => ({
      page: (at) => t('screen.page', at),
      votes: (count) => t('polls.voters', { count }),
      points: (count) => t('quiz.points', { count, shown: count.toLocaleString(readerLocale()) }),
      left: (seconds) => t('screen.left', { seconds }),
      opens: t('screen.opens'),
    }),
    [t],
  )
}
