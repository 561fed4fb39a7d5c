// Owns: that the unit file of deploy/ is sound, and that what deploy/backup.sh leaves is a node again.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { needs } from '../require.ts'
import { type Demo, startDemo } from './demo-process.ts'

const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url))

describe('the unit file', () => {
  test.skipIf(needs.systemd())('is one that systemd understands, and shuts the service in', () => {
    const folder = mkdtempSync(join(tmpdir(), 'voila-unit-'))
    try {
      const file = join(folder, 'voila.service')
      const text = readFileSync(join(deploy, 'voila.service'), 'utf8')
      // The paths of a machine on which it is installed, which this one need not be.
      writeFileSync(file, text.replace('/usr/bin/node', process.execPath))
      expect(execFileSync('systemd-analyze', ['verify', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })).toBe('')
      expect(text).toMatch(/^ExecStart=\/usr\/bin\/node \/opt\/voila\/packages\/server\/bin\/voila\.js$/m)
      execFileSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file], { stdio: 'ignore' })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('gives the platform more time to stop than it takes', () => {
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(readFileSync(join(deploy, 'voila.service'), 'utf8')) ?? []
    expect(Number(seconds)).toBeGreaterThanOrEqual(20)
  })
})

describe.skipIf(needs.sqlite3())('a back-up with deploy/backup.sh', () => {
  test(
    'taken while it runs is a node of its own: same program, same keys, and the tokens of before get in',
    { timeout: 60_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'voila-backup-'))
      const copy = join(folder, 'a copy’s folder')
      const first = await startDemo({ dataDir: join(folder, 'data'), args: ['--no-source'] })
      let second: Demo | undefined
      try {
        const token = new URL(first.facts.attendeeUrls[0]).searchParams.get('token')
        const admit = (demo: Demo) =>
          fetch(`${demo.facts.baseUrl}/api/programs/${first.facts.programId}/sessions`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ token }),
          })
        // What was just written is in the -wal file, not in the database file: a copy of the file alone would lack it.
        const entered = await admit(first)
        expect(entered.status).toBe(201)
        const { session } = (await entered.json()) as { session: { token: string } }
        execFileSync(join(deploy, 'backup.sh'), [first.dataDir, copy])
        expect(() => execFileSync(join(deploy, 'backup.sh'), [first.dataDir, copy], { stdio: 'ignore' })).toThrow()
        expect(() => execFileSync(join(deploy, 'backup.sh'), [folder, join(folder, 'none')], { stdio: 'ignore' })).toThrow()
        expect(statSync(copy).mode & 0o777).toBe(0o700)
        expect(statSync(join(copy, 'voila.sqlite')).mode & 0o777).toBe(0o600)
        await first.stop()
        // The demo's own notes; a platform that is not a demo has none.
        for (const name of ['demo-setting.json', 'demo-private.pem']) cpSync(join(first.dataDir, name), join(copy, name))
        second = await startDemo({ dataDir: copy, args: ['--no-source'] })
        expect(second.facts).toMatchObject({ programId: first.facts.programId, kid: first.facts.kid, streamKey: first.facts.streamKey })
        expect(second.facts.adminSecret).toBe(first.facts.adminSecret)
        expect((await admit(second)).status).toBe(201)
        const again = await fetch(`${second.facts.baseUrl}/api/programs/${first.facts.programId}/session`, {
          headers: { authorization: `Bearer ${session.token}` },
        })
        expect(again.status).toBe(200)
      } finally {
        await second?.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})
