// Owns: `npm run start`: a checkout made ready, then the platform, configured by the environment.
import { ready } from './bootstrap.mjs'

await ready()
await import('../packages/server/dist/main.js')
