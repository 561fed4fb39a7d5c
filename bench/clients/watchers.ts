// Owns: a process of viewers: they fetch the newest playlist and the newest part, over and over, as fast as they are answered.
import { serve } from '../probe.mjs'
import { WireHttp } from './wire.ts'

/** `mediaUrls`: below which each viewer finds `stream.m3u8` and the parts that it names. */
export type WatchRequest = { mediaUrls: readonly string[]; seconds: number }
export type Watched = { playlists: number; parts: number; bytes: number; seconds: number; failed: number }

serve({
  ready: () => true,
  async watch({ mediaUrls, seconds }: WatchRequest) {
    const watched: Watched = { playlists: 0, parts: 0, bytes: 0, seconds: 0, failed: 0 }
    const started = performance.now()
    const until = started + seconds * 1_000
    async function view(mediaUrl: string): Promise<void> {
      const url = new URL(mediaUrl)
      const http = new WireHttp(url)
      while (performance.now() < until) {
        const list = await http.request('GET', `${url.pathname}stream.m3u8`)
        watched.playlists += 1
        if (list.status !== 200) watched.failed += 1
        const [, newest] =
          [...list.body.toString('latin1', Math.max(0, list.body.length - 1_200)).matchAll(/#EXT-X-PART:[^\n]*URI="([^"]+)"/g)].at(-1) ?? []
        if (newest === undefined) continue
        const part = await http.request('GET', `${url.pathname}${newest}`)
        watched.parts += 1
        watched.bytes += list.body.length + part.body.length
        if (part.status !== 200) watched.failed += 1
      }
      http.close()
    }
    await Promise.all(mediaUrls.map(view))
    watched.seconds = (performance.now() - started) / 1_000
    return watched
  },
})
