// Owns: what a producer is advised to do about a feed as it is now, in words that say where to do it.
import { type Details, type InputHealth, type InputName, inWords, type StreamHealth } from './health.ts'

/** problem: viewers notice it. warning: they may soon. hint: it could be better. */
export type AdviceLevel = 'problem' | 'warning' | 'hint'
export type Advice = { level: AdviceLevel; code: AdviceCode; says: string }

type AdviceRow = { readonly level: AdviceLevel; readonly says: string }

/** Everything that is advised, the gravest first. `{name}` is filled in. Paths of menus are those of OBS Studio. */
export const advice = {
  nothing_sent: {
    level: 'hint',
    says: 'Nobody publishes yet. In OBS: Settings, Stream, Service “Custom…”; copy server and stream key from here, then Start Streaming.',
  },
  input_silent: {
    level: 'problem',
    says: 'The encoder on the {input} input is connected but sends nothing. Stop streaming there and start it again.',
  },
  chosen_absent: {
    level: 'problem',
    says: 'The {input} input is chosen, and nothing comes on it. Choose automatic, or the {other} input, which is good.',
  },
  no_picture: { level: 'problem', says: 'No picture arrives, only sound. In OBS: look whether the scene shows anything in the preview.' },
  no_sound: {
    level: 'problem',
    says: 'No sound arrives. In OBS: look whether the Audio Mixer moves, and whether Settings, Output, Audio Track 1 is ticked.',
  },
  arrives_late: {
    level: 'warning',
    says: 'The feed is {seconds} s behind: the upload is too slow for this bit rate. In OBS: Settings, Output, Video Bitrate; halve it, or use a cable instead of Wi-Fi.',
  },
  arrives_early: { level: 'warning', says: 'The feed runs {seconds} s ahead of the clock. Send in real time (with ffmpeg: -re).' },
  key_frames_rare: {
    level: 'warning',
    says: 'A key frame comes only every {seconds} s, so the picture starts late. In OBS: Settings, Output, Keyframe Interval: 2 s.',
  },
  on_backup: {
    level: 'warning',
    says: 'The backup is shown, since nothing good comes on the primary input. Look after the primary encoder; it is taken back when it is steady.',
  },
  bit_rate_high: {
    level: 'hint',
    says: '{megabits} Mbit/s is more than many viewers can take. In OBS: Settings, Output, Video Bitrate: {least} to {most} Kbps for {height}p.',
  },
  bit_rate_low: {
    level: 'hint',
    says: 'At {megabits} Mbit/s the picture is coarse when much moves. In OBS: Settings, Output, Video Bitrate: {least} to {most} Kbps for {height}p.',
  },
  frame_rate_low: { level: 'hint', says: 'Only {fps} pictures a second arrive. In OBS: Settings, Video, Common FPS Values: 30 (or 25).' },
  one_encoder: {
    level: 'hint',
    says: 'There is one encoder. A second one with the backup key takes over by itself when this one fails.',
  },
} as const satisfies Record<string, AdviceRow>

export type AdviceCode = keyof typeof advice

const rareKeyFrameSeconds = 2.6
const notableDriftMs = 2_000
const fewFrames = 20
/** Before that, what has not arrived yet may still come. */
const settledMs = 3_000
/** What a picture of a height needs at 30 frames a second and what is enough for it, in kilobits a second. */
const bitRates = [
  { height: 2160, least: 12_000, most: 24_000 },
  { height: 1440, least: 6_000, most: 12_000 },
  { height: 1080, least: 3_500, most: 6_500 },
  { height: 720, least: 1_800, most: 4_500 },
  { height: 0, least: 600, most: 2_500 },
] as const

function* aboutInputs({ inputs, input, choice }: StreamHealth): Generator<[AdviceCode, Details?]> {
  const isGood = (name: InputName): boolean => inputs[name].state === 'live' || inputs[name].state === 'standby'
  if (inputs.primary.state === 'absent' && inputs.backup.state === 'absent') yield ['nothing_sent']
  for (const name of ['primary', 'backup'] as const) if (inputs[name].state === 'silent') yield ['input_silent', { input: name }]
  const other = choice === 'primary' ? 'backup' : 'primary'
  if (choice !== 'auto' && !isGood(choice) && isGood(other)) yield ['chosen_absent', { input: choice, other }]
  if (choice === 'auto' && input === 'backup' && !isGood('primary')) yield ['on_backup']
  if (isGood('primary') && inputs.backup.state === 'absent') yield ['one_encoder']
}

function* aboutFeed(feed: InputHealth): Generator<[AdviceCode, Details?]> {
  const { codec, keyFrameIntervalSeconds, driftMs = 0, bitrate, height, fps } = feed
  if (codec !== undefined && !codec.includes('mp4a')) yield ['no_sound']
  if (codec !== undefined && !codec.includes('avc1')) yield ['no_picture']
  if (Math.abs(driftMs) > notableDriftMs) {
    yield [driftMs > 0 ? 'arrives_late' : 'arrives_early', { seconds: Math.round(Math.abs(driftMs) / 1_000) }]
  }
  if (keyFrameIntervalSeconds !== undefined && keyFrameIntervalSeconds > rareKeyFrameSeconds) {
    yield ['key_frames_rare', { seconds: Math.round(keyFrameIntervalSeconds * 10) / 10 }]
  }
  if (fps !== undefined && fps < fewFrames) yield ['frame_rate_low', { fps: Math.round(fps) }]
  if (bitrate === undefined || height === undefined) return
  const row = bitRates.find((each) => height >= each.height) ?? bitRates[0]
  // Twice the frames need about half as much again.
  const factor = (fps ?? 30) > 40 ? 1.5 : 1
  const details = { least: row.least * factor, most: row.most * factor, height, megabits: Math.round(bitrate / 100_000) / 10 }
  if (bitrate > details.most * 1_300) yield ['bit_rate_high', details]
  if (bitrate < details.least * 500) yield ['bit_rate_low', details]
}

const ranks: readonly AdviceLevel[] = ['problem', 'warning', 'hint']

/** What to do about a stream, the gravest first; nothing where all is well. `now`: Unix milliseconds. */
export function adviseOn(health: StreamHealth, now: number): Advice[] {
  const feed = health.input === undefined ? undefined : health.inputs[health.input]
  const isSettled = now - (feed?.connectedSince ?? now) >= settledMs
  const found = [...aboutInputs(health), ...(feed !== undefined && isSettled ? aboutFeed(feed) : [])]
  return found
    .map(([code, details]) => ({ level: advice[code].level, code, says: inWords(advice[code].says, details) }))
    .sort((one, other) => ranks.indexOf(one.level) - ranks.indexOf(other.level))
}
