// Owns: feeds made for tests: frames and tags with known times, and the demo clip's own.
import { readFileSync } from 'node:fs'
import { type AudioConfig, readAacConfig } from '../src/codec/aac.ts'
import { readAvcConfig, type VideoConfig } from '../src/codec/avc.ts'
import { demoClip } from '../src/demo-clip.ts'
import { type FlvTag, readFlv } from '../src/flv/tags.ts'
import type { AudioFrame, Frame, VideoFrame } from '../src/hls/segmenter.ts'

export const clipTags: readonly FlvTag[] = [...readFlv(readFileSync(demoClip))]

function configTag(type: number, offset: number): Buffer {
  const tag = clipTags.find((one) => one.type === type && one.body[1] === 0)
  if (tag === undefined) throw new Error('the clip has no such configuration')
  return tag.body.subarray(offset)
}

export const avcRecord: Buffer = configTag(9, 5)
export const aacRecord: Buffer = configTag(8, 2)

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the configuration is not readable')
  return value
}

export const videoConfig: VideoConfig = known(readAvcConfig(avcRecord))
export const audioConfig: AudioConfig = known(readAacConfig(aacRecord))

/** One NAL unit with a length before it, as a frame is. */
export function nal(bytes: number): Buffer {
  const data = Buffer.alloc(4 + bytes, 0x65)
  data.writeUInt32BE(bytes, 0)
  return data
}

export type FeedOptions = {
  seconds: number
  fps?: number
  gopSeconds?: number
  video?: boolean
  audio?: boolean
  fromMs?: number
  videoConfig?: VideoConfig
  audioConfig?: AudioConfig
  compositionMs?: (index: number) => number
}

/** A feed's frames in the order in which they are sent, with times rounded to milliseconds as RTMP does. */
export function frames(options: FeedOptions): Frame[] {
  const { seconds, fps = 25, gopSeconds = 2, video = true, audio = true, fromMs = 0 } = options
  const config = options.videoConfig ?? videoConfig
  const sound = options.audioConfig ?? audioConfig
  const out: Frame[] = []
  const gop = Math.round(gopSeconds * fps)
  const pictures: VideoFrame[] = Array.from({ length: video ? Math.round(seconds * fps) : 0 }, (_, index) => ({
    kind: 'video',
    ms: fromMs + Math.round((index * 1000) / fps),
    compositionMs: options.compositionMs?.(index) ?? 0,
    key: index % gop === 0,
    data: nal(100),
    config,
  }))
  const frameMs = (sound.samplesPerFrame * 1000) / sound.sampleRate
  const sounds: AudioFrame[] = Array.from({ length: audio ? Math.round((seconds * 1000) / frameMs) : 0 }, (_, index) => ({
    kind: 'audio',
    ms: fromMs + Math.round(index * frameMs),
    data: Buffer.alloc(20, 0x21),
    config: sound,
  }))
  out.push(...pictures, ...sounds)
  return out.sort((one, other) => one.ms - other.ms || (one.kind === 'video' ? -1 : 1))
}

/** The body of a video message. */
export function videoTag(options: { key: boolean; data: Buffer; compositionMs?: number }): Buffer {
  const head = Buffer.from([options.key ? 0x17 : 0x27, 1, 0, 0, 0])
  head.writeIntBE(options.compositionMs ?? 0, 2, 3)
  return Buffer.concat([head, options.data])
}

export const videoHeaderTag: Buffer = Buffer.concat([Buffer.from([0x17, 0, 0, 0, 0]), avcRecord])
export const audioHeaderTag: Buffer = Buffer.concat([Buffer.from([0xaf, 0]), aacRecord])

export function audioTag(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xaf, 1]), data])
}

export type FeedTag = { kind: 'audio' | 'video'; timestamp: number; payload: Buffer }

/** The same feed as messages, headers first. */
export function tags(options: FeedOptions): FeedTag[] {
  const { video = true, audio = true, fromMs = 0 } = options
  const out: FeedTag[] = []
  if (video) out.push({ kind: 'video', timestamp: fromMs >>> 0, payload: videoHeaderTag })
  if (audio) out.push({ kind: 'audio', timestamp: fromMs >>> 0, payload: audioHeaderTag })
  for (const frame of frames(options)) {
    const timestamp = frame.ms >>> 0
    if (frame.kind === 'audio') out.push({ kind: 'audio', timestamp, payload: audioTag(frame.data) })
    else out.push({ kind: 'video', timestamp, payload: videoTag(frame) })
  }
  return out
}
