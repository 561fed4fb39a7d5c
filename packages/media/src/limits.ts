// Owns: every bound of the media server, with its default and the reason for the number.

/** Bounds that keep one publisher, or many strangers, from harming the others. All are positive numbers. */
export type MediaLimits = {
  /** Open connections of each port, publishing or not. */
  connections: number
  /** Connections that do not publish yet; the oldest of them makes room for the newest, so a flood cannot lock producers out. */
  waitingConnections: number
  /** From accepting the connection to the end of the RTMP handshake (TLS included). */
  handshakeMs: number
  /** From accepting the connection to Publish.Start. */
  publishMs: number
  /** How long the judgement of a stream key may take. */
  authorizeMs: number
  /** A publisher of whom nothing arrives for so long is gone: TCP alone notices a pulled cable after minutes. */
  idleMs: number
  /** A publisher of whom no picture or sound arrives for so long is silent: the other input takes over. */
  silentMs: number
  /** How long the primary input must have been steady before it takes over again from the backup. */
  steadyMs: number
  /** Largest RTMP message before Publish.Start. */
  commandBytes: number
  /** Largest RTMP message afterwards; a key frame of 50 Mbit/s video has about 1 MB. */
  messageBytes: number
  /** RTMP chunk streams of one connection; encoders use at most six. */
  chunkStreams: number
  /** Media kept in memory for one stream, listed and about to expire. */
  streamBytes: number
  /** Length of the playlists. */
  windowSeconds: number
  /** How long a segment can still be fetched after it left the playlists. */
  graceSeconds: number
  /** How long the last picture of a stream without publisher stays in memory. */
  retainMs: number
  /** Streams in memory. */
  streams: number
  /** Requests that wait for a part or playlist of one stream. */
  waitingRequests: number
  /** Longest wait of a request; below the 10 s after which players give up on a first byte. */
  blockMs: number
  /** What waits to be written to disk for one recording; beyond it the disk is too slow and the recording stops. */
  recordingQueueBytes: number
}

export const defaultLimits: MediaLimits = {
  connections: 500,
  waitingConnections: 100,
  handshakeMs: 5_000,
  publishMs: 10_000,
  authorizeMs: 5_000,
  idleMs: 10_000,
  silentMs: 2_000,
  steadyMs: 10_000,
  commandBytes: 64 * 1024,
  messageBytes: 8 * 1024 * 1024,
  chunkStreams: 32,
  streamBytes: 128 * 1024 * 1024,
  windowSeconds: 30,
  graceSeconds: 15,
  retainMs: 30 * 60_000,
  streams: 1_000,
  waitingRequests: 50_000,
  blockMs: 6_000,
  recordingQueueBytes: 32 * 1024 * 1024,
}
