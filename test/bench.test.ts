import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { needs } from './require.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** On a machine that is busy with other tests even the smallest run takes its time. */
const patienceMs = 400_000

function bench(...args: readonly string[]): Promise<{ code: number | null; output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', 'bench/main.ts', ...args], { cwd: root })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output, errors }))
  })
}

const rows: readonly { name: string; peers: readonly RegExp[]; targets: readonly RegExp[] }[] = [
  {
    name: 'tokens',
    peers: [/crypto\.verify alone, Node \d/, /jsonwebtoken \d+\.\d+\.\d+, KeyObject/, /jsonwebtoken [\d.]+, PEM/, /fast-jwt \d/, /jose \d/],
    targets: [/target >= 0\.9:/, /target >= 1:/],
  },
  {
    name: 'fan-out',
    peers: [/socket\.io \d+\.\d+\.\d+/, /ws \d+\.\d+\.\d+, a frame each/],
    targets: [
      /single messages.* target >= 1:/,
      /20 messages.* target >= 4:/,
      /50 messages.* target >= 8:/,
      /p99, at 20.* target <= 500:/,
      /memory per socket.* target <= 20:/,
    ],
  },
  { name: 'joins', peers: [/express \d.*jsonwebtoken \d.*socket\.io \d/], targets: [/target >= 2:/] },
  { name: 'doors', peers: [], targets: [/came to answered, p99.* target <= 1,000:/, /attendees afterwards.* target >= 1:/] },
  {
    name: 'log',
    peers: [/libsql \d+\.\d+\.\d+/],
    targets: [/durable entries.* target >= 50,000:/, /acknowledgement, p99.* target <= 50:/],
  },
  { name: 'media', peers: [/express \d.*jsonwebtoken \d/, /viewers/], targets: [/answered a second.* target >= 10,000:/] },
]

/** The lines of one row: what it measured, and what it claims. */
function expectForm(output: string, { peers, targets }: { peers: readonly RegExp[]; targets: readonly RegExp[] }): void {
  const lines = output.split('\n')
  const figures = lines.filter((line) => / ratio -?\d+\.\d\d$/.test(line))
  const claims = lines.filter((line) => /target (>=|<=) [\d.,]+: (met|NOT met)$/.test(line))
  for (const peer of peers) expect(output).toMatch(peer)
  for (const target of targets) expect(claims.join('\n')).toMatch(target)
  if (peers.length > 0) expect(figures.length).toBeGreaterThan(0)
  expect(claims.length).toBeGreaterThanOrEqual(targets.length)
  expect(output).not.toMatch(/NaN|undefined|Infinity/)
}

describe('npm run bench', () => {
  test('--help names every row', async () => {
    const { code, output } = await bench('--help')
    expect(code).toBe(0)
    for (const name of [...rows.map((row) => row.name), 'glass']) expect(output).toMatch(new RegExp(`^ {2}${name} `, 'm'))
  })

  test('a row that is not there is refused with the names of those that are', { timeout: patienceMs }, async () => {
    const { code, errors } = await bench('speed')
    expect(code).toBe(2)
    expect(errors).toContain('There is no row speed')
    expect(errors).toContain('fan-out')
  })

  test.each(rows)(
    '$name states peer, version, ratio, target, and whether it is met',
    { timeout: patienceMs },
    async ({ name, ...form }) => {
      const { code, output, errors } = await bench('--quick', name)
      expect(code, errors).toBe(0)
      expect(output).toContain(`\n${name}: `)
      expectForm(output, form)
    },
  )
})

describe.skipIf(needs.chromium() || needs.ffmpeg())('npm run bench with Chromium and ffmpeg', () => {
  test('glass states peer, version, ratio, target, and whether it is met', { timeout: patienceMs }, async () => {
    const { code, output, errors } = await bench('--quick', 'glass')
    expect(code, errors).toBe(0)
    expectForm(output, { peers: [/hls\.js \d+\.\d+\.\d+.*Chromium \d+/], targets: [/glass to glass, median.* target <= 1,800:/] })
  })
})
