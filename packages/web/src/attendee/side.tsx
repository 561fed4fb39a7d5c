// Owns: what stands beside the picture: one activity at a time, tabs for the others, and which of them comes to the front by itself.
import type { StateRow } from '@voila/protocol'
import { Component, type KeyboardEvent, type ReactNode, Suspense, useCallback, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../live/index.ts'
import { type ActivityPanel, activityPanels } from './activity-panels.ts'
import { ConnectionLine } from './connection-line.tsx'
import { useCue } from './cue.ts'
import { Icon } from './icons.tsx'
import { isWriting } from './side-focus.ts'
import { useLive } from './use-live.ts'

type Name = ActivityPanel['activity']

/** The rows of the activities that are there; the same array while nothing of that changes. */
export function usePanels(client: LiveClient): readonly ActivityPanel[] {
  const there = useLive(client, (state) => activityPanels.map((row) => (row.isThere(state) ? 1 : 0)).join(''))
  const [held, setHeld] = useState({ there, panels: panelsOf(there) })
  if (held.there === there) return held.panels
  const next = { there, panels: panelsOf(there) }
  setHeld(next)
  return next.panels
}
const panelsOf = (there: string): readonly ActivityPanel[] => activityPanels.filter((_row, index) => there[index] === '1')

/** After writing has stopped, what was launched meanwhile still waits so long: a button may be on its way to be pressed. */
const afterWritingMs = 1_500

/**
 * `panels`: those that are there, at least one. What the team launches comes to the front when the picture has come to it, but never under
 * the hands of somebody who writes: then it is announced, and comes when the writing is done.
 */
export function Side({
  client,
  activities,
  panels,
}: {
  client: LiveClient
  activities: StateRow['activities']
  panels: readonly ActivityPanel[]
}) {
  const { t } = useTranslation()
  const id = useId()
  const side = useRef<HTMLElement>(null)
  const [chosen, setChosen] = useState<Name>()
  const [calling, setCalling] = useState<Name>()
  const [says, setSays] = useState('')
  const front = panels.find(({ activity }) => activity === chosen) ?? panels[0]
  const frontNow = useRef(front?.activity)
  frontNow.current = front?.activity
  const arrivedAt = useRef(client.now())
  const choseByHand = useRef(false)

  const choose = useCallback((activity: Name) => {
    setChosen(activity)
    setCalling(undefined)
  }, [])
  const chooseByHand = useCallback(
    (activity: Name) => {
      choseByHand.current = true
      choose(activity)
    },
    [choose],
  )
  const onLaunch = useCallback(
    (activity: Name, at: number) => {
      if (frontNow.current === activity) return
      // It was on before somebody came, who has found something else to look at while the picture was on its way.
      if (at < arrivedAt.current && choseByHand.current) return
      setSays(t('tabs.launched', { what: t(`tabs.${activity}`) }))
      if (isWriting(side.current)) setCalling(activity)
      else choose(activity)
    },
    [choose, t],
  )
  useEffect(() => {
    if (calling === undefined) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => !isWriting(side.current) && choose(calling), afterWritingMs)
    }
    document.addEventListener('focusout', look)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('focusout', look)
    }
  }, [calling, choose])

  if (front === undefined) return null
  const hasTabs = panels.length > 1
  return (
    <aside className="side" ref={side} data-tabs={hasTabs} aria-label={t('tabs.region')}>
      {hasTabs && (
        <Tabs
          client={client}
          panels={panels}
          front={front.activity}
          calling={calling}
          idOf={(name) => `${id}${name}`}
          onChoose={chooseByHand}
        />
      )}
      {calling !== undefined && panels.some(({ activity }) => activity === calling) && (
        <div className="side-call">
          <span>{t('tabs.launched', { what: t(`tabs.${calling}`) })}</span>
          <button type="button" className="link-button" onClick={() => choose(calling)}>
            {t('tabs.show')}
          </button>
        </div>
      )}
      <div className="unseen" aria-live="polite" aria-atomic="true">
        {says}
      </div>
      {panels.map((row) => {
        const isFront = row === front
        if (!isFront && row.stays === undefined) return null
        return (
          <div
            key={row.activity}
            className="side-panel"
            data-front={isFront}
            {...(hasTabs ? { id: `${id}${row.activity}-panel`, role: 'tabpanel', 'aria-labelledby': `${id}${row.activity}` } : {})}
          >
            <PanelBoundary failed={<PanelFailed />}>
              <Suspense fallback={<PanelBones />}>
                <row.Panel client={client} activities={activities} />
              </Suspense>
            </PanelBoundary>
          </div>
        )
      })}
      {/* The chat has its own, above where one writes. */}
      {front.activity !== 'chat' && <ConnectionLine client={client} />}
      {hasTabs && panels.map((row) => <Launch key={row.activity} client={client} row={row} onLaunch={onLaunch} />)}
    </aside>
  )
}

/** Tells once of each thing that is launched, when the picture has come to it. */
function Launch({ client, row, onLaunch }: { client: LiveClient; row: ActivityPanel; onLaunch: (activity: Name, at: number) => void }) {
  const at = useLive(client, row.launched)
  const reached = useCue(client, at)
  const told = useRef<number>(undefined)
  useEffect(() => {
    if (at === undefined || !reached || told.current === at) return
    told.current = at
    onLaunch(row.activity, at)
  }, [at, reached, row, onLaunch])
  return null
}

type TabsProps = {
  client: LiveClient
  panels: readonly ActivityPanel[]
  front: Name
  calling: Name | undefined
  idOf: (name: Name) => string
  onChoose: (name: Name) => void
}

function Tabs({ client, panels, front, calling, idOf, onChoose }: TabsProps) {
  const { t } = useTranslation()
  const list = useRef<HTMLDivElement>(null)

  function onKey(event: KeyboardEvent): void {
    const here = panels.findIndex(({ activity }) => activity === front)
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: panels.length - 1 }[event.key]
    const row = to === undefined ? undefined : panels[(to + panels.length) % panels.length]
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    onChoose(row.activity)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[panels.indexOf(row)]?.focus()
  }

  return (
    <div className="tabs" role="tablist" aria-label={t('tabs.list')} ref={list} onKeyDown={onKey}>
      {panels.map((row) => (
        <Tab
          key={row.activity}
          client={client}
          row={row}
          id={idOf(row.activity)}
          isFront={row.activity === front}
          isCalling={row.activity === calling}
          onChoose={onChoose}
        />
      ))}
    </div>
  )
}

type TabProps = {
  client: LiveClient
  row: ActivityPanel
  id: string
  isFront: boolean
  isCalling: boolean
  onChoose: (name: Name) => void
}

function Tab({ client, row, id, isFront, isCalling, onChoose }: TabProps) {
  const { t } = useTranslation()
  const unread = useLive(client, row.unread)
  const hasSnapshot = useLive(client, (state) => state.snapshots > 0)
  // What was there when the page was opened is no news; and it shrinks where the past has changed.
  const seen = useRef({ unread, hasSnapshot })
  if (isFront || !seen.current.hasSnapshot || unread < seen.current.unread) seen.current = { unread, hasSnapshot }
  const isFresh = isCalling || unread > seen.current.unread
  return (
    <button
      type="button"
      role="tab"
      id={id}
      className="tab"
      aria-selected={isFront}
      aria-controls={isFront ? `${id}-panel` : undefined}
      tabIndex={isFront ? 0 : -1}
      onClick={() => onChoose(row.activity)}
    >
      <Icon name={row.icon} size={18} />
      <span>{t(`tabs.${row.activity}`)}</span>
      {isFresh && (
        <span className="tab-new">
          <span className="unseen">{t('tabs.new')}</span>
        </span>
      )}
    </button>
  )
}

function PanelBones() {
  return (
    <div className="chat-bones" aria-hidden="true">
      {[55, 84, 40].map((width) => (
        <span key={width} className="bone" style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}

function PanelFailed() {
  const { t } = useTranslation()
  return (
    <div className="side-failed" role="alert">
      <p>{t('tabs.failed')}</p>
      <button type="button" className="button" onClick={() => location.reload()}>
        {t('tabs.reload')}
      </button>
    </div>
  )
}

/** A part that can't be loaded takes nothing else with it. */
class PanelBoundary extends Component<{ failed: ReactNode; children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false }
  static getDerivedStateFromError() {
    return { hasFailed: true }
  }
  override render() {
    return this.state.hasFailed ? this.props.failed : this.props.children
  }
}
