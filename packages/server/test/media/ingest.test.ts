import { ingestGraceMs, programStates } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { purposeKey } from '../../src/media/credential.ts'
import { authorizePublisher, type IngestProgram, streamKeys } from '../../src/media/ingest.ts'

const key = purposeKey('a secret of the platform', 'stream keys')
const now = 1_800_000_000_000
const one: IngestProgram = { id: 'abcdefghij01', state: 'scheduled', stateSince: now - 5_000, streamKeyVersion: 1, backupKeyVersion: 1 }
const other: IngestProgram = { ...one, id: 'abcdefghij02' }

function publish(streamKey: string, program: IngestProgram = one, at = now) {
  return authorizePublisher(key, { streamKey, now: at, program: (id) => [program, other].find((each) => each.id === id) })
}

describe('a stream key', () => {
  test('names its program and its input', () => {
    expect(publish(streamKeys(key, one).primary)).toEqual({ streamId: one.id, input: 'primary' })
    expect(publish(streamKeys(key, one).backup)).toEqual({ streamId: one.id, input: 'backup' })
  })

  test('rotated away is refused, and the other key of the program goes on working', () => {
    const before = streamKeys(key, one)
    const rotated = { ...one, streamKeyVersion: 2 }
    expect(publish(before.primary, rotated)).toBeUndefined()
    expect(publish(before.backup, rotated)).toEqual({ streamId: one.id, input: 'backup' })
    expect(publish(streamKeys(key, rotated).primary, rotated)).toEqual({ streamId: one.id, input: 'primary' })
  })

  const { primary, backup } = streamKeys(key, one)
  test.each([
    ['nothing', ''],
    ['a program id alone', one.id],
    ['the primary as backup', primary.replace('-p-', '-b-')],
    ['the backup as primary', backup.replace('-b-', '-p-')],
    ['the key of one program under the id of another', primary.replace(one.id, other.id)],
    ['an unknown program', primary.replace(one.id, 'nosuchprogra')],
    ['a last character more', `${primary}A`],
    ['a line end', `${primary}\n`],
    ['another secret', streamKeys(purposeKey('another', 'stream keys'), one).primary],
  ])('%s is refused', (_what, streamKey) => {
    expect(publish(streamKey)).toBeUndefined()
  })

  test.each(Object.entries(programStates))('in %s a feed is taken as the table says', (state, row) => {
    const program: IngestProgram = { ...one, state: state as IngestProgram['state'], stateSince: now }
    expect(publish(primary, program, now) !== undefined).toBe(row.ingest !== 'refused')
    expect(publish(primary, program, now + ingestGraceMs) !== undefined).toBe(row.ingest === 'accepted')
  })
})
