// Owns: gated playlists and parts the usual way: Express, a jsonwebtoken (HS256) in the path, the bytes in memory.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import jsonwebtoken from 'jsonwebtoken'
import { serve } from '../probe.mjs'

export type UsualMedia = { secret: string; playlist: string; partBytes: number }

let media: UsualMedia
let part: Buffer = Buffer.alloc(0)
const app = express()
app.use('/media/:token', (request, response, next) => {
  try {
    jsonwebtoken.verify(request.params.token, media.secret, { algorithms: ['HS256'] })
    next()
  } catch {
    response.sendStatus(403)
  }
})
app.get('/media/:token/stream.m3u8', (_request, response) => {
  response.type('application/vnd.apple.mpegurl').set('cache-control', 'no-store').send(media.playlist)
})
app.get('/media/:token/:ingest/:part', (_request, response) => {
  response.type('video/mp4').set('cache-control', 'max-age=60').send(part)
})
const server = createServer(app)
server.listen(0, '127.0.0.1')

serve({
  ready: () => true,
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  setUp(given: UsualMedia) {
    media = given
    part = Buffer.alloc(given.partBytes, 1)
  },
})
