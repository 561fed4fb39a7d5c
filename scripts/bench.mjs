// Owns: `npm run bench`: a checkout made ready, then the rows named in the arguments, or all of them.
import { ready, run } from './bootstrap.mjs'

await ready()
process.exitCode = await run(process.execPath, ['--conditions=source', '--import', 'tsx', 'bench/main.ts', ...process.argv.slice(2)])
