// Owns: the start of the attendee page: the language, who is there, and what is shown first.
import type { ConsentFacts, DoorFacts, Problem, SessionAnswer } from '@voila/protocol'
import type { ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { startLanguage } from '../i18n/index.ts'
import { browserConnectivity, createLiveClient, enterByBrowser, type LiveClient, ProblemRefusal, readProblem } from '../live/index.ts'
import { AttendeePage } from './attendee-page.tsx'
import { ConsentPage } from './consent-page.tsx'
import { DelayPage } from './delay-page.tsx'
import { DoorPage, leadsToDoor } from './door-page.tsx'
import { reloadAfterUpdate, schedule, startClient, untilAnswered } from './opening.ts'
import { RefusalPage } from './refusal-page.tsx'
import { keepSession } from './stay.ts'
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

/** The way in for whoever has no session yet, if the server says so in the page. */
function embeddedDoor(): DoorFacts | undefined {
  const text = document.getElementById('voila-door')?.textContent
  return text === undefined || text === null ? undefined : (JSON.parse(text) as DoorFacts)
}

type Entered = { client: LiveClient; answer: SessionAnswer }

/** Of the program that the address names. */
const programId = location.pathname.split('/')[1] ?? ''

/** Asks who this is. */
async function enter({ onDelay }: { onDelay: () => void }): Promise<Entered | Problem> {
  const client = newClient()
  try {
    const answer = await untilAnswered({ ask: client.session, onDelay })
    return answer === undefined ? readProblem(undefined, 500) : { client, answer }
  } catch (error) {
    return error instanceof ProblemRefusal ? error.problem : readProblem(undefined, 500)
  }
}

/** Resolves when a person looks at the page: one that is fetched ahead enters nobody. */
function untilSeen(): Promise<void> {
  const isSeen = (): boolean => document.visibilityState === 'visible' && (document as { prerendering?: boolean }).prerendering !== true
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSeen()) return
      document.removeEventListener('visibilitychange', look)
      document.removeEventListener('prerenderingchange', look)
      resolve()
    }
    document.addEventListener('visibilitychange', look)
    document.addEventListener('prerenderingchange', look)
    look()
  })
}

const where = { programId, origin: location.origin }
const newClient = (): LiveClient => createLiveClient({ ...where, connectivity: browserConnectivity(), schedule })

/** Lets somebody in by the token of the address, or as a guest; undefined where he has yet to say how he is called. */
async function enterByDoor(facts: DoorFacts, onDelay: () => void): Promise<Entered | Problem | undefined> {
  const token = new URLSearchParams(location.search).get('token')
  const needsName = facts.guests === 'name' || facts.tokenRefused !== undefined
  const hasWays = facts.signInUrl !== undefined || facts.samlUrl !== undefined
  if (facts.exchanges === undefined && (needsName || hasWays)) return undefined
  await untilSeen()
  try {
    const body = facts.exchanges === undefined || token === null ? {} : { token }
    const answer = await untilAnswered({ ask: () => enterByBrowser(body, where), onDelay })
    return answer === undefined ? readProblem(undefined, 500) : { client: newClient(), answer }
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
  const showEntered = ({ client, answer }: Entered): void => {
    // The token goes out of the address and out of the history.
    if (location.search.includes('token=')) history.replaceState(null, '', `/${programId}`)
    startClient(client, answer)
    keepSession({ client, answer, onWake: browserConnectivity().onWake })
    render(<AttendeePage client={client} entered={answer} />)
  }
  const door = embeddedDoor()
  const outcome = embeddedRefusal() ?? (door === undefined ? await enter({ onDelay }) : await enterByDoor(door, onDelay))
  await speaking
  if (outcome !== undefined && 'client' in outcome) return showEntered(outcome)
  if (door === undefined || (outcome !== undefined && !leadsToDoor(outcome, door.guests))) {
    return render(<RefusalPage {...(outcome ?? readProblem(undefined, 500))} />)
  }
  const { exchanges: _, ...facts } = door
  render(
    <DoorPage
      {...facts}
      {...(outcome?.tokenRefused === undefined ? {} : { tokenRefused: outcome.tokenRefused })}
      enter={(name) => enterByBrowser(name === undefined ? {} : { name }, where)}
      onEntered={(answer) => showEntered({ client: newClient(), answer })}
    />,
  )
}

reloadAfterUpdate()
followViewport()
void start()
