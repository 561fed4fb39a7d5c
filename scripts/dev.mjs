// Owns: `npm run dev`: the demo from sources, started again at each change of the server, the website rebuilt at each change of it.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ready, root } from './bootstrap.mjs'

await ready()
const children = [
  spawn(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'packages/web', '--watch', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  }),
  spawn(
    process.execPath,
    [
      '--conditions=source',
      '--import',
      'tsx',
      '--watch',
      '--watch-preserve-output',
      'packages/server/src/demo/main.ts',
      ...process.argv.slice(2),
    ],
    {
      cwd: root,
      stdio: 'inherit',
    },
  ),
]
const endAll = (signal) => {
  for (const child of children) child.kill(signal)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => endAll(signal))
for (const child of children) child.once('exit', () => endAll('SIGTERM'))
