// Owns: the line that tells a person how the connection is.
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../live/index.ts'
import { useLive } from './use-live.ts'

/** A short loss heals before anybody needs to read of it. */
const patienceMs = 1_200

/** Says nothing while connected. */
export function ConnectionLine({ client }: { client: LiveClient }) {
  const { t } = useTranslation()
  const connection = useLive(client, (state) => state.connection)
  const troubled = connection.phase === 'waiting' || connection.phase === 'connecting'
  const [patient, setPatient] = useState(true)
  useEffect(() => {
    setPatient(true)
    if (!troubled) return
    const timer = setTimeout(() => setPatient(false), patienceMs)
    return () => clearTimeout(timer)
  }, [troubled])
  const says = !troubled || patient ? '' : sayOf()

  function sayOf(): string {
    if (connection.phase !== 'waiting') return t('connection.connecting')
    if (!connection.online) return t('connection.offline')
    if (connection.code === 'flood') return t('connection.flood')
    return connection.code === 'restart' ? t('connection.restart') : t('connection.reconnecting')
  }

  return (
    <div className="connection" aria-live="polite" data-shown={says !== ''}>
      {says !== '' && <span>{says}</span>}
      {says !== '' && connection.phase === 'waiting' && connection.online && connection.code !== 'flood' && (
        <button type="button" className="link-button" onClick={client.retryNow}>
          {t('connection.retry')}
        </button>
      )}
    </div>
  )
}
