// Owns: what is shown while nobody answers.
import { useTranslation } from 'react-i18next'

export function DelayPage() {
  const { t } = useTranslation()
  return (
    <main className="plain">
      <p aria-live="polite">{navigator.onLine ? t('connection.connecting') : t('connection.offline')}</p>
    </main>
  )
}
