// Owns: what a producer is told about a feed, in words a producer understands.

export type InputName = 'primary' | 'backup'

/** Everything that can be wrong with a feed. `{name}` is filled in. */
export const problems = {
  video_codec: 'The encoder sends {codec}. Set the video codec to H.264.',
  audio_codec: 'The encoder sends {codec} sound, which is left out. Set the audio codec to AAC.',
  video_profile:
    'The picture is coded with more than 8 bits or other than 4:2:0 colours, which many browsers cannot show. Set the color format to NV12.',
  key_frames_rare: 'A key frame comes only every {seconds} s. Set the key frame interval to 2 s.',
  key_frame_missing: 'No key frame has come for {seconds} s, so there is nothing to begin with. Set the key frame interval to 2 s.',
  no_sound: 'No sound arrives. Check the encoder’s audio track.',
  no_picture: 'No picture arrives, only sound. Check the encoder’s video source.',
  arrives_late: 'The feed is {seconds} s behind: the upload is too slow for this bit rate. Lower the bit rate or use a wired connection.',
  arrives_early: 'The feed runs {seconds} s ahead of the clock. Send in real time (with ffmpeg: -re).',
  timestamps_jump: 'The encoder’s clock jumped. Viewers see a short interruption.',
  malformed_media: 'Some of what the encoder sends is damaged and is left out.',
  silent: 'The encoder is connected but sends nothing.',
  connection_lost: 'The connection to the encoder was lost.',
  timed_out: 'Nothing came from the encoder for {seconds} s, so it was disconnected.',
  replaced: 'Another encoder connected with the same stream key and took over.',
  too_large: 'The encoder sent more in one piece than is accepted, so it was disconnected. Lower the bit rate.',
  protocol: 'The encoder did not keep to the protocol and was disconnected.',
  took_over: 'The {from} input stopped, so the {to} input is shown.',
  recording_failed: 'The recording stopped, because the disk cannot be written to. The live stream goes on.',
  recording_full: 'The recording stopped, because the space for recordings is used up. The live stream goes on.',
} as const satisfies Record<string, string>

export type ProblemCode = keyof typeof problems

/** `at` in Unix milliseconds. */
export type Problem = { code: ProblemCode; says: string; at: number }

/** What fills the places of a sentence. */
export type Details = Readonly<Record<string, string | number>>

/** A sentence with its places filled. */
export function inWords(says: string, details: Details = {}): string {
  return says.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''))
}

/** Puts a problem into words. */
export function describeProblem(code: ProblemCode, at: number, details?: Details): Problem {
  return { code, says: inWords(problems[code], details), at }
}

/** What is measured of one publisher. Fields are undefined while unknown. */
export type FeedHealth = {
  /** Unix milliseconds of Publish.Start. */
  connectedSince?: number | undefined
  /** RFC 6381, picture and sound: avc1.64001f,mp4a.40.2 */
  codec?: string | undefined
  width?: number | undefined
  height?: number | undefined
  /** Frames a second. */
  fps?: number | undefined
  /** Bits a second, of what arrives. */
  bitrate?: number | undefined
  keyFrameIntervalSeconds?: number | undefined
  /** How much later than at the start the feed arrives, by its own clock; negative when it runs ahead. Milliseconds. */
  driftMs?: number | undefined
}

/** absent: nobody publishes. silent: connected, and nothing comes. standby: good, and not shown. live: shown. */
export type InputState = 'absent' | 'silent' | 'standby' | 'live'

export type InputHealth = FeedHealth & { state: InputState }

/** How a stream is: the shown feed's measures at the top, both inputs below. */
export type StreamHealth = FeedHealth & {
  live: boolean
  ended: boolean
  /** The input that is shown. */
  input?: InputName | undefined
  /** Who chooses it. */
  choice: InputName | 'auto'
  inputs: Record<InputName, InputHealth>
  recording: boolean
  lastProblem?: Problem | undefined
}
