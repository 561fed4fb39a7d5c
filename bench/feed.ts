// Owns: a feed that loops into a platform, and what a viewer of it knows at once.
import { fileURLToPath } from 'node:url'
import { demoClip, publishFlv } from '@voila/media'
import { signToken } from '@voila/tokens'
import type { Invitation, Stage } from './stage.ts'

const patienceMs = 30_000

/** Publishes the demo clip until `stop`; resolves once a playlist with parts is there, with the address of one viewer's media. */
export async function openFeed(
  stage: Stage,
): Promise<{ mediaUrls(count: number): Promise<string[]>; playlist: string; stop(): Promise<void> }> {
  const feed = publishFlv({ url: stage.feedUrl, source: fileURLToPath(demoClip), loop: true })
  feed.done.catch(() => undefined)
  try {
    const mediaUrls = (count: number): Promise<string[]> => Promise.all(Array.from({ length: count }, (_, n) => admit(stage.invitation, n)))
    const [url = ''] = await mediaUrls(1)
    for (const until = performance.now() + patienceMs; ; ) {
      const answer = await fetch(`${url}stream.m3u8`)
      const playlist = await answer.text()
      if (answer.ok && playlist.split('#EXTINF').length > 3) return { mediaUrls, playlist, stop: feed.stop }
      if (performance.now() > until) throw new Error(`there is no playlist: ${answer.status}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  } catch (error) {
    await feed.stop()
    throw error
  }
}

/** The address below which a new viewer finds playlists and parts. */
async function admit({ url, organizationId, programId, kid, privateKey }: Invitation, n: number): Promise<string> {
  const token = signToken(
    { organization_id: organizationId, given_name: 'Viewer', sub: `viewer-${n}`, roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }] },
    { privateKey, kid, expiresInSeconds: 3_600 },
  )
  const answer = await fetch(`${url}/api/programs/${programId}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  const { media } = (await answer.json()) as { media: { url: string } }
  return `${url}${media.url.replace('live.m3u8', '')}`
}
