// Owns: reacting, and what of the others' reactions is seen: numbers under the picture, and some of them floating over it.
import { type ReactionKind, reactionKinds } from '@voila/protocol'
import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { readerLocale } from '../../i18n/index.ts'
import type { ActivityPanelProps } from '../activity-panel-props.ts'
import { useLive } from '../use-live.ts'
import { createTaps } from './taps.ts'
import { useFloats } from './use-floats.ts'
import '../style/reactions.css'

export function Reactions({ client, activities }: ActivityPanelProps) {
  const { t } = useTranslation()
  const settings = useLive(client, (state) => state.activities.reactions?.view.settings)
  const totals = useLive(client, (state) => state.activities.reactions?.view.totals)
  const floats = useFloats(client)
  const [stage, setStage] = useState<Element | null>(null)
  useEffect(() => setStage(document.getElementById('stage')), [])
  const [taps] = useState(() =>
    createTaps({
      send: (counts) => client.send('reactions', { type: 'react', counts }),
      viewers: () => client.state().views.audience?.count ?? 0,
      now: client.now,
    }),
  )
  useEffect(() => () => taps.close(), [taps])

  if (settings?.on !== true || (activities !== 'open' && activities !== 'team')) return null
  const compact = new Intl.NumberFormat(readerLocale(), { notation: 'compact' })
  return (
    <div className="reactions" role="toolbar" aria-label={t('reactions.region')}>
      {settings.set.map((kind) => (
        <Tap key={kind} kind={kind} count={totals?.[kind] ?? 0} shown={compact.format(totals?.[kind] ?? 0)} onTap={() => taps.tap(kind)} />
      ))}
      {stage !== null &&
        createPortal(
          <div className="floats" aria-hidden="true">
            {floats.map(({ id, kind, left, delayMs }) => (
              <span key={id} style={{ left: `${left}%`, animationDelay: `${delayMs}ms` }}>
                {reactionKinds[kind]}
              </span>
            ))}
          </div>,
          stage,
        )}
    </div>
  )
}

type TapProps = { kind: ReactionKind; count: number; shown: string; onTap: () => void }

function Tap({ kind, count, shown, onTap }: TapProps) {
  const { t } = useTranslation()
  return (
    <button type="button" className="reaction" aria-label={t(`reactions.${kind}`)} title={t(`reactions.${kind}`)} onClick={onTap}>
      <span aria-hidden="true">{reactionKinds[kind]}</span>
      {count > 0 && <small aria-hidden="true">{shown}</small>}
    </button>
  )
}
