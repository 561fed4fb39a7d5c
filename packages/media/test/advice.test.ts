// Owns: what a producer is advised in which situation, and that every sentence is whole.
import { describe, expect, test } from 'vitest'
import { type AdviceCode, advice, adviseOn } from '../src/advice.ts'
import type { InputHealth, StreamHealth } from '../src/health.ts'

const now = 1_800_000_000_000
const good: InputHealth = {
  state: 'live',
  connectedSince: now - 60_000,
  codec: 'avc1.640028,mp4a.40.2',
  width: 1_920,
  height: 1_080,
  fps: 30,
  bitrate: 5_000_000,
  keyFrameIntervalSeconds: 2,
  driftMs: 120,
}
const standby: InputHealth = { ...good, state: 'standby' }
const absent: InputHealth = { state: 'absent' }

function stream(primary: InputHealth, backup: InputHealth = standby, more: Partial<StreamHealth> = {}): StreamHealth {
  const input = primary.state === 'live' ? 'primary' : backup.state === 'live' ? 'backup' : undefined
  return { live: input !== undefined, ended: false, input, choice: 'auto', inputs: { primary, backup }, recording: false, ...more }
}
const codes = (health: StreamHealth, at = now): AdviceCode[] => adviseOn(health, at).map(({ code }) => code)

const cases: [string, StreamHealth, AdviceCode[]][] = [
  ['all is well', stream(good), []],
  ['nobody publishes', stream(absent, absent), ['nothing_sent']],
  ['there is one encoder', stream(good, absent), ['one_encoder']],
  ['the backup stands in', stream(absent, good), ['on_backup']],
  ['the backup is chosen, and good', stream(standby, good, { choice: 'backup' }), []],
  ['the backup is chosen, and nobody is there', stream(standby, absent, { choice: 'backup' }), ['chosen_absent', 'one_encoder']],
  ['the primary is connected and silent', stream({ ...good, state: 'silent' }, good), ['input_silent', 'on_backup']],
  ['there is no sound', stream({ ...good, codec: 'avc1.640028' }), ['no_sound']],
  ['there is no picture', stream({ ...good, codec: 'mp4a.40.2', height: undefined, fps: undefined }), ['no_picture']],
  ['the upload is too slow', stream({ ...good, driftMs: 4_400 }), ['arrives_late']],
  ['a file is sent as fast as it goes', stream({ ...good, driftMs: -9_000 }), ['arrives_early']],
  ['key frames are rare', stream({ ...good, keyFrameIntervalSeconds: 8.33 }), ['key_frames_rare']],
  ['the bit rate is too high for most', stream({ ...good, bitrate: 12_000_000 }), ['bit_rate_high']],
  ['the same is fine at sixty pictures a second', stream({ ...good, fps: 60, bitrate: 12_000_000 }), []],
  ['the bit rate is too low for the size', stream({ ...good, bitrate: 900_000 }), ['bit_rate_low']],
  ['the same is fine for a small picture', stream({ ...good, width: 640, height: 360, bitrate: 900_000 }), []],
  ['few pictures come', stream({ ...good, fps: 12.5 }), ['frame_rate_low']],
]

describe('advice', () => {
  test.each(cases)('when %s', (_when, health, expected) => {
    expect(codes(health)).toEqual(expected)
  })

  test('the cases bring up every advice there is', () => {
    expect([...new Set(cases.flatMap(([, , expected]) => expected))].sort()).toEqual(Object.keys(advice).sort())
  })

  test('no sentence is left with an empty place', () => {
    for (const [, health] of cases) for (const { says } of adviseOn(health, now)) expect(says).not.toMatch(/[{}]|undefined|NaN| {2}/)
  })

  test('the gravest comes first', () => {
    const all = adviseOn(stream({ ...good, codec: 'avc1.640028', fps: 12, driftMs: 5_000 }, { ...absent, state: 'silent' }), now)
    expect(all.map(({ level }) => level)).toEqual(['problem', 'problem', 'warning', 'hint'])
  })

  test('measures are named as they are set in OBS', () => {
    expect(adviseOn(stream({ ...good, height: 720, bitrate: 7_000_000 }), now)[0]?.says).toBe(
      '7 Mbit/s is more than many viewers can take. In OBS: Settings, Output, Video Bitrate: 1800 to 4500 Kbps for 720p.',
    )
    expect(adviseOn(stream({ ...good, keyFrameIntervalSeconds: 8.33 }), now)[0]?.says).toContain('only every 8.3 s')
  })

  test('what may still come is not missed in the first seconds', () => {
    const young = stream({ ...good, codec: 'avc1.640028', connectedSince: now - 1_000 })
    expect(codes(young)).toEqual([])
    expect(codes(young, now + 2_000)).toEqual(['no_sound'])
  })
})
