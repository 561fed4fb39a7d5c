// Owns: the numbers that bound what a stranger, an attendee or a page may send, and how often.

export const limits = {
  /** Bytes of a REST body. */
  restBodyBytes: 64 * 1024,
  /** Bytes of one frame from a client. */
  frameBytes: 16 * 1024,
  /** Time a socket has to say hello. */
  helloMs: 5_000,
  /** Frames a socket may send: this many at once, refilled at this rate. */
  framesBurst: 40,
  framesPerSecond: 10,
  /** Bytes that may wait for a slow reader before its socket is closed. */
  socketBufferedBytes: 1024 * 1024,
  /** Sockets of one attendee at one program on one node. */
  socketsPerAttendee: 20,
  beatMs: 15_000,
  /** Entries a node keeps to resume from; further behind, a client gets a snapshot. */
  resumeEntries: 2_000,
  /** Commands that may wait for their batch on one node. */
  waitingCommands: 20_000,
  /** Entries of one batch. */
  batchCommands: 2_000,
  /** Tallies, counts and reactions: at most this often. */
  viewMs: 500,
  presenceMs: 2_000,

  chatTextUnits: 500,
  /** Messages in a snapshot; older ones are paged. */
  chatWindow: 100,
  chatPage: 50,
  chatEditMs: 60_000,
  /** Posts of one attendee: this many within this time. */
  chatBurst: 5,
  chatBurstMs: 10_000,
  chatSlowMaxMs: 10 * 60_000,
  chatExcerptUnits: 140,

  titleUnits: 200,
  descriptionUnits: 4_000,
  nameUnits: 100,
  urlUnits: 2_000,
  originUnits: 300,
  /** What a guest may call himself. */
  guestNameUnits: 60,
  /** How early doors may open: a week. */
  doorsMinutes: 7 * 24 * 60,
  /** Why somebody is kept out, for the team. */
  reasonUnits: 300,
  /** Pages' origins that may embed one program. */
  embedOrigins: 20,
  pageItems: 100,
  emailUnits: 254,
  passwordMinUnits: 12,
  passwordMaxUnits: 128,
  /** A one-time link's own secret. */
  linkUnits: 200,
  /** What the audit log can be filtered by: ids and names of changes. */
  auditFilterUnits: 64,
  /** The name of an attribute of a company's sign-in. */
  attributeUnits: 200,
  /** Pasted metadata of an identity provider. */
  metadataUnits: 512 * 1024,
  /** Bytes of the form with which an identity provider sends somebody back. */
  samlFormBytes: 384 * 1024,
  /** Bytes of a cover or a logo. */
  imageBytes: 2 * 1024 * 1024,
  /** Its width, and its height. */
  imagePixels: 6_000,
  announcementUnits: 300,
  announcementLinkTextUnits: 60,
  /** Past announcements in a snapshot; older ones are paged. */
  announcementWindow: 50,
  backchannelUnits: 1_000,
} as const
