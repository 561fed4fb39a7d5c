// Owns: `npm run check`: types, lint and format, import rules, unused code, byte limits, known vulnerabilities. All are run; the exit code says whether all held.
import { ready, run, runTool } from './bootstrap.mjs'

await ready()
const typed = ['packages/tokens', 'packages/media', 'packages/protocol', 'packages/server', 'packages/web', 'test', 'bench']
const checks = {
  ...Object.fromEntries(typed.map((path) => [`types of ${path}`, () => runTool('typescript-7/bin/tsc', ['-p', path])])),
  'lint and format': () =>
    runTool('@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.']),
  'import rules': () => run(process.execPath, ['scripts/imports.mjs']),
  'unused code': () => runTool('knip/bin/knip.js', ['--no-progress']),
  'byte limits': () => runTool('size-limit/bin.js', []),
  'known vulnerabilities': () => run(process.execPath, ['scripts/audit.mjs']),
}
const broken = []
for (const [name, check] of Object.entries(checks)) {
  console.log(`\n— ${name}`)
  if ((await check()) !== 0) broken.push(name)
}
console.log(broken.length === 0 ? '\nEvery check holds.' : `\nBroken: ${broken.join(', ')}`)
process.exitCode = broken.length === 0 ? 0 : 1
