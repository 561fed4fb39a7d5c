// Owns: the start of the embedded player: which program, which pages it listens to, and what is shown of its visit.
import { type DoorFacts, type ErrorCode, errorRow } from '@voila/protocol'
import type { ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { AttendeePage } from '../attendee/attendee-page.tsx'
import { DelayPage } from '../attendee/delay-page.tsx'
import { DoorPage, leadsToDoor } from '../attendee/door-page.tsx'
import { reloadAfterUpdate, schedule } from '../attendee/opening.ts'
import { RefusalPage } from '../attendee/refusal-page.tsx'
import { startLanguage } from '../i18n/index.ts'
import { admit, browserConnectivity, createLiveClient } from '../live/index.ts'
import { createHostChannel } from './host-channel.ts'
import { createSessionKeep } from './session-keep.ts'
import { createVisit, type View, type Visit } from './visit.ts'
import '../attendee/style/index.css'
import './embed.css'

/** `refusal`: there is nothing to get into. */
type Facts = { programId: string; allowedOrigins: string[]; refusal?: ErrorCode } & Pick<DoorFacts, 'guests'>

function readFacts(): Facts {
  return JSON.parse(document.getElementById('voila-embed')?.textContent ?? '{"programId":"","allowedOrigins":[],"guests":"none"}') as Facts
}

function pageOf(view: View, { guests, visit }: { guests: DoorFacts['guests']; visit: Visit }): ReactNode {
  if (view.kind === 'in') return <AttendeePage key={view.visit} client={view.client} entered={view.answer} />
  if (view.kind === 'refused' && leadsToDoor(view.problem, guests)) {
    const { tokenRefused } = view.problem
    return (
      <DoorPage
        guests={guests}
        {...(tokenRefused === undefined ? {} : { tokenRefused })}
        enter={visit.enterAsGuest}
        onEntered={() => undefined}
      />
    )
  }
  return view.kind === 'refused' ? <RefusalPage {...view.problem} /> : <DelayPage />
}

function refuse(code: ErrorCode, place: Element): void {
  const channel = createHostChannel({ self: window, parent, allowedOrigins: [], onMessage: () => {} })
  channel.call({ voila: 1, t: 'event', name: 'refused', code, message: errorRow(code).says })
  void startLanguage().then(() => createRoot(place).render(<RefusalPage code={code} />))
}

function start({ programId, allowedOrigins, guests }: Facts, place: Element): void {
  const speaking = startLanguage()
  const where = { programId, origin: location.origin }
  const connectivity = browserConnectivity()
  let root: Root | undefined
  const visit: Visit = createVisit({
    post: (message) => channel.post(message),
    keep: createSessionKeep(programId, () => sessionStorage),
    admit: (body) => admit(body, where),
    guests: guests !== 'none',
    clientOf: (session) => createLiveClient({ ...where, session, connectivity, schedule }),
    onWake: connectivity.onWake,
    onView: (view) =>
      void speaking.then(() => {
        root ??= createRoot(place)
        root.render(pageOf(view, { guests, visit }))
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
else if (place !== null && facts.refusal !== undefined) refuse(facts.refusal, place)
else if (place !== null) start(facts, place)
