// Owns: the start of the attendee page: the language, who is there, and what is shown first.
import type { Problem, SessionAnswer } from '@voila/protocol'
import { Refusal } from '@voila/protocol'
import type { ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { useTranslation } from 'react-i18next'
import { startLanguage } from '../i18n/index.ts'
import { browserConnectivity, createLiveClient, type LiveClient, ProblemRefusal, readProblem } from '../live/index.ts'
import { AttendeePage } from './attendee-page.tsx'
import { RefusalPage } from './refusal-page.tsx'
import { followViewport } from './viewport.ts'
import './style/index.css'

/** The refusal that the server has put into the page, if any. */
function embeddedRefusal(): Problem | undefined {
  const text = document.getElementById('voila-refusal')?.textContent
  if (text === undefined || text === null) return undefined
  try {
    const problem: unknown = JSON.parse(text)
    return readProblem(problem, 0)
  } catch {
    return readProblem(undefined, 500)
  }
}

/** Batches what arrives into one rendering per frame; a page that nobody looks at has no frames. */
function schedule(tell: () => void): void {
  if (document.hidden) setTimeout(tell, 250)
  else requestAnimationFrame(tell)
}

/** Shown while nobody answers. */
function DelayPage() {
  const { t } = useTranslation()
  return (
    <main className="plain">
      <p aria-live="polite">{navigator.onLine ? t('connection.connecting') : t('connection.offline')}</p>
    </main>
  )
}

type Entered = { client: LiveClient; answer: SessionAnswer }

const retryMs = 3_000

/** Asks who this is until there is an answer: a server that restarts or a network that is away is no refusal (but `onDelay` is told). */
async function enter({ onDelay }: { onDelay: () => void }): Promise<Entered | Problem> {
  const programId = location.pathname.split('/')[1] ?? ''
  const client = createLiveClient({ programId, origin: location.origin, connectivity: browserConnectivity(), schedule })
  for (;;) {
    try {
      return { client, answer: await client.session() }
    } catch (error) {
      if (error instanceof ProblemRefusal && error.problem.status < 500 && error.problem.status !== 429) return error.problem
      if (!(error instanceof Refusal)) return readProblem(undefined, 500)
      onDelay()
      await new Promise((resolve) => setTimeout(resolve, retryMs * (0.5 + Math.random())))
    }
  }
}

async function start(): Promise<void> {
  const place = document.getElementById('root')
  if (place === null) return
  let root: Root | undefined
  const render = (page: ReactNode): void => {
    root ??= createRoot(place)
    root.render(page)
  }
  const speaking = startLanguage()
  const onDelay = (): void => void speaking.then(() => render(<DelayPage />))
  const outcome = embeddedRefusal() ?? (await enter({ onDelay }))
  await speaking
  if ('client' in outcome) {
    outcome.client.media.offer(mediaOf(outcome.answer))
    outcome.client.start()
    render(<AttendeePage client={outcome.client} entered={outcome.answer} />)
  } else {
    render(<RefusalPage {...outcome} />)
  }
}

function mediaOf(answer: SessionAnswer): { url: string; expiresAt: number } | null {
  // Where the state of the program shows nobody a picture, there is no address.
  const media: SessionAnswer['media'] | null | undefined = answer.media
  return media === null || media === undefined ? null : { url: media.url, expiresAt: Date.parse(media.expiresAt) }
}

// After an update of the server the chunks that an open page has yet to load are gone: the page is fetched anew, once.
addEventListener('vite:preloadError', (event) => {
  const key = 'voila-reloaded-at'
  if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < 60_000) return
  event.preventDefault()
  sessionStorage.setItem(key, String(Date.now()))
  location.reload()
})

followViewport()
void start()
