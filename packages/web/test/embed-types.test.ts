// Owns: that /voila.d.ts says what the script does: to a page of TypeScript, strictly, and to the React component of the examples.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const types = join(root, 'packages/web/src/embed/types.ts')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'voila-types-'))
  // As a customer has it: the published types beside his own sources, and React from the registry.
  cpSync(types, join(folder, 'voila.d.ts'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const compilerOptions = {
    strict: true,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    lib: ['es2023', 'dom', 'dom.iterable'],
    target: 'es2023',
    module: 'esnext',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    types: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the compiler says about these files beside the types. */
function faultsOf(files: Readonly<Record<string, string>>): string {
  const place = mkdtempSync(join(folder, 'case-'))
  mkdirSync(place, { recursive: true })
  for (const name of ['voila.d.ts', 'tsconfig.json']) cpSync(join(folder, name), join(place, name))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text)
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript-7/bin/tsc'), '-p', place], { encoding: 'utf8', stdio: 'pipe' })
    return ''
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout)
  }
}

test('the published types take what the guide shows, and say what comes back', () => {
  const page = `
    import type { VoilaEvent, VoilaPlayer } from './voila'
    voila.setToken({ token: 'a' })
    voila.setToken({ token: 'a', programId: 'abcdefghijkl' })
    voila.setTokenProvider(async ({ programId }) => \`\${programId}\`)
    const player: VoilaPlayer = voila.render({ programId: 'abcdefghijkl', target: '#all-hands', title: 'All hands', language: 'fr', height: '480px' })
    voila.render()
    const stop: () => void = voila.on('token-expiring', (event: VoilaEvent) => console.log(event.expiresAt?.toFixed(), event.code?.length))
    voila.q.push((given) => given.render(), ['setToken', { token: 'a' }])
    window.voila.on('refused', ({ code, message, playerId }) => console.log(code, message, playerId.length))
    player.setToken('b')
    stop()
    player.destroy()
  `
  expect(faultsOf({ 'page.ts': page })).toBe('')
})

test.each([
  ['an event that there is not', "voila.on('paused', () => {})"],
  ['a token without its name', "voila.setToken('a')"],
  ['a provider of nothing', 'voila.setTokenProvider(async () => undefined)'],
  ['an option that there is not', 'voila.render({ program: 1 })'],
  ['a program that is no text', 'voila.render({ programId: 1 })'],
  ['a time where there may be none', "voila.on('ready', (event) => event.expiresAt.toFixed())"],
])('the published types refuse %s', (_name, line) => {
  expect(faultsOf({ 'page.ts': `import './voila'\n${line}` })).toMatch(/page\.ts\(2,\d+\): error TS/)
})

test('the React component of the examples is of these types', () => {
  const app = `
    import { VoilaPlayer } from './voila-player'
    export const App = () => <VoilaPlayer platform="https://live.example.com" programId="abcdefghijkl" getToken={async () => 'a'} onEvent={(name, { at }) => console.log(name, at)} />
  `
  cpSync(join(root, 'examples/react/voila-player.tsx'), join(folder, 'voila-player.tsx'))
  expect(faultsOf({ 'app.tsx': app, 'voila-player.tsx': "export * from '../voila-player'" })).toBe('')
})
