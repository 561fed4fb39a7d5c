// Owns: the player: the picture, its controls, and what is said over it.
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { spokenLanguage } from '../../i18n/index.ts'
import type { LiveClient } from '../../live/index.ts'
import { offerPicture, type Picture } from '../cue.ts'
import { Icon } from '../icons.tsx'
import { Notice } from '../notice.tsx'
import { useLive } from '../use-live.ts'
import type { Playback, PlaybackStatus } from './playback.ts'
import { focusOf, type Shortcut, shortcutOf } from './shortcuts.ts'
import { supportOf } from './support.ts'

type PlayerCode = typeof import('./player-code.ts')

/** A stall shorter than this heals unseen. */
const patienceMs = 1_500

/** Loads what only a picture needs, once; asked early, it is there when the player is. */
let loading: Promise<PlayerCode> | undefined
export function loadPlayer(): Promise<PlayerCode> {
  loading ??= Promise.all([import('./player-code.ts'), spokenLanguage() === 'fr' ? import('media-chrome/lang/fr') : undefined]).then(
    ([code]) => code,
  )
  return loading
}

/** The live picture of the client's program. */
export function Player({ client }: { client: LiveClient }) {
  const { t } = useTranslation()
  const [support] = useState(() => supportOf(globalThis as Parameters<typeof supportOf>[0], document.createElement('video')))
  const [code, setCode] = useState<PlayerCode>()
  // Until its code is there the picture is awaited, and cues with it.
  const picture = useRef<() => Picture>(() => 'awaited')
  useEffect(() => {
    if (support === 'none') return
    void loadPlayer().then(setCode)
    return offerPicture(client, () => picture.current())
  }, [support, client])
  if (support === 'none') return <Notice title={t('player.unsupported')} hint={t('player.unsupportedHint')} />
  if (code === undefined) return null
  return <LoadedPlayer client={client} code={code} native={support === 'native'} picture={picture} />
}

type LoadedProps = { client: LiveClient; code: PlayerCode; native: boolean; picture: RefObject<() => Picture> }

function LoadedPlayer({ client, code, native, picture }: LoadedProps) {
  const { t } = useTranslation()
  const frame = useRef<HTMLDivElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const lastPicture = useRef<HTMLCanvasElement>(null)
  const playback = useRef<Playback>(undefined)
  const stream = useLive(client, (state) => state.views.stream)
  const [status, setStatus] = useState<PlaybackStatus>('loading')
  const [autoplay, setAutoplay] = useState<'with-sound' | 'muted' | 'blocked'>('with-sound')
  const feed = stream?.live ?? true
  const feedNow = useRef(feed)
  feedNow.current = feed

  useEffect(() => {
    if (video.current === null) return
    const options = {
      video: video.current,
      access: client.media,
      feed: feedNow.current,
      lasting: client.lastingMedia,
      onLosing: () => keepPicture(video.current, lastPicture.current),
      onStatus: setStatus,
      onAutoplay: setAutoplay,
    }
    const made = native ? code.playNative(options) : code.playHls(code.Hls, options)
    playback.current = made
    picture.current = made.picture
    return () => {
      playback.current = undefined
      made.close()
    }
  }, [client, code, native, picture])

  useEffect(() => playback.current?.setFeed(feed), [feed])
  useEffect(() => {
    // What is said over the picture goes to full screen with it.
    const controller = frame.current?.querySelector('media-controller') as (Element & { fullscreenElement?: Element | null }) | null
    if (controller !== null) controller.fullscreenElement = document.getElementById('stage')
  }, [])
  usePlayRequests(frame, playback)
  useShortcuts(frame, video)

  return (
    <div className="player" ref={frame} data-status={status}>
      <media-controller
        defaultstreamtype="live"
        nohotkeys
        nomutedpref
        noautoseektolive
        liveedgeoffset={5}
        autohide={3}
        lang={spokenLanguage()}
        aria-label={t('player.region')}
      >
        {/* biome-ignore lint/a11y/useMediaCaption: a live feed carries no caption track of its own */}
        <video ref={video} slot="media" playsInline onVolumeChange={(event) => !event.currentTarget.muted && setAutoplay('with-sound')} />
        <canvas ref={lastPicture} className="last-picture" slot="poster" />
        <Controls />
      </media-controller>
      <Overlay status={status} feed={feed} hadFeed={stream?.since !== null} />
      {autoplay === 'muted' && (
        <button type="button" className="sound-on" onClick={() => turnOn(video.current)}>
          <Icon name="silence" size={18} />
          {t('player.soundOn')}
        </button>
      )}
      {autoplay === 'blocked' && (
        <button type="button" className="play-now" aria-label={t('player.paused')} onClick={() => playback.current?.toLive()}>
          <Icon name="play" size={40} filled />
        </button>
      )}
    </div>
  )
}

function Controls() {
  return (
    <media-control-bar>
      <media-play-button notooltip>
        <Icon name="play" slot="play" />
        <Icon name="pause" slot="pause" />
      </media-play-button>
      <media-mute-button notooltip>
        <Icon name="silence" slot="off" />
        <Icon name="sound" slot="low" />
        <Icon name="sound" slot="medium" />
        <Icon name="sound" slot="high" />
      </media-mute-button>
      <media-volume-range />
      <media-live-button />
      <span className="player-space" />
      <media-pip-button notooltip>
        <Icon name="pip" slot="enter" />
        <Icon name="pip" slot="exit" />
      </media-pip-button>
      <media-fullscreen-button notooltip>
        <Icon name="maximize" slot="enter" />
        <Icon name="minimize" slot="exit" />
      </media-fullscreen-button>
    </media-control-bar>
  )
}

function Overlay({ status, feed, hadFeed }: { status: PlaybackStatus; feed: boolean; hadFeed: boolean }) {
  const { t } = useTranslation()
  const [patient, setPatient] = useState(true)
  // What is buffered still plays when the feed drops: nothing is said before the picture stands.
  const troubled = status !== 'playing'
  useEffect(() => {
    setPatient(true)
    if (!troubled) return
    const timer = setTimeout(() => setPatient(false), patienceMs)
    return () => clearTimeout(timer)
  }, [troubled])

  if (!feed && !hadFeed) return <Notice title={t('player.noFeed')} hint={t('player.noFeedHint')} calm />
  if (!feed && (status === 'loading' || (troubled && !patient))) {
    return <Notice title={t('player.interrupted')} hint={t('player.interruptedHint')} over={status !== 'loading'} calm />
  }
  if (status === 'loading')
    return (
      <p className="player-loading" aria-live="polite">
        <span className="unseen">{t('player.loading')}</span>
      </p>
    )
  return troubled && !patient ? (
    <p className="player-recovering" aria-live="polite">
      {t('player.recovering')}
    </p>
  ) : null
}

/** Copies the picture that is about to go, so that the stage does not turn black. */
function keepPicture(video: HTMLVideoElement | null, canvas: HTMLCanvasElement | null): void {
  if (video === null || canvas === null || video.videoWidth === 0 || video.readyState < 2) return
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
}

function turnOn(video: HTMLVideoElement | null): void {
  if (video === null) return
  video.muted = false
  if (video.volume === 0) video.volume = 0.6
}

/** Whatever asks to play or to go live gets the newest picture: a live show has no other place to resume at. */
function usePlayRequests(frame: RefObject<HTMLDivElement | null>, playback: RefObject<Playback | undefined>): void {
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const toLive = (event: Event): void => {
      event.stopPropagation()
      playback.current?.toLive()
    }
    const requests = ['mediaplayrequest', 'mediaseektoliverequest']
    for (const request of requests) element.addEventListener(request, toLive, { capture: true })
    return () => {
      for (const request of requests) element.removeEventListener(request, toLive, { capture: true })
    }
  }, [frame, playback])
}

function useShortcuts(frame: RefObject<HTMLDivElement | null>, video: RefObject<HTMLVideoElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || video.current === null) return
      const modified = event.ctrlKey || event.metaKey || event.altKey
      const shortcut = shortcutOf({ key: event.key, modified, focus: focusOf(event) })
      if (shortcut === undefined) return
      event.preventDefault()
      obey(shortcut, video.current, frame.current?.querySelector('media-control-bar') ?? null)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [frame, video])
}

/** Sends media-chrome's own requests, so that keys and buttons do the same. */
function obey(shortcut: Shortcut, video: HTMLVideoElement, controls: Element | null): void {
  const ask = (request: string, detail?: unknown): void =>
    void controls?.dispatchEvent(new CustomEvent(request, { bubbles: true, composed: true, detail }))
  switch (shortcut) {
    case 'toggle-play':
      ask(video.paused ? 'mediaplayrequest' : 'mediapauserequest')
      break
    case 'toggle-mute':
      ask(video.muted ? 'mediaunmuterequest' : 'mediamuterequest')
      break
    case 'toggle-fullscreen':
      ask(document.fullscreenElement === null ? 'mediaenterfullscreenrequest' : 'mediaexitfullscreenrequest')
      break
    case 'toggle-pip':
      ask(document.pictureInPictureElement === null ? 'mediaenterpiprequest' : 'mediaexitpiprequest')
      break
    case 'louder':
      ask('mediavolumerequest', Math.min(1, video.volume + 0.1))
      break
    case 'quieter':
      ask('mediavolumerequest', Math.max(0, video.volume - 0.1))
      break
  }
}
