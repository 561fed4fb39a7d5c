// Owns: how the demo company's intranet looks: one page, its style, and the few lines of script that embed the player.

export type IntranetPage = { readonly platformUrl: string; readonly givenName: string; readonly familyName: string }

/** The page of somebody who is signed in at the intranet. */
export function intranetHtml({ platformUrl, givenName, familyName }: IntranetPage): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Aldermoor intranet</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/intranet.css">
    <script src="/intranet.js" defer></script>
    <script src="${platformUrl}/voila.js" async></script>
  </head>
  <body>
    <header class="top">
      <a class="brand" href="/"><span class="brand-mark" aria-hidden="true"></span>Aldermoor <span>Instruments</span></a>
      <nav aria-label="Intranet">
        <a href="/" aria-current="page">Home</a><a href="/">Sites</a><a href="/">People</a><a href="/">Documents</a><a href="/">IT help</a>
      </nav>
      <p class="me"><span aria-hidden="true">${givenName.charAt(0)}${familyName.charAt(0)}</span>${givenName} ${familyName}</p>
    </header>
    <main>
      <div class="lead">
        <p class="kicker">All-hands</p>
        <h1>The year ahead</h1>
        <p>Marguerite Aldous and the board present the plans for the coming year and answer your questions. Ask in the chat: the team in Lyon reads along.</p>
      </div>
      <div id="all-hands"></div>
      <p class="status" id="all-hands-status" role="status"></p>
      <div class="columns">
        <section aria-labelledby="news">
          <h2 id="news">News</h2>
          <article>
            <h3>Lyon takes over the calibration of the A4 series</h3>
            <p>The new hall in Vénissieux is certified. The first forty pressure gauges left it last week, two days ahead of plan.</p>
            <p class="by">Operations, yesterday</p>
          </article>
          <article>
            <h3>A quieter pump for the field kit</h3>
            <p>After eleven prototypes the noise is down to 38 decibels. Hamburg tests it on three ferries from March.</p>
            <p class="by">Research, Monday</p>
          </article>
          <article>
            <h3>Travel: trains before planes within 800 kilometres</h3>
            <p>The booking tool proposes the train first from now on. Overnight trains count as working time until 22:00.</p>
            <p class="by">People, last week</p>
          </article>
        </section>
        <section aria-labelledby="dates">
          <h2 id="dates">Coming up</h2>
          <ul class="dates">
            <li><b>Thu</b><span>Works council, Hamburg<small>10:00, room Elbe</small></span></li>
            <li><b>Fri</b><span>Safety drill, Lyon<small>11:30, hall 2</small></span></li>
            <li><b>Mon</b><span>First aid, refresher<small>09:00, online</small></span></li>
          </ul>
          <h2>Canteen</h2>
          <ul class="plain"><li>Lentils with root vegetables</li><li>Trout, almonds, potatoes</li><li>Quiche with leek</li></ul>
        </section>
      </div>
    </main>
    <footer>Aldermoor Instruments is a fictional company. This page stands for your own intranet.</footer>
  </body>
</html>
`
}

/** As docs/embed.md has it: the calls may come before the script, and the token comes from the intranet's own server. */
export const intranetScript = `window.voila = window.voila || { q: [] }

async function fetchToken() {
  const response = await fetch('/all-hands-token', { cache: 'no-store' })
  if (!response.ok) throw new Error('The intranet gave no token.')
  return (await response.json()).token
}

voila.q.push((voila) => {
  const status = document.getElementById('all-hands-status')
  voila.on('refused', ({ message }) => { status.textContent = message })
  voila.on('ready', () => { status.textContent = '' })
  voila.setTokenProvider(fetchToken)
  fetchToken().then((token) => {
    voila.setToken({ token })
    voila.render({ target: '#all-hands', title: 'All-hands: the year ahead' })
  })
})
`

export const intranetStyle = `:root {
  color-scheme: light dark;
  --ground: #f4f5f2;
  --sheet: #ffffff;
  --ink: #1d2622;
  --soft: #57625c;
  --rule: #dde1dc;
  --green: #1c5b45;
  --on-green: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #111614; --sheet: #19201d; --ink: #e6ebe8; --soft: #9faba5; --rule: #2b3430; --green: #123d2f; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
h1, h2, h3, p, ul { margin: 0; padding: 0; }
ul { list-style: none; }
.top { display: flex; flex-wrap: wrap; gap: 8px 32px; align-items: center; padding: 12px clamp(16px, 4vw, 48px); background: var(--green); color: var(--on-green); }
.top a { color: inherit; text-decoration: none; }
.brand { display: inline-flex; gap: 12px; align-items: center; font-size: 17px; font-weight: 700; }
.brand span:last-child { font-weight: 400; }
.brand-mark { width: 22px; height: 22px; border: 3px solid currentcolor; border-right-color: transparent; border-radius: 50%; }
nav { display: flex; flex: 1; flex-wrap: wrap; gap: 4px; }
nav a { padding: 4px 12px; border-radius: 6px; font-size: 15px; }
nav a[aria-current], nav a:hover { background: rgb(255 255 255 / 0.16); }
a:focus-visible { outline: 2px solid currentcolor; outline-offset: 2px; }
.me { display: flex; gap: 12px; align-items: center; font-size: 15px; }
.me span { display: grid; width: 32px; height: 32px; place-items: center; border-radius: 50%; background: #d8e8df; color: #12402f; font-size: 13px; font-weight: 700; }
main { max-width: 1240px; margin: 0 auto; padding: clamp(24px, 4vw, 48px) clamp(16px, 4vw, 48px); }
.lead { max-width: 68ch; margin-bottom: 24px; }
.lead h1 { font-size: clamp(28px, 4vw, 40px); letter-spacing: -0.015em; line-height: 1.15; }
.lead p:last-child { margin-top: 12px; color: var(--soft); }
.kicker { margin-bottom: 4px; color: var(--soft); font-size: 14px; font-weight: 600; letter-spacing: 0.02em; }
#all-hands { min-height: 240px; overflow: hidden; border: 1px solid var(--rule); border-radius: 10px; background: var(--sheet); }
.voila-message { padding: 32px; text-align: center; }
.status:not(:empty) { margin-top: 12px; color: var(--soft); }
.columns { display: grid; gap: 32px 48px; margin-top: 48px; }
.columns h2 { margin-bottom: 12px; padding-bottom: 8px; border-bottom: 1px solid var(--rule); font-size: 18px; }
.columns ul + h2 { margin-top: 32px; }
article { padding: 12px 0; }
article h3 { font-size: 17px; line-height: 1.3; }
article p { max-width: 68ch; margin-top: 4px; color: var(--soft); }
article .by { font-size: 13px; }
.dates li { display: flex; gap: 16px; padding: 8px 0; }
.dates b { width: 48px; flex: none; color: var(--soft); font-weight: 600; }
.dates small { display: block; color: var(--soft); font-size: 13px; }
.plain li { padding: 4px 0; }
footer { padding: 24px clamp(16px, 4vw, 48px) 40px; color: var(--soft); font-size: 13px; text-align: center; }
@media (max-width: 819px) { nav { order: 1; flex-basis: 100%; flex-wrap: nowrap; margin: 0 -12px; overflow-x: auto; } nav a { white-space: nowrap; } .me { margin-inline-start: auto; } }
@media (min-width: 820px) { .columns { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); } }
`
