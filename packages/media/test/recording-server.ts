// Owns: a server process that records the demo clip until it is killed. Arguments: the folder of recordings.
import { fileURLToPath } from 'node:url'
import { createMediaServer, demoClip, publishFlv } from '../src/index.ts'

const directory = process.argv[2] ?? ''

const media = await createMediaServer({
  rtmp: { host: '127.0.0.1', port: 0 },
  authorize: async () => ({ streamId: 'one', input: 'primary' }),
  recordings: { directory, maxBytes: 1e9, maxAgeMs: 1e9, enabled: () => true },
})
const url = `rtmp://127.0.0.1:${media.rtmpPort}/live/key`
await publishFlv({ url, source: fileURLToPath(demoClip), loop: true }).done
