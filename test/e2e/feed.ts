// Owns: a feed as an encoder sends it: ffmpeg, a picture and a tone, in real time.
import { type ChildProcess, spawn } from 'node:child_process'

export type Feed = { process: ChildProcess; stop(): Promise<void> }

/** Sends until stopped. `url` ends in the stream key. `small`: for tests in which many look at once, on a machine that decodes for all. */
export function sendFeed(url: string, { small = false }: { small?: boolean } = {}): Feed {
  const picture = ['-re', '-f', 'lavfi', '-i', `testsrc2=size=${small ? '256x144:rate=10' : '640x360:rate=25'}`]
  const tone = ['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000']
  const coding = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-pix_fmt',
    'yuv420p',
    '-b:v',
    '500k',
    '-g',
    small ? '20' : '50',
  ]
  const process = spawn('ffmpeg', ['-loglevel', 'error', ...picture, ...tone, ...coding, '-c:a', 'aac', '-f', 'flv', url], {
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => process.once('close', () => resolve()))
  return {
    process,
    stop() {
      process.kill('SIGTERM')
      return ended
    },
  }
}
