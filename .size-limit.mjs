// Owns: how many bytes people load. Sizes are gzip.
import { readFileSync } from 'node:fs'

const dist = 'packages/web/dist'

/** A page and what its HTML names: its script with everything that imports at once, and its styles. Routes that come later are not named. */
const firstLoadOf = (page) => [
  `${dist}/${page}`,
  ...[...readFileSync(`${dist}/${page}`, 'utf8').matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, file]) => `${dist}/${file}`),
]

export default [
  {
    name: 'A first visit until the picture moves, media excepted',
    path: [
      `${dist}/index.html`,
      `${dist}/assets/*.js`,
      `${dist}/assets/*.css`,
      `${dist}/assets/*.svg`,
      `!${dist}/assets/embed-*`,
      `!${dist}/assets/activity-*`,
    ],
    limit: '300 kB',
    gzip: true,
  },
  {
    name: 'Backstage, first load',
    path: firstLoadOf('backstage.html'),
    limit: '400 kB',
    gzip: true,
  },
  {
    name: 'The embed script, in somebody else’s page',
    path: `${dist}/voila.js`,
    limit: '5 kB',
    gzip: true,
  },
  {
    name: 'The inspectors of tokens and of keys, as a page would bundle them',
    path: 'packages/tokens/dist/{inspect,claims,compact,header,key-inspect,key-state,names,pem,roles,spki,strict-json,times,warnings,base64,email,errors,hints}.js',
    limit: '24 kB',
    gzip: true,
  },
]
