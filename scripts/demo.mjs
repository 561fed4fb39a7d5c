// Owns: `npm run demo`: a checkout made ready, then the demo in this very process, so that Ctrl-C ends one thing.
import { ready } from './bootstrap.mjs'

if (!process.argv.includes('--help')) console.log('\n  Voilà demo\n')
await ready()
await import('../packages/server/dist/demo/main.js')
