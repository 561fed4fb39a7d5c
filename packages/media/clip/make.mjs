// Owns: how the demo clip is made. Run `node packages/media/clip/make.mjs`; needs ffmpeg with libx264 and drawtext, and the DejaVu fonts.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const target = fileURLToPath(new URL('demo.flv', import.meta.url))
const seconds = 24
const fps = 30
const sampleRate = 48_000
// 24 s are exactly 1,125 AAC frames at 48 kHz, so picture and sound end together and the loop has no seam.
const audioFrames = (seconds * sampleRate) / 1024
if (!Number.isInteger(audioFrames)) throw new Error('the loop would have a seam')

const fonts = process.env.VOILA_FONTS ?? '/usr/share/fonts/truetype/dejavu'
const turn = (rounds) => `2*PI*t*${rounds}/${seconds}`

function text({ value, size, x, y, color, bold = false, mono = false }) {
  const font = mono ? 'DejaVuSansMono-Bold.ttf' : bold ? 'DejaVuSans-Bold.ttf' : 'DejaVuSans.ttf'
  return `drawtext=fontfile=${fonts}/${font}:text='${value}':fontsize=${size}:fontcolor=${color}:x=${x}:y=${y}`
}

// The moving elements return to where they began after one round.
const picture = [
  text({ value: 'Voilà', size: 64, x: 96, y: 88, color: 'white', bold: true }),
  text({ value: 'Private live streaming, on your own server', size: 30, x: 96, y: 172, color: 'white@0.72' }),
  text({ value: '%{eif\\:t\\:d\\:2}', size: 260, x: 88, y: 262, color: 'white', bold: true, mono: true }),
  text({ value: '%{eif\\:mod(n\\,30)*100/30\\:d\\:2}', size: 104, x: 426, y: 398, color: 'white@0.6', bold: true, mono: true }),
  text({ value: 'This is the demo clip. Push your own picture with OBS or ffmpeg,', size: 25, x: 96, y: 560, color: 'white@0.72' }),
  text({ value: 'and it takes the place of this one.', size: 25, x: 96, y: 596, color: 'white@0.72' }),
].join(',')

const disc = (size, rgb) =>
  `color=c=${rgb}:s=${size}x${size}:r=${fps},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*clip(${size / 2}-hypot(X-${size / 2},Y-${size / 2}),0,1)'`
const ring = `color=c=white:s=360x360:r=${fps},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='70*clip(3-abs(hypot(X-180,Y-180)-160),0,1)'`

const filters = [
  `gradients=s=1280x720:c0=0x16233f:c1=0x24506b:x0=0:y0=0:x1=1280:y1=720:n=2:speed=0.00001:seed=7:r=${fps}[ground]`,
  `${ring}[ring]`,
  `${disc(64, '0xffb454')}[sun]`,
  `${disc(28, '0x7fd1c7')}[moon]`,
  '[ground][ring]overlay=x=800:y=180:shortest=0[a]',
  `[a][sun]overlay=x='980-32+160*sin(${turn(6)})':y='360-32-160*cos(${turn(6)})'[b]`,
  `[b][moon]overlay=x='980-14+84*sin(-${turn(12)})':y='360-14-84*cos(${turn(12)})'[c]`,
  `[c]${picture},drawbox=x=96:y=672:w=1088:h=4:color=white@0.18:t=fill,format=yuv420p[picture]`,
].join(';')

// A soft chord that breathes, all of whole periods in 24 s, and a short bell at each full second.
const breath = `(0.6+0.4*sin(${turn(3)}))`
const chord = `0.05*sin(2*PI*220*t)+0.035*sin(2*PI*277*t)+0.03*sin(2*PI*330*t)`
const bell = '0.10*sin(2*PI*880*t)*exp(-9*mod(t,1))'
const tone = `aevalsrc='${breath}*(${chord})+${bell}':s=${sampleRate}:c=stereo`

const folder = mkdtempSync(join(tmpdir(), 'voila-clip-'))
const run = (...args) => execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args], { stdio: 'inherit' })

try {
  const video = join(folder, 'video.flv')
  const audio = join(folder, 'audio.flv')
  const keyFrames = ['-g', String(2 * fps), '-keyint_min', String(2 * fps), '-sc_threshold', '0']
  const encoder = [
    '-c:v',
    'libx264',
    '-profile:v',
    'main',
    '-level:v',
    '3.1',
    '-preset',
    'veryslow',
    '-tune',
    'animation',
    '-bf',
    '0',
    '-crf',
    '31',
  ]
  run('-filter_complex', filters, '-map', '[picture]', '-t', String(seconds), ...encoder, ...keyFrames, '-f', 'flv', video)
  // Three rounds of sound, of which the middle one is kept: its first frame then follows its last one as it follows the one before it.
  run('-f', 'lavfi', '-i', tone.replaceAll('\\', ''), '-t', String(3 * seconds), '-c:a', 'aac', '-b:a', '48k', '-f', 'flv', audio)
  writeFileSync(target, weave(tags(readFileSync(video)), tags(readFileSync(audio))))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function tags(file) {
  const found = []
  for (let position = file.readUInt32BE(5) + 4; position + 11 <= file.length; ) {
    const size = file.readUIntBE(position + 1, 3)
    const time = file.readUIntBE(position + 4, 3) + file[position + 7] * 2 ** 24
    found.push({ type: file[position], time, body: file.subarray(position + 11, position + 11 + size) })
    position += 11 + size + 4
  }
  return found
}

function weave(videoTags, audioTags) {
  const pictures = videoTags.filter(({ type, body }) => type === 9 && body[1] === 1)
  const sounds = audioTags.filter(({ type, body }) => type === 8 && body[1] === 1)
  const headers = [
    ...videoTags.filter(({ type, body }) => type === 9 && body[1] === 0),
    ...audioTags.filter(({ type, body }) => type === 8 && body[1] === 0),
  ]
  if (pictures.length !== seconds * fps || headers.length !== 2) throw new Error('ffmpeg made something else')
  // The encoder's priming frame comes first, so the second round begins one frame later.
  const round = sounds.slice(1 + audioFrames, 1 + 2 * audioFrames)
  const timed = [
    ...pictures.map((tag, index) => ({ ...tag, time: Math.round((index * 1000) / fps) })),
    ...round.map((tag, index) => ({ ...tag, time: Math.round((index * 1024 * 1000) / sampleRate) })),
  ].sort((one, other) => one.time - other.time || other.type - one.type)
  const all = [{ type: 18, body: metadata() }, ...headers, ...timed].map(({ type, body, time = 0 }) => encode({ type, body, time }))
  return Buffer.concat([Buffer.from('FLV\x01\x05\0\0\0\x09\0\0\0\0', 'latin1'), ...all])
}

function encode({ type, body, time }) {
  const head = Buffer.alloc(11)
  head[0] = type
  head.writeUIntBE(body.length, 1, 3)
  head.writeUIntBE(time & 0xffffff, 4, 3)
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(11 + body.length)
  return Buffer.concat([head, body, tail])
}

function metadata() {
  const name = (value) => Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)])
  const number = (value) => {
    const out = Buffer.alloc(9)
    out.writeDoubleBE(value, 1)
    return out
  }
  const facts = {
    duration: seconds,
    width: 1280,
    height: 720,
    framerate: fps,
    videocodecid: 7,
    audiocodecid: 10,
    audiosamplerate: sampleRate,
  }
  const members = Object.entries(facts).flatMap(([key, value]) => [name(key), number(value)])
  return Buffer.concat([
    Buffer.from([2]),
    name('onMetaData'),
    Buffer.from([8, 0, 0, 0, members.length / 2]),
    ...members,
    Buffer.from([0, 0, 9]),
  ])
}
