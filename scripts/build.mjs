// Owns: `npm run build`: every package built, and nothing that is current built again.
import { ready } from './bootstrap.mjs'

await ready()
