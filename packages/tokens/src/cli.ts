// Owns: the process voila-tokens: the command line over this process's arguments and streams.
import { readFileSync } from 'node:fs'
import { runCommandLine } from './cli/command-line.ts'

// Not process.exit(), which could cut off what is still to be written to a pipe.
process.exitCode = runCommandLine(process.argv.slice(2), {
  readStdin: () => (process.stdin.isTTY ? undefined : readFileSync(0, 'utf8')),
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
})
