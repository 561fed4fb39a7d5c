import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAacConfig, silence } from '../src/codec/aac.ts'
import { isWholeAvcFrame, readAvcConfig } from '../src/codec/avc.ts'
import { readAudioTag, readFlv, readVideoTag } from '../src/flv/tags.ts'
import { AudioClock, exactFrameRate, Unwrapper, VideoClock } from '../src/hls/clock.ts'
import { aacRecord, audioHeaderTag, avcRecord, clipTags, nal, videoHeaderTag, videoTag } from './feed.ts'

const seeded = { seed: 20_260_103, numRuns: 2_000 }

const enhanced = (packet: number, code: string, ...rest: number[]): Buffer =>
  Buffer.concat([Buffer.from([0x90 | packet]), Buffer.from(code, 'latin1'), Buffer.from(rest)])

describe('FLV tags', () => {
  test.each<[string, Buffer, object]>([
    ['a configuration', videoHeaderTag, { type: 'config', record: avcRecord }],
    ['a key frame', videoTag({ key: true, data: nal(3), compositionMs: 66 }), { type: 'frame', key: true, compositionMs: 66 }],
    [
      'a frame that shows before its decoding time',
      videoTag({ key: false, data: nal(3), compositionMs: -40 }),
      { type: 'frame', key: false, compositionMs: -40 },
    ],
    ['the end of a sequence', Buffer.from([0x17, 2, 0, 0, 0]), { type: 'other' }],
    ['a command frame', Buffer.from([0x57, 0]), { type: 'other' }],
    ['nothing at all', Buffer.alloc(0), { type: 'other' }],
    ['a head without a body', Buffer.from([0x17, 1]), { type: 'malformed' }],
    ['HEVC in the old way', Buffer.from([0x1c, 0, 0, 0, 0]), { type: 'unsupported', codec: 'HEVC (H.265)' }],
    ['HEVC by Enhanced RTMP', enhanced(0, 'hvc1', 1, 2), { type: 'unsupported', codec: 'HEVC (H.265)' }],
    ['AV1 by Enhanced RTMP', enhanced(0, 'av01', 1, 2), { type: 'unsupported', codec: 'AV1' }],
    ['VP9 by Enhanced RTMP', enhanced(1, 'vp09', 1, 2), { type: 'unsupported', codec: 'VP9' }],
    ['a codec nobody knows', enhanced(1, 'x\0"<', 1), { type: 'unsupported', codec: 'video codec x???' }],
    ['H.264 by Enhanced RTMP, configuration', enhanced(0, 'avc1', 7), { type: 'config', record: Buffer.from([7]) }],
    [
      'H.264 by Enhanced RTMP, frame',
      enhanced(1, 'avc1', 0xff, 0xff, 0xfe, 9),
      { type: 'frame', key: true, compositionMs: -2, data: Buffer.from([9]) },
    ],
    [
      'H.264 by Enhanced RTMP, frame without offset',
      enhanced(3, 'avc1', 9),
      { type: 'frame', key: true, compositionMs: 0, data: Buffer.from([9]) },
    ],
    ['Enhanced RTMP metadata', enhanced(4, 'avc1', 9), { type: 'other' }],
    ['a further track of Enhanced RTMP', enhanced(6, 'hvc1', 9), { type: 'other' }],
    ['Enhanced RTMP cut off', Buffer.from([0x90, 0x61]), { type: 'malformed' }],
  ])('video: %s', (_, body, expected) => {
    expect(readVideoTag(body)).toMatchObject(expected)
  })

  test.each<[string, Buffer, object]>([
    ['a configuration', audioHeaderTag, { type: 'config', record: aacRecord }],
    ['a frame', Buffer.from([0xaf, 1, 5, 6]), { type: 'frame', data: Buffer.from([5, 6]) }],
    ['an empty frame', Buffer.from([0xaf, 1]), { type: 'other' }],
    ['MP3', Buffer.from([0x2f, 1, 2]), { type: 'unsupported', codec: 'MP3' }],
    ['Speex', Buffer.from([0xb2, 1]), { type: 'unsupported', codec: 'Speex' }],
    ['Opus by Enhanced RTMP', Buffer.concat([Buffer.from([0x90]), Buffer.from('Opus')]), { type: 'unsupported', codec: 'Opus' }],
    [
      'AAC by Enhanced RTMP',
      Buffer.concat([Buffer.from([0x91]), Buffer.from('mp4a'), Buffer.from([4])]),
      { type: 'frame', data: Buffer.from([4]) },
    ],
    ['a further track of Enhanced RTMP', Buffer.concat([Buffer.from([0x95]), Buffer.from('mp4a')]), { type: 'other' }],
  ])('audio: %s', (_, body, expected) => {
    expect(readAudioTag(body)).toMatchObject(expected)
  })

  test('arbitrary bytes are judged without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        const body = Buffer.from(noise)
        expect(readVideoTag(body).type).toMatch(/config|frame|unsupported|malformed|other/)
        expect(readAudioTag(body).type).toMatch(/config|frame|unsupported|malformed|other/)
      }),
      seeded,
    )
  })

  test('a file cut off anywhere yields its whole tags and no error', () => {
    const head = Buffer.from('FLV\x01\x05\0\0\0\x09\0\0\0\0', 'latin1')
    const tag = Buffer.concat([Buffer.from([9, 0, 0, 4, 0, 0, 1, 2, 0, 0, 0]), Buffer.alloc(4, 7), Buffer.alloc(4)])
    const file = Buffer.concat([head, tag, tag])
    for (let length = 13; length <= file.length; length++) {
      const tags = [...readFlv(file.subarray(0, length))]
      expect(tags.length).toBe(length >= 13 + 19 + 15 ? 2 : length >= 13 + 15 ? 1 : 0)
    }
    expect(() => [...readFlv(Buffer.from('no FLV at all'))]).toThrow('not an FLV file')
  })
})

describe('the demo clip', () => {
  test('loops without a seam: 24 s of picture, 24 s of sound, a key frame each 2 s', () => {
    const pictures = clipTags.filter(({ type, body }) => type === 9 && body[1] === 1)
    const sounds = clipTags.filter(({ type, body }) => type === 8 && body[1] === 1)
    expect(pictures).toHaveLength(24 * 30)
    expect(sounds.length * 1024).toBe(24 * 48_000)
    expect(pictures.filter(({ body }) => body[0] === 0x17).map(({ timestamp }) => timestamp)).toEqual(
      Array.from({ length: 12 }, (_, index) => index * 2_000),
    )
    expect(readAvcConfig(avcRecord)).toMatchObject({ codec: 'avc1.4d401f', width: 1280, height: 720, framesPerSecond: 30, common: true })
    expect(readAacConfig(aacRecord)).toMatchObject({ codec: 'mp4a.40.2', sampleRate: 48_000, channels: 2 })
  })
})

describe('H.264', () => {
  const sps = (hex: string): Buffer => {
    const bytes = Buffer.from(hex, 'hex')
    const length = Buffer.alloc(2)
    length.writeUInt16BE(bytes.length)
    return Buffer.concat([Buffer.from([1, bytes[1] ?? 0, bytes[2] ?? 0, bytes[3] ?? 0, 0xff, 0xe1]), length, bytes, Buffer.from([1, 0, 0])])
  }

  // Parameter sets as x264 writes them.
  test.each<[string, string, object]>([
    [
      'baseline 640x360',
      '6742c01ed900a02ff970110000030001000003003c0f162e48',
      { codec: 'avc1.42c01e', width: 640, height: 360, framesPerSecond: 30, common: true },
    ],
    [
      'high 1920x1080, cropped',
      '6764002aacd940780227e5c04400000fa4000753003c60c658',
      { codec: 'avc1.64002a', width: 1920, height: 1080, framesPerSecond: 60_000 / 1001, common: true },
    ],
    [
      'interlaced 720x576 with wide pixels',
      '674d401eeca05a126ffc010000b440000003004000000c87c50a6580',
      { width: 720, height: 576, pixelAspect: { width: 64, height: 45 }, framesPerSecond: 25 },
    ],
    ['4:4:4', '67f4000c919b282833f1b808800000030080000019078a14cb', { width: 320, height: 180, common: false }],
    ['10 bits', '676e000ca6cd941419f9f011000003000100000300320f142996', { width: 320, height: 180, common: false }],
  ])('%s', (_, hex, expected) => {
    expect(readAvcConfig(sps(hex))).toMatchObject(expected)
  })

  test('arbitrary and mutated records are read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(), fc.nat(255), (noise, at, byte) => {
        readAvcConfig(Buffer.from(noise))
        const mutated = Buffer.from(avcRecord)
        mutated[at % mutated.length] = byte
        const config = readAvcConfig(mutated)
        if (config !== undefined) expect(config.width * config.height).toBeGreaterThan(0)
      }),
      seeded,
    )
  })

  test.each<[string, Buffer, boolean]>([
    ['one unit', nal(5), true],
    ['two units', Buffer.concat([nal(5), nal(1)]), true],
    ['nothing', Buffer.alloc(0), false],
    ['a unit cut off', nal(5).subarray(0, 7), false],
    ['bytes left over', Buffer.concat([nal(5), Buffer.from([0, 0])]), false],
    ['an empty unit', Buffer.alloc(4), false],
    ['start codes instead of lengths', Buffer.from([0, 0, 0, 1, 0x65, 0x88, 0x84]), false],
  ])('a frame of %s is whole: %s', (_, data, expected) => {
    expect(isWholeAvcFrame(data, 4)).toBe(expected)
  })
})

describe('AAC', () => {
  test.each<[string, number[], object | undefined]>([
    ['LC, 44.1 kHz, stereo', [0x12, 0x10], { codec: 'mp4a.40.2', sampleRate: 44_100, channels: 2, samplesPerFrame: 1024 }],
    ['LC, 48 kHz, mono', [0x11, 0x88], { sampleRate: 48_000, channels: 1 }],
    ['LC, 48 kHz, 5.1', [0x11, 0xb0], { channels: 6 }],
    ['HE-AAC, told explicitly', [0x2b, 0x11, 0x88, 0x00], { codec: 'mp4a.40.5', sampleRate: 24_000, channels: 2 }],
    ['LC with frames of 960 samples', [0x11, 0x94], { samplesPerFrame: 960 }],
    ['nothing', [], undefined],
    ['an object type that is no AAC', [0xf8, 0x00, 0x00], undefined],
    ['a reserved sample rate', [0x17, 0x90], undefined],
  ])('%s', (_, bytes, expected) => {
    const config = readAacConfig(Buffer.from(bytes))
    if (expected === undefined) expect(config).toBeUndefined()
    else expect(config).toMatchObject(expected)
  })

  test('our silence is what its record says', () => {
    expect(readAacConfig(silence.config.record)).toEqual(silence.config)
  })

  test('arbitrary records are read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (noise) => {
        const config = readAacConfig(Buffer.from(noise))
        if (config !== undefined) expect(config.sampleRate).toBeGreaterThanOrEqual(7_350)
      }),
      seeded,
    )
  })
})

describe('clocks', () => {
  test('timestamps go on over the 32-bit wrap, and back over it', () => {
    const clock = new Unwrapper()
    expect([0xfffffff0, 0xffffffff, 0x10, 0xfffffffa, 0x20].map((time) => clock.next(time))).toEqual([
      0xfffffff0, 0xffffffff, 0x100000010, 0xfffffffa, 0x100000020,
    ])
  })

  test('a frame dropped by the encoder leaves its place', () => {
    const clock = new VideoClock(30_000 / 1001)
    expect([0, 33, 100, 133].map((ms) => clock.next(ms))).toEqual([0, 3_003, 9_009, 12_012])
  })

  test('decoding times grow strictly, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 2 }),
        fc.option(fc.constantFrom(25, 29.97, 60), { nil: undefined }),
        (times, rate) => {
          const clock = new VideoClock(exactFrameRate(rate))
          const ticks = times.map((ms) => clock.next(ms))
          ticks.slice(1).forEach((tick, index) => {
            expect(tick).toBeGreaterThan(ticks[index] ?? 0)
          })
        },
      ),
      { ...seeded, numRuns: 300 },
    )
  })

  test('a gap in the sound stays a gap, and what is long past is left out', () => {
    const clock = new AudioClock({ sampleRate: 48_000, samplesPerFrame: 1024 })
    expect([0, 21, 43, 1_000, 700, 1_021].map((ms) => clock.next(ms))).toEqual([0, 1_024, 2_048, 48_000, undefined, 49_024])
  })

  test.each([
    [29.97, 30_000 / 1001],
    [29.97002997, 30_000 / 1001],
    [23.976, 24_000 / 1001],
    [59.94, 60_000 / 1001],
    [25, 25],
    [15, 15],
    [0, undefined],
    [Number.NaN, undefined],
    [1_000, undefined],
  ])('a frame rate of %d means %d', (told, exact) => {
    expect(exactFrameRate(told)).toBe(exact)
  })
})
