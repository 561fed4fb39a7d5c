// Owns: what the team has put up, beside the video: when it is shown, how large, and in which window.
import type { ScreenItem } from '@voila/protocol'
import { useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import { ScreenItemView } from '../../screen/screen-item.tsx'
import { useScreenWords } from '../../screen/screen-words.ts'
import { Icon } from '../icons.tsx'
import { useShownTake } from './shown-take.ts'
import '../style/screen.css'

/** beside: the video is the larger; swapped: the screen is; large: the screen alone, the video goes on to be heard. */
type Layout = 'beside' | 'swapped' | 'large'

type OwnWindow = { readonly window: Window; readonly place: HTMLElement }

/** A window of our own with the styles of this page; undefined where the browser lets none open. */
function openWindow(title: string): OwnWindow | undefined {
  const opened = window.open('', 'voila-screen', 'popup,width=960,height=540')
  if (opened === null) return undefined
  const { document: page } = opened
  page.title = title
  page.documentElement.lang = document.documentElement.lang
  page.head.replaceChildren(...[...document.querySelectorAll('link[rel=stylesheet], style')].map((each) => page.importNode(each, true)))
  const place = page.createElement('div')
  place.className = 'screen-window'
  page.body.replaceChildren(place)
  return { window: opened, place }
}

export function ScreenBeside({ client, onLayout }: { client: LiveClient; onLayout(layout: string | undefined): void }) {
  const { t } = useTranslation()
  const words = useScreenWords()
  const item = useShownTake(client)?.item ?? null
  const [layout, setLayout] = useState<Layout>('beside')
  const [own, setOwn] = useState<OwnWindow>()
  const [isBlocked, setBlocked] = useState(false)
  // The button that was pressed goes with the change: the keyboard is where its opposite comes.
  const movesFocus = useRef(false)
  const focus = (button: HTMLButtonElement | null): void => {
    if (button === null || !movesFocus.current) return
    movesFocus.current = false
    button.focus()
  }
  const shown = item === null ? undefined : own === undefined ? layout : 'out'

  useEffect(() => {
    onLayout(shown)
    return () => onLayout(undefined)
  }, [shown, onLayout])

  useEffect(() => {
    if (own === undefined) return
    const gone = (): void => setOwn(undefined)
    const close = (): void => own.window.close()
    own.window.addEventListener('pagehide', gone)
    window.addEventListener('pagehide', close)
    return () => {
      own.window.removeEventListener('pagehide', gone)
      window.removeEventListener('pagehide', close)
      close()
    }
  }, [own])

  function moveTo(target: OwnWindow | undefined): void {
    movesFocus.current = true
    setOwn(target)
  }
  function popOut(): void {
    const opened = openWindow(t('screen.title'))
    setBlocked(opened === undefined)
    if (opened !== undefined) moveTo(opened)
  }

  const body = (content: ScreenItem | null) => (
    <div className="screen-frame">{content !== null && <ScreenItemView client={client} item={content} words={words} />}</div>
  )
  if (own !== undefined) {
    return (
      <>
        {createPortal(body(item), own.place)}
        {item !== null && (
          <p className="screen-note">
            {t('screen.isOut')}{' '}
            <button ref={focus} type="button" className="screen-back" onClick={() => moveTo(undefined)}>
              {t('screen.back')}
            </button>
          </p>
        )}
      </>
    )
  }
  if (item === null) return null
  const tools = [
    {
      name: 'swap',
      says: t('screen.swap'),
      does: () => setLayout(layout === 'swapped' ? 'beside' : 'swapped'),
      pressed: layout === 'swapped',
    },
    {
      name: 'large',
      says: layout === 'large' ? t('screen.shrink') : t('screen.enlarge'),
      does: () => setLayout(layout === 'large' ? 'beside' : 'large'),
      pressed: undefined,
    },
  ] as const
  return (
    <section className="screen-beside" aria-label={t('screen.title')}>
      {body(item)}
      <div className="screen-tools">
        {tools.map(({ name, says, does, pressed }) => (
          <button key={name} type="button" className="icon-button" aria-label={says} title={says} aria-pressed={pressed} onClick={does}>
            <Icon name={name === 'swap' ? 'swap' : layout === 'large' ? 'shrink' : 'enlarge'} size={18} />
          </button>
        ))}
        <button ref={focus} type="button" className="icon-button" aria-label={t('screen.out')} title={t('screen.out')} onClick={popOut}>
          <Icon name="window" size={18} />
        </button>
      </div>
      <p className="screen-note" aria-live="polite">
        {isBlocked && t('screen.blocked')}
      </p>
    </section>
  )
}
