// Owns: the start of the big screen's page: which program, by which link, how it looks.
import { createRoot } from 'react-dom/client'
import { startLanguage } from '../i18n/index.ts'
import { browserConnectivity, createLiveClient } from '../live/index.ts'
import { BigScreen } from './big-screen.tsx'
import { looksOf } from './looks.ts'
import './screen.css'

/** The secret stays in the fragment: a browser source that is loaded again has nothing else, and no server is told of it. */
function start(): void {
  const place = document.getElementById('root')
  const programId = location.pathname.split('/')[2] ?? ''
  if (place === null) return
  const { background, text, scale } = looksOf(location.search)
  const { style, dataset } = document.documentElement
  if (background !== undefined) style.setProperty('--screen-background', background)
  if (text !== undefined) style.setProperty('--screen-text', text)
  if (background === 'transparent') dataset.transparent = ''
  style.setProperty('--screen-scale', String(scale))
  const client = createLiveClient({
    ...{ programId, origin: location.origin, as: 'screen', session: location.hash.slice(1) },
    connectivity: browserConnectivity(),
    schedule: (tell) => void setTimeout(tell),
  })
  // Another link in the same window.
  window.addEventListener('hashchange', () => location.reload())
  client.start()
  void startLanguage().then(() => createRoot(place).render(<BigScreen client={client} />))
}

start()
