// Owns: the start of the attendee page: the language, who is there, and what is shown first.
import type { ConsentFacts, Problem, SessionAnswer } from '@voila/protocol'
import type { ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { startLanguage } from '../i18n/index.ts'
import { browserConnectivity, createLiveClient, type LiveClient, ProblemRefusal, readProblem } from '../live/index.ts'
import { AttendeePage } from './attendee-page.tsx'
import { ConsentPage } from './consent-page.tsx'
import { DelayPage } from './delay-page.tsx'
import { reloadAfterUpdate, schedule, startClient, untilAnswered } from './opening.ts'
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

/** Who has signed in and is to be asked, if the server says so in the page. */
function embeddedConsent(): ConsentFacts | undefined {
  const text = document.getElementById('voila-consent')?.textContent
  return text === undefined || text === null ? undefined : (JSON.parse(text) as ConsentFacts)
}

type Entered = { client: LiveClient; answer: SessionAnswer }

/** Of the program that the address names. */
const programId = location.pathname.split('/')[1] ?? ''

/** Asks who this is. */
async function enter({ onDelay }: { onDelay: () => void }): Promise<Entered | Problem> {
  const client = createLiveClient({ programId, origin: location.origin, connectivity: browserConnectivity(), schedule })
  try {
    const answer = await untilAnswered({ ask: client.session, onDelay })
    return answer === undefined ? readProblem(undefined, 500) : { client, answer }
  } catch (error) {
    return error instanceof ProblemRefusal ? error.problem : readProblem(undefined, 500)
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
  const consent = embeddedConsent()
  if (consent !== undefined) {
    await speaking
    return render(<ConsentPage {...consent} programId={programId} />)
  }
  const onDelay = (): void => void speaking.then(() => render(<DelayPage />))
  const outcome = embeddedRefusal() ?? (await enter({ onDelay }))
  await speaking
  if ('client' in outcome) {
    startClient(outcome.client, outcome.answer)
    render(<AttendeePage client={outcome.client} entered={outcome.answer} />)
  } else {
    render(<RefusalPage {...outcome} />)
  }
}

reloadAfterUpdate()
followViewport()
void start()
