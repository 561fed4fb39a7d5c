// Owns: the time as a strip of black and white blocks in a picture, and its reading from a video in a page.
import { type ChildProcess, spawn } from 'node:child_process'

const width = 640
const height = 360
const framesPerSecond = 30
const block = 16
/** 2^40 ms is 34 years: enough to tell any two times apart. A second row shows each bit inverted, so that a wrong reading is noticed. */
const bits = 40

function drawTime(frame: Buffer, at: number): void {
  const time = at % 2 ** bits
  for (let bit = 0; bit < bits; bit++) {
    const isSet = Math.floor(time / 2 ** bit) % 2 === 1
    for (let y = 0; y < 2 * block; y++) {
      const isWhite = y < block ? isSet : !isSet
      frame.fill(isWhite ? 235 : 16, y * width + bit * block, y * width + (bit + 1) * block)
    }
  }
}

/** Encodes the clock live with ffmpeg, H.264 and AAC with key frames every 2 s, as an encoder on site would, and pushes it to `url`. */
export function publishClock(url: string): { stop(): Promise<void> } {
  const picture = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${height}`, '-r', String(framesPerSecond), '-i', 'pipe:0']
  const sound = ['-re', '-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo']
  const video = ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '60', '-b:v', '1500k']
  const ffmpeg: ChildProcess = spawn(
    'ffmpeg',
    ['-loglevel', 'error', '-fflags', 'nobuffer', ...picture, ...sound, ...video, '-c:a', 'aac', '-b:a', '96k', '-f', 'flv', url],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  )
  const ended = new Promise<void>((resolve) => ffmpeg.once('close', () => resolve()))
  ffmpeg.stdin?.on('error', () => undefined)
  const started = performance.now()
  let drawn = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) * framesPerSecond) / 1_000)
    for (; drawn <= due; drawn++) {
      const frame = Buffer.alloc(width * height, 128)
      drawTime(frame, Date.now())
      ffmpeg.stdin?.write(frame)
    }
  }, 5)
  return {
    async stop() {
      clearInterval(timer)
      ffmpeg.kill('SIGKILL')
      await ended
    },
  }
}

/** Run in a page: for `seconds`, the age in ms of each frame of its video as it comes to be shown. */
export function readAges(seconds: number): Promise<number[]> {
  const [strip, side] = [40, 16]
  const video = document.querySelector('video')
  const canvas = document.createElement('canvas')
  canvas.width = strip * side
  canvas.height = 2 * side
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const ages: number[] = []
  return new Promise((resolve, reject) => {
    if (video === null || context === null) return reject(new Error('there is no video'))
    const until = performance.now() + seconds * 1_000
    const look = (_now: number, { expectedDisplayTime }: VideoFrameCallbackMetadata): void => {
      const shownAt = performance.timeOrigin + Math.max(expectedDisplayTime, performance.now())
      const scale = video.videoWidth / canvas.width
      context.drawImage(video, 0, 0, video.videoWidth, 2 * side * scale, 0, 0, canvas.width, canvas.height)
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
      const isWhite = (bit: number, row: number): boolean =>
        (data[((row * side + side / 2) * canvas.width + bit * side + side / 2) * 4] ?? 0) > 127
      let time = 0
      let isSure = true
      for (let bit = 0; bit < strip; bit++) {
        isSure &&= isWhite(bit, 0) !== isWhite(bit, 1)
        if (isWhite(bit, 0)) time += 2 ** bit
      }
      if (isSure) ages.push((shownAt - time) % 2 ** strip)
      if (performance.now() < until) video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
    setTimeout(() => resolve(ages), seconds * 1_000 + 500)
  })
}
