// Owns: `npm run rename -- @scope`: the npm scope of the packages, changed everywhere at once.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [scope] = process.argv.slice(2)
if (scope === undefined || !/^@[a-z0-9][a-z0-9._-]*$/.test(scope)) {
  console.error('Usage: npm run rename -- @scope        (a scope is @ and lower-case letters, digits, ".", "_", "-")')
  process.exit(2)
}
const root = process.cwd()
const [, current] = /"name": "(@[^/]+)\/tokens"/.exec(readFileSync(join(root, 'packages/tokens/package.json'), 'utf8'))
if (current === scope) {
  console.log(`The scope is ${scope} already.`)
  process.exit(0)
}
const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean)
let changed = 0
for (const file of files) {
  const bytes = readFileSync(join(root, file))
  if (bytes.includes(0)) continue
  const text = bytes.toString('utf8')
  const renamed = text.replaceAll(`${current}/`, `${scope}/`)
  if (renamed === text) continue
  writeFileSync(join(root, file), renamed)
  changed++
}
console.log(`${current} is now ${scope} in ${changed} files. The next command installs the packages under their new names.`)
