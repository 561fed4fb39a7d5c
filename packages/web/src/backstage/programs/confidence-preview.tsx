// Owns: the picture that the team looks at to be sure: as attendees get it, silent until asked, and honest about what is missing.
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconMaximize, IconVolume, IconVolumeOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Playback, PlaybackStatus } from '../../attendee/player/playback.ts'
import { supportOf } from '../../attendee/player/support.ts'
import { healthQuery } from './program-queries.ts'
import { createTeamMedia } from './team-media.ts'

type PreviewProps = {
  programId: string
  /** Whether the program's state shows the team a picture. */
  hasPicture: boolean
}

/** A stall shorter than this heals unseen. */
const patienceMs = 1_500

export function ConfidencePreview({ programId, hasPicture }: PreviewProps) {
  const { data } = useQuery({ ...healthQuery(programId), enabled: hasPicture })
  const live = data?.live === true
  const [support] = useState(() => supportOf(globalThis as Parameters<typeof supportOf>[0], document.createElement('video')))
  // Once there was a picture its last one stays until the feed is back.
  const [wasLive, setWasLive] = useState(live)
  if (live && !wasLive) setWasLive(true)
  return (
    <div className="confidence">
      {hasPicture && wasLive && support !== 'none' && <Picture programId={programId} live={live} native={support === 'native'} />}
      {!hasPicture && <Over title="No picture in this state" says="It is there again when you schedule the program or go live." />}
      {hasPicture && support === 'none' && (
        <Over title="This browser cannot play the picture" says="Open this page in a current Chrome, Edge, Safari or Firefox." />
      )}
      {hasPicture && support !== 'none' && !wasLive && data !== undefined && (
        <Over title="No feed arrives" says="The picture shows here as soon as your encoder sends." />
      )}
    </div>
  )
}

function Over({ title, says }: { title: string; says: string }) {
  return (
    <output className="confidence-over">
      <b>{title}</b>
      <span>{says}</span>
    </output>
  )
}

function Picture({ programId, live, native }: { programId: string; live: boolean; native: boolean }) {
  const video = useRef<HTMLVideoElement>(null)
  const playback = useRef<Playback>(undefined)
  const liveNow = useRef(live)
  liveNow.current = live
  const [status, setStatus] = useState<PlaybackStatus>('loading')
  const [muted, setMuted] = useState(true)
  const [patient, setPatient] = useState(true)

  useEffect(() => {
    const element = video.current
    if (element === null) return
    const access = createTeamMedia(programId)
    let closed = false
    async function start(element: HTMLVideoElement): Promise<void> {
      const [code] = await Promise.all([import('./confidence-player.ts'), access.good().catch(() => undefined)])
      if (closed) return
      const options = {
        video: element,
        access,
        feed: liveNow.current,
        lasting: () => access.renew(undefined),
        onLosing: () => {},
        onStatus: setStatus,
        onAutoplay: () => {},
      }
      playback.current = native ? code.playNative(options) : code.playHls(code.Hls, options)
    }
    void start(element)
    return () => {
      closed = true
      playback.current?.close()
      playback.current = undefined
      access.close()
    }
  }, [programId, native])
  useEffect(() => playback.current?.setFeed(live), [live])
  useEffect(() => {
    setPatient(true)
    if (status === 'playing') return
    const timer = setTimeout(() => setPatient(false), patienceMs)
    return () => clearTimeout(timer)
  }, [status])

  const sound = muted ? 'Turn on the sound of the preview' : 'Turn off the sound of the preview'
  return (
    <>
      <video ref={video} muted={muted} playsInline aria-label="Preview of the picture" />
      {!live && status !== 'playing' && (
        <Over title="The feed has stopped" says="The picture comes back by itself when your encoder sends again." />
      )}
      {live && status !== 'playing' && !patient && <Over title="Getting the picture" says="" />}
      <div className="confidence-controls">
        <Tooltip label={sound}>
          <ActionIcon
            size={36}
            variant="filled"
            color="dark.9"
            aria-label={sound}
            aria-pressed={!muted}
            data-sound
            onClick={() => setMuted(!muted)}
          >
            {muted ? <IconVolumeOff size={18} aria-hidden /> : <IconVolume size={18} aria-hidden />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Full screen">
          <ActionIcon
            size={36}
            variant="filled"
            color="dark.9"
            aria-label="Full screen"
            onClick={() => void video.current?.requestFullscreen?.().catch(() => {})}
          >
            <IconMaximize size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    </>
  )
}
