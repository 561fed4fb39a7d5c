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
  /** Polls, quizzes and decks that are prepared for one program, of each kind. */
  preparedItems: 100,
  pollQuestionUnits: 300,
  pollOptionUnits: 120,
  pollOptions: 12,
  /** How long a poll is open, where it closes by itself. */
  pollSecondsMin: 5,
  pollSecondsMax: 3_600,
  /** What somebody writes: an answer, and a word of a cloud. */
  pollTextUnits: 300,
  pollWordUnits: 30,
  /** Words that one person may give to a cloud. */
  pollWords: 5,
  /** Polls in a snapshot: the newest. */
  pollWindow: 12,
  /** Answers of a poll that are shown, the newest; and the words of its cloud, the most frequent. */
  pollTexts: 30,
  pollCloudWords: 60,
  /** A secret poll's tally is published for so many new votes at once, or at its close. */
  pollSecretVotes: 5,
  /** Items that the team has claimed and that are remembered, the newest. */
  moderationClaims: 500,
  /** Words and phrases that a program blocks. */
  blockedWords: 200,
  blockedWordUnits: 60,
  /** Rows of a workbook, which is made in memory; files of comma-separated values have no bound. */
  workbookRows: 50_000,
  quizQuestions: 50,
  quizTextUnits: 300,
  quizOptionUnits: 120,
  quizOptions: 8,
  /** JSON of a whole quiz, which is started by one request. */
  quizContentUnits: 20_000,
  quizPoints: 10_000,
  quizMinSeconds: 5,
  quizMaxSeconds: 300,
  /** The latest that a picture counts as; and how often somebody may tell of it before a question. */
  quizDelayMs: 15_000,
  quizReports: 10,
  quizNicknameUnits: 30,
  quizTop: 10,
  /** Reactions of one kind that one command may carry, and the time between two commands of one attendee. */
  reactionsAtOnce: 20,
  reactionsMs: 1_000,
  /** Kinds that a program offers. */
  reactionKinds: 8,
  /** Minutes of the curve. */
  reactionMinutes: 240,
  /** Slides of one deck, and pictures of slides that one program keeps. */
  deckPages: 300,
  slides: 2_000,
  /** Links to the big screen of one program that work at once. */
  screenLinks: 20,
  questionTextUnits: 500,
  questionAnswerUnits: 2_000,
  questionReplyUnits: 1_000,
  questionReplies: 50,
  questionLabels: 5,
  questionLabelUnits: 30,
  questionSpeakerUnits: 60,
  /** Published questions in a snapshot; older ones are paged. */
  questionWindow: 200,
  questionPage: 50,
  questionEditMs: 60_000,
  /** Questions of one attendee: this many within this time, and so many that stand or wait at one program. */
  questionBurst: 3,
  questionBurstMs: 60_000,
  questionsPerAttendee: 50,
} as const
