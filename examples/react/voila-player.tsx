// The player as a React component. Beside it lies voila.d.ts, as the platform serves it:
//   curl -o voila.d.ts https://live.example.com/voila.d.ts
import { useEffect, useRef } from 'react'
import type { Voila, VoilaEvent, VoilaEventName } from './voila'

export type VoilaPlayerProps = {
  /** Origin of the platform: `https://live.example.com`. */
  readonly platform: string
  readonly programId: string
  /** Asks your own server for a token of whoever is signed in there. Called at first, and each time before his time runs out. */
  readonly getToken: (programId: string) => Promise<string>
  readonly onEvent?: (name: VoilaEventName, event: VoilaEvent) => void
  /** What a screen reader calls the player. */
  readonly title?: string
  readonly language?: string
  readonly height?: string
}

const eventNames: readonly VoilaEventName[] = ['ready', 'live', 'interrupted', 'ended', 'refused', 'token-expiring', 'error']
/** Who is asked for the tokens of which program: the script has one provider for all players of a page. */
const providers = new Map<string, VoilaPlayerProps['getToken']>()
let loading: Promise<Voila> | undefined

/** Loads the script once for the life of the page, however often players come and go. */
function loadVoila(platform: string): Promise<Voila> {
  loading ??= new Promise<Voila>((resolve, reject) => {
    const script = document.createElement('script')
    script.src = `${platform}/voila.js`
    script.onload = () => resolve(window.voila)
    script.onerror = () => {
      loading = undefined
      script.remove()
      reject(new Error(`${script.src} could not be loaded`))
    }
    document.head.append(script)
  }).then((voila) => {
    voila.setTokenProvider(async ({ programId = '' }) => {
      const getToken = providers.get(programId)
      if (getToken === undefined) throw new Error('no player of this program is there')
      return await getToken(programId)
    })
    return voila
  })
  return loading
}

export function VoilaPlayer({ platform, programId, getToken, onEvent, title, language, height }: VoilaPlayerProps) {
  const place = useRef<HTMLDivElement>(null)
  // Other functions at the next rendering must not put another player into the page.
  const latest = useRef({ getToken, onEvent })
  latest.current = { getToken, onEvent }

  useEffect(() => {
    let gone = false
    let leave = (): void => {}
    providers.set(programId, (id) => latest.current.getToken(id))
    loadVoila(platform).then(
      (voila) => {
        const target = place.current
        if (gone || target === null) return
        const player = voila.render({
          programId,
          target,
          ...(title === undefined ? {} : { title }),
          ...(language === undefined ? {} : { language }),
          ...(height === undefined ? {} : { height }),
        })
        const stops = eventNames.map((name) =>
          voila.on(name, (event) => {
            if (event.playerId === player.id) latest.current.onEvent?.(name, event)
          }),
        )
        leave = () => {
          for (const stop of stops) stop()
          player.destroy()
        }
      },
      (error: unknown) => {
        if (!gone)
          latest.current.onEvent?.('error', { programId, playerId: '', at: Date.now(), code: 'unavailable', message: String(error) })
      },
    )
    return () => {
      gone = true
      leave()
    }
  }, [platform, programId, title, language, height])

  return <div ref={place} style={{ width: '100%' }} />
}
