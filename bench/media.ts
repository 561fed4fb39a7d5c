// Owns: how many gated playlists and parts one node answers, and how many viewers that is.
import jsonwebtoken from 'jsonwebtoken'
import type { Watched, WatchRequest } from './clients/watchers.ts'
import { openFeed } from './feed.ts'
import type { UsualMedia } from './peers/media.ts'
import { type Child, startChild } from './process.ts'
import { type Row, type RowOptions, versioned } from './row.ts'
import { openStage } from './stage.ts'

/** Parts of 0.3 s: a low-latency viewer asks for so many parts, and for as many playlists, a second. */
const requestsPerViewer = 2 / 0.3
const viewers = 64

type Rate = { readonly perSecond: number; readonly perCpuSecond: number; readonly bytesPerPair: number }

async function watch(server: Child, mediaUrls: readonly string[], seconds: number): Promise<Rate> {
  const client = await startChild('./clients/watchers.ts')
  try {
    await client.ask('watch', { mediaUrls, seconds: Math.min(2, seconds) } satisfies WatchRequest)
    const before = await server.cpuSeconds()
    const watched = await client.ask<Watched>('watch', { mediaUrls, seconds } satisfies WatchRequest)
    const used = (await server.cpuSeconds()) - before
    if (watched.failed > 0) throw new Error(`${watched.failed} requests were refused`)
    const requests = watched.playlists + watched.parts
    return { perSecond: requests / watched.seconds, perCpuSecond: requests / used, bytesPerPair: watched.bytes / watched.parts }
  } finally {
    await client.stop()
  }
}

async function both({ quick, say }: RowOptions): Promise<{ mine: Rate; theirs: Rate }> {
  const seconds = quick ? 0.5 : 10
  const count = quick ? 4 : viewers
  const stage = await openStage()
  try {
    const feed = await openFeed(stage)
    try {
      say(`${count} viewers as fast as they are answered, here`)
      const mine = await watch(stage.server, await feed.mediaUrls(count), seconds)
      say(`${count} viewers as fast as they are answered, the usual way`)
      const usual = await startChild('./peers/media.ts')
      try {
        const secret = 'a secret of the usual length, for HS256'
        const partBytes = Math.max(1, Math.round(mine.bytesPerPair - feed.playlist.length))
        await usual.ask('setUp', { secret, playlist: feed.playlist, partBytes } satisfies UsualMedia)
        const url = await usual.ask<string>('url')
        const urls = Array.from(
          { length: count },
          (_, n) => `${url}/media/${jsonwebtoken.sign({ sub: `viewer-${n}` }, secret, { expiresIn: 120 })}/`,
        )
        return { mine, theirs: await watch(usual, urls, seconds) }
      } finally {
        await usual.stop()
      }
    } finally {
      await feed.stop()
    }
  } finally {
    await stage.close()
  }
}

export const media: Row = {
  title: 'gated playlists and parts of a live feed over HTTP, from one node',
  async run(options) {
    const { mine, theirs } = await both(options)
    const peer = `${versioned('express')}, ${versioned('jsonwebtoken')} (HS256)`
    return {
      measured: [
        { what: 'ours', value: mine.perSecond, unit: '/s' },
        { what: 'ours, of the server’s CPU', value: mine.perCpuSecond, unit: '/CPU-s' },
        { what: 'that is, with parts of 0.3 s', value: mine.perSecond / requestsPerViewer, unit: 'viewers' },
        { what: 'a playlist and its newest part', value: mine.bytesPerPair / 1024, unit: 'KB' },
        { what: 'peer', peer, value: theirs.perSecond, unit: '/s', ratio: mine.perSecond / theirs.perSecond },
        { what: 'peer, of CPU', peer, value: theirs.perCpuSecond, unit: '/CPU-s', ratio: mine.perCpuSecond / theirs.perCpuSecond },
      ],
      claims: [
        { says: 'answered a second', is: mine.perSecond, unit: '/s', atLeast: 10_000 },
        { says: 'answered a CPU-second of the server', is: mine.perCpuSecond, unit: '/CPU-s', atLeast: 10_000 },
      ],
    }
  },
}
