// Owns: that the import rules are looked at: dependency-cruiser passes whatever it does not understand, so no modules is a failure.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'

const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
const asked = [
  '--config',
  '.dependency-cruiser.cjs',
  'packages/tokens/src',
  'packages/media/src',
  'packages/protocol/src',
  'packages/server/src',
  'packages/web/src',
]
const { stdout, stderr, status } = spawnSync(process.execPath, [cruiser, '--output-type', 'json', ...asked], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 256 << 20,
})
if (status !== 0 && !stdout) {
  console.error(stderr)
  process.exit(1)
}
const { summary } = JSON.parse(stdout)
for (const { rule, from, to } of summary.violations) console.error(`${rule.severity} ${rule.name}: ${from} -> ${to}`)
const enough = 40
if (summary.totalCruised < enough) console.error(`only ${summary.totalCruised} modules were seen: the rules were not really checked`)
else
  console.log(`${summary.totalCruised} modules, ${summary.totalDependenciesCruised} dependencies, ${summary.violations.length} violations`)
process.exitCode = summary.violations.length === 0 && summary.totalCruised >= enough ? 0 : 1
