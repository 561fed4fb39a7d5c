// Owns: the page that shows the API's documentation, in the colours of the platform, light and dark.
import 'openapi-explorer/dist/browser/openapi-explorer.min.js'

const looks = {
  light: {
    bg: '#ffffff',
    text: '#1c1f26',
    header: '#1c1f26',
    primary: '#3d54d6',
    navBg: '#f4f5f7',
    navText: '#343945',
    navHover: '#dde1fb',
  },
  dark: {
    bg: '#121419',
    text: '#e9ebef',
    header: '#e9ebef',
    primary: '#9dabff',
    navBg: '#0d0e11',
    navText: '#c8ccd5',
    navHover: '#272b34',
  },
}

/** On a phone the component leaves out what each field means; here it stands below the field. */
const narrow = new CSSStyleSheet()
narrow.replaceSync(`
  @media (max-width: 575.98px) {
    .tr { flex-wrap: wrap }
    .td.key-descr { display: block; flex-basis: 100%; padding: 0 8px 8px 40px }
  }`)
const tables = customElements.get('schema-table') as { elementStyles: CSSStyleSheet[] } | undefined
tables?.elementStyles.push(narrow)

const explorer = document.createElement('openapi-explorer')
const attributes = {
  'spec-url': '/api/openapi.json',
  'hide-server-selection': 'true',
  'schema-expand-level': '2',
  'default-schema-tab': 'model',
}
for (const [name, value] of Object.entries(attributes)) explorer.setAttribute(name, value)

const darkness = matchMedia('(prefers-color-scheme: dark)')
function look(): void {
  const { bg, text, header, primary, navBg, navText, navHover } = darkness.matches ? looks.dark : looks.light
  const colours = {
    'bg-color': bg,
    'text-color': text,
    'header-color': header,
    'primary-color': primary,
    'secondary-color': primary,
    'nav-bg-color': navBg,
    'nav-text-color': navText,
    'nav-hover-bg-color': navHover,
    'nav-hover-text-color': text,
  }
  for (const [name, value] of Object.entries(colours)) explorer.setAttribute(name, value)
}
look()
darkness.addEventListener('change', look)
document.body.append(explorer)
