// Owns: `npm test`: a checkout made ready, every test, and the closing count. Arguments go to Vitest.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ready, runTool } from './bootstrap.mjs'

await ready()
const folder = mkdtempSync(join(tmpdir(), 'voila-test-'))
const report = join(folder, 'report.json')
let code = await runTool('vitest/vitest.mjs', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
])

let counts = { passed: 0, failed: 1, skipped: 0 }
try {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'))
  // A file that could not even be loaded fails without a failing test of its own.
  counts = {
    passed: numPassedTests,
    failed: Math.max(numFailedTests, code === 0 ? 0 : Math.max(1, numFailedTestSuites && 1)),
    skipped: numPendingTests + numTodoTests,
  }
} catch {
  code ||= 1
}
rmSync(folder, { recursive: true, force: true })
if (process.env.VOILA_TEST_REQUIRE === 'all' && counts.skipped > 0) {
  console.error(`VOILA_TEST_REQUIRE=all, and ${counts.skipped} tests were skipped`)
  code ||= 1
}
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`)
process.exitCode = code
