// Owns: the start of the embedded player: which program, which pages it listens to, and what is shown of its visit.
import type { ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { AttendeePage } from '../attendee/attendee-page.tsx'
import { DelayPage } from '../attendee/delay-page.tsx'
import { reloadAfterUpdate, schedule } from '../attendee/opening.ts'
import { RefusalPage } from '../attendee/refusal-page.tsx'
import { startLanguage } from '../i18n/index.ts'
import { admitByToken, browserConnectivity, createLiveClient } from '../live/index.ts'
import { createHostChannel } from './host-channel.ts'
import { createSessionKeep } from './session-keep.ts'
import { createVisit, type View } from './visit.ts'
import '../attendee/style/index.css'
import './embed.css'

type Facts = { programId: string; allowedOrigins: string[] }

function readFacts(): Facts {
  return JSON.parse(document.getElementById('voila-embed')?.textContent ?? '{"programId":"","allowedOrigins":[]}') as Facts
}

function pageOf(view: View): ReactNode {
  if (view.kind === 'in') return <AttendeePage key={view.visit} client={view.client} entered={view.answer} />
  return view.kind === 'refused' ? <RefusalPage {...view.problem} /> : <DelayPage />
}

function start({ programId, allowedOrigins }: Facts, place: Element): void {
  const speaking = startLanguage()
  const where = { programId, origin: location.origin }
  let root: Root | undefined
  const visit = createVisit({
    post: (message) => channel.post(message),
    keep: createSessionKeep(programId, () => sessionStorage),
    admit: (token) => admitByToken(token, where),
    clientOf: (session) => createLiveClient({ ...where, session, connectivity: browserConnectivity(), schedule }),
    onView: (view) =>
      void speaking.then(() => {
        root ??= createRoot(place)
        root.render(pageOf(view))
      }),
  })
  const channel = createHostChannel({ self: window, parent, allowedOrigins, onMessage: visit.heard })
  visit.start()
  channel.hello()
}

const facts = readFacts()
const place = document.getElementById('root')
reloadAfterUpdate()
// Opened by itself there is no page to get a token from; the program's own address knows people by cookie.
if (parent === window) location.replace(`/${facts.programId}`)
else if (place !== null) start(facts, place)
