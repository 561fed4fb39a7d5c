// Owns: every refusal there is: its HTTP status, its socket close code, whether to try again, and what a person is told.

/** What the other side may do: nothing, come back with a new token, try again later, or connect again at once. */
export type Retry = 'never' | 'new-token' | 'later' | 'reconnect'

export type ErrorRow = {
  /** HTTP status (RFC 9110), also of the refusal page. */
  readonly status: number
  /** WebSocket close code, where the refusal ends a socket. 4000-4399 and 1009: terminal by row; see {@link Retry}. */
  readonly close?: number
  readonly retry: Retry
  /** One or two sentences that a viewer may read: what happened, then what to do. Names no secret. */
  readonly says: string
}

const brokenLink = 'This link is damaged. Open the event again from your company’s site.'
const notProven = 'This link could not be verified. Open the event again from your company’s site.'
const otherKey = 'This link was signed with a key that this platform does not know. Tell the person who sent it to you.'
const askOrganizer = 'This link does not give access to this event. Ask the organizer for the right one.'
const badKey = 'This text is not a P-256 public key that can be used.'

/** The closed table. Status: 400 broken, 401 not proven, 403 proven but not allowed, 404, 409, 413, 429, 5xx ours. */
export const errors = {
  // Attendee tokens, in the order in which they are checked.
  too_large: { status: 413, retry: 'never', says: 'What was sent is too large.' },
  malformed: { status: 400, retry: 'new-token', says: brokenLink },
  signature_missing: { status: 401, retry: 'new-token', says: brokenLink },
  encoding: { status: 400, retry: 'new-token', says: brokenLink },
  header_json: { status: 400, retry: 'new-token', says: brokenLink },
  header_alg: { status: 401, retry: 'new-token', says: notProven },
  header_crit: { status: 401, retry: 'new-token', says: notProven },
  header_typ: { status: 401, retry: 'new-token', says: notProven },
  kid_missing: { status: 401, retry: 'new-token', says: notProven },
  kid_format: { status: 401, retry: 'new-token', says: notProven },
  kid_unknown: { status: 401, retry: 'new-token', says: otherKey },
  signature_length: { status: 401, retry: 'new-token', says: notProven },
  signature: { status: 401, retry: 'new-token', says: notProven },
  key_revoked: {
    status: 403,
    close: 4403,
    retry: 'never',
    says: 'This link was made with a key that is no longer accepted. Ask the organizer for a new one.',
  },
  key_expired: {
    status: 401,
    retry: 'new-token',
    says: 'This link was made with a key that has expired. Ask the organizer for a new one.',
  },
  payload_json: { status: 400, retry: 'new-token', says: brokenLink },
  claim_missing: { status: 400, retry: 'new-token', says: brokenLink },
  claim_type: { status: 400, retry: 'new-token', says: brokenLink },
  claim_range: { status: 400, retry: 'new-token', says: brokenLink },
  claim_length: { status: 400, retry: 'new-token', says: brokenLink },
  claim_text: { status: 400, retry: 'new-token', says: brokenLink },
  claim_email: { status: 400, retry: 'new-token', says: brokenLink },
  expired: {
    status: 401,
    close: 4419,
    retry: 'new-token',
    says: 'This link has expired. Open the event again from your company’s site.',
  },
  not_yet_valid: { status: 401, retry: 'later', says: 'This link is not valid yet. Try again in a few minutes.' },
  issued_in_future: { status: 401, retry: 'later', says: 'This link is not valid yet. Try again in a few minutes.' },
  lifetime: { status: 401, retry: 'new-token', says: notProven },
  lifetime_too_long: { status: 401, retry: 'new-token', says: notProven },
  token_use: { status: 403, retry: 'new-token', says: askOrganizer },
  organization_mismatch: { status: 403, retry: 'new-token', says: askOrganizer },
  event_mismatch: { status: 403, retry: 'new-token', says: 'This link is for another event. Ask the organizer for the right one.' },
  role_not_allowed: { status: 403, retry: 'new-token', says: askOrganizer },

  // Partner keys.
  private_key: {
    status: 400,
    retry: 'never',
    says: 'This is a private key, and it has now been shown to somebody else. Make a new pair, and paste its public half.',
  },
  certificate: { status: 400, retry: 'never', says: 'This is a certificate. Paste the public key alone.' },
  several_keys: { status: 400, retry: 'never', says: 'There is more than one key here. Paste one public key.' },
  not_pem: { status: 400, retry: 'never', says: 'This is not a PEM. Copy the BEGIN and END lines too.' },
  not_p256: { status: 400, retry: 'never', says: `${badKey} Make the pair with the curve prime256v1.` },
  invalid_point: { status: 400, retry: 'never', says: `${badKey} Its point is not on the curve: a character may have changed.` },
  known_key: { status: 400, retry: 'never', says: 'This is a published example key: anybody can sign with it. Make a pair of your own.' },
  key_taken: { status: 409, retry: 'never', says: 'This public key is declared already.' },

  // Entering.
  token_missing: {
    status: 401,
    retry: 'new-token',
    says: 'This event is private. Open it from your company’s site.',
  },
  subject_mismatch: {
    status: 403,
    retry: 'new-token',
    says: 'This link is for somebody else than the person who is here. Leave the event first.',
  },
  session_missing: {
    status: 401,
    close: 4401,
    retry: 'new-token',
    says: 'You are not signed in to this event. Open it from your company’s site.',
  },
  session_expired: {
    status: 401,
    close: 4419,
    retry: 'new-token',
    says: 'Your time at this event has run out. Open it again from your company’s site.',
  },
  session_revoked: { status: 403, close: 4403, retry: 'never', says: 'Your access to this event was ended by its organizer.' },
  session_replaced: {
    status: 403,
    close: 4409,
    retry: 'never',
    says: 'You opened this event somewhere else. To go on here, open it again from your company’s site.',
  },
  already_here: {
    status: 409,
    retry: 'later',
    says: 'You are at this event already, in another place. Close it there, then open it here again.',
  },
  token_used: {
    status: 403,
    retry: 'new-token',
    says: 'This link has been used in another browser. Open the event again from your company’s site.',
  },
  token_revoked: {
    status: 403,
    close: 4403,
    retry: 'never',
    says: 'This link is no longer accepted. Ask the organizer for a new one.',
  },
  issued_before: {
    status: 403,
    close: 4403,
    retry: 'never',
    says: 'This link was made too long ago and is no longer accepted. Open the event again from your company’s site.',
  },
  attendee_revoked: {
    status: 403,
    close: 4403,
    retry: 'never',
    says: 'Your access was ended by the organizer. Ask the organizer if you think that this is a mistake.',
  },
  doors_closed: { status: 403, retry: 'later', says: 'The doors of this event are not open yet. Come back when they are.' },
  name_needed: { status: 400, retry: 'never', says: 'Choose a name under which the others see you.' },
  name_taken: { status: 409, retry: 'never', says: 'This is the name of somebody on the team. Choose another.' },
  program_unknown: { status: 404, retry: 'never', says: 'There is no event at this address. Check the link.' },
  keys_off: { status: 403, retry: 'never', says: 'This event does not accept links at the moment. Ask the organizer how to get in.' },
  program_not_open: { status: 403, retry: 'later', says: 'This event is not open yet. Try again later.' },
  program_closed: { status: 403, close: 4410, retry: 'never', says: 'There is no picture at this event now.' },
  program_archived: { status: 403, close: 4410, retry: 'never', says: 'This event is over and has been put away.' },
  origin_denied: { status: 403, retry: 'never', says: 'This page may not connect to this event.' },

  // Signing in with a company account (SAML 2.0), in the order in which an answer is judged.
  saml_off: { status: 403, retry: 'never', says: 'This event does not open with a company account. Ask the organizer how to get in.' },
  saml_malformed: { status: 400, retry: 'new-token', says: 'The answer of your company’s sign-in could not be read. Sign in again.' },
  saml_status: { status: 403, retry: 'new-token', says: 'Your company’s sign-in did not let you in. Try again, or ask its administrator.' },
  saml_browser: { status: 401, retry: 'new-token', says: 'This sign-in was begun in another browser, or too long ago. Sign in again.' },
  saml_unsolicited: { status: 401, retry: 'new-token', says: 'This sign-in was not begun here. Open the event, and sign in from there.' },
  saml_algorithm: { status: 401, retry: 'new-token', says: 'Your company’s sign-in could not be verified. Tell its administrator.' },
  saml_signature: { status: 401, retry: 'new-token', says: 'Your company’s sign-in could not be verified. Sign in again.' },
  saml_issuer: {
    status: 401,
    retry: 'new-token',
    says: 'This sign-in is of another company. Sign in with the account of the one that invites you.',
  },
  saml_recipient: {
    status: 403,
    retry: 'new-token',
    says: 'This sign-in was made for another site. Open the event, and sign in from there.',
  },
  saml_audience: {
    status: 403,
    retry: 'new-token',
    says: 'This sign-in was made for another site. Open the event, and sign in from there.',
  },
  saml_expired: { status: 401, retry: 'new-token', says: 'This sign-in took too long. Sign in again.' },
  saml_not_yet_valid: { status: 401, retry: 'later', says: 'This sign-in is not valid yet. Try again in a few minutes.' },
  saml_replayed: { status: 403, retry: 'new-token', says: 'This sign-in has been used already. Sign in again.' },
  saml_attribute: { status: 403, retry: 'new-token', says: 'Your company’s sign-in did not say who you are. Tell its administrator.' },

  // Media.
  credential_missing: { status: 401, retry: 'never', says: 'This address of the picture is not complete. Reload the page.' },
  credential_malformed: { status: 400, retry: 'never', says: 'This address of the picture is damaged. Reload the page.' },
  credential_expired: { status: 401, retry: 'later', says: 'This address of the picture has expired. Reload the page.' },
  credential_forged: { status: 403, retry: 'never', says: 'This address of the picture is not genuine.' },

  // Taking part.
  activities_closed: { status: 403, retry: 'later', says: 'This is closed at the moment.' },
  activity_off: { status: 403, retry: 'later', says: 'This is switched off at this event.' },
  watch_only: { status: 403, retry: 'never', says: 'Guests watch this event and do not take part in it.' },
  not_allowed: { status: 403, retry: 'never', says: 'You may not do this.' },
  chat_closed: { status: 403, retry: 'later', says: 'The chat is closed at the moment.' },
  chat_muted: { status: 403, retry: 'never', says: 'The team has muted you in the chat.' },
  chat_too_fast: { status: 429, retry: 'later', says: 'You can write again in a moment.' },
  chat_message_gone: { status: 404, retry: 'never', says: 'This message is no longer there.' },
  chat_edit_closed: { status: 403, retry: 'never', says: 'This message can no longer be edited.' },

  questions_closed: { status: 403, retry: 'later', says: 'No questions are taken at the moment.' },
  questions_named: { status: 403, retry: 'never', says: 'Questions are asked under your name here. Ask it without hiding your name.' },
  questions_too_fast: { status: 429, retry: 'later', says: 'You can ask again in a moment.' },
  questions_full: { status: 403, retry: 'never', says: 'There are as many already as there can be. Delete one that is no longer needed.' },
  questions_no_votes: { status: 403, retry: 'later', says: 'Questions are not voted on at this event.' },
  question_gone: { status: 404, retry: 'never', says: 'This question is no longer there.' },
  question_edit_closed: { status: 403, retry: 'never', says: 'This question can no longer be edited.' },

  announcement_gone: { status: 404, retry: 'never', says: 'This announcement is no longer there.' },
  poll_gone: { status: 404, retry: 'never', says: 'This poll is no longer there.' },
  poll_closed: { status: 403, retry: 'never', says: 'This poll is closed.' },
  poll_changed: { status: 409, retry: 'never', says: 'This poll has changed since you opened it. Look at it again, then vote.' },
  poll_voted: { status: 409, retry: 'never', says: 'You have voted already.' },
  poll_locked: { status: 409, retry: 'never', says: 'People have voted, so this poll stays as it is. Reset it first.' },
  quiz_step: { status: 409, retry: 'never', says: 'The quiz has moved on.' },
  quiz_running: { status: 409, retry: 'never', says: 'Another quiz is on. End it first.' },
  quiz_too_early: { status: 409, retry: 'later', says: 'Some are still looking at the question. The answer can be shown in a moment.' },
  quiz_answered: { status: 409, retry: 'never', says: 'You have answered already.' },
  quiz_paused: { status: 403, retry: 'later', says: 'The quiz is paused.' },
  quiz_time_over: { status: 403, retry: 'never', says: 'The time for this question is over.' },
  quiz_nickname: { status: 400, retry: 'never', says: 'This nickname cannot be used.' },
  quiz_nickname_taken: { status: 409, retry: 'never', says: 'Somebody else plays under this nickname. Choose another.' },
  reactions_too_fast: { status: 429, retry: 'later', says: 'You can react again in a moment.' },
  export_too_large: { status: 413, retry: 'never', says: 'This is too much for one workbook. Take it sheet by sheet as CSV.' },
  moderation_claimed: { status: 409, retry: 'never', says: 'Somebody else of the team looks at this already.' },
  nothing_to_undo: { status: 409, retry: 'never', says: 'This can no longer be undone.' },

  // Sockets.
  hello_timeout: { status: 408, close: 4408, retry: 'reconnect', says: 'The connection took too long to start.' },
  too_slow: { status: 503, close: 4413, retry: 'reconnect', says: 'Your connection could not keep up. It is being opened again.' },
  flood: { status: 429, close: 4429, retry: 'later', says: 'Too much was sent in a short time. Wait a moment.' },
  frame_too_large: { status: 413, close: 1009, retry: 'never', says: 'What was sent is too large.' },
  protocol: { status: 400, close: 4400, retry: 'never', says: 'This page and the server do not understand each other. Reload the page.' },
  restart: { status: 503, close: 1012, retry: 'reconnect', says: 'The server is restarting. You will be connected again in a moment.' },

  // Administration and the rest.
  admin_required: { status: 401, retry: 'never', says: 'This needs the administration secret.' },
  sign_in_required: { status: 401, retry: 'never', says: 'You are not signed in. Sign in, then repeat it.' },
  sign_in_failed: { status: 401, retry: 'never', says: 'This address and this password do not go together. Check both, then try again.' },
  password_wrong: { status: 403, retry: 'never', says: 'This is not your present password. Enter it again.' },
  code_wrong: { status: 403, retry: 'never', says: 'This code is wrong, or has run out. Enter the one that is shown now.' },
  api_key_invalid: { status: 401, retry: 'never', says: 'This API key is not one, or has been revoked.' },
  not_permitted: { status: 403, retry: 'never', says: 'Your role does not allow this. Ask an owner or admin of the organization.' },
  link_used: { status: 410, retry: 'never', says: 'This link has been used, has run out, or was never one. Ask for a new one.' },
  account_exists: { status: 409, retry: 'never', says: 'There is an account for this address. Sign in with it, then open the link again.' },
  account_unknown: { status: 404, retry: 'never', says: 'There is no account with this address.' },
  account_needed: {
    status: 409,
    retry: 'never',
    says: 'This needs a name and a password, since there is no account for this address yet.',
  },
  member_exists: { status: 409, retry: 'never', says: 'This person is on the team already.' },
  last_owner: { status: 409, retry: 'never', says: 'An organization needs an owner. Make somebody else one first.' },
  member_unknown: { status: 404, retry: 'never', says: 'There is no member with this id.' },
  invitation_unknown: { status: 404, retry: 'never', says: 'There is no invitation with this id.' },
  api_key_unknown: { status: 404, retry: 'never', says: 'There is no API key with this id.' },
  image_unknown: { status: 404, retry: 'never', says: 'There is no picture here.' },
  image_type: { status: 400, retry: 'never', says: 'This is not a picture that can be shown. Use a PNG, JPEG or WebP file.' },
  edited_meanwhile: {
    status: 412,
    retry: 'never',
    says: 'Somebody else has changed this since you opened it. Look at what is different, then save again.',
  },
  organization_unknown: { status: 404, retry: 'never', says: 'There is no organization with this id.' },
  key_unknown: { status: 404, retry: 'never', says: 'There is no partner key with this kid.' },
  revocation_unknown: { status: 404, retry: 'never', says: 'There is no revocation with this id.' },
  session_unknown: { status: 404, retry: 'never', says: 'There is no session with this id.' },
  saml_connection_unknown: { status: 404, retry: 'never', says: 'There is no company sign-in yet. Connect an identity provider first.' },
  saml_metadata: { status: 400, retry: 'never', says: 'This is not the metadata of an identity provider that can be used.' },
  saml_test_unknown: { status: 404, retry: 'never', says: 'There is no test sign-in with this id, or it is too old.' },
  jwks_source_unknown: { status: 404, retry: 'never', says: 'There is no JWKS address with this id.' },
  attendee_unknown: { status: 404, retry: 'never', says: 'There is no attendee with this id.' },
  prepared_unknown: { status: 404, retry: 'never', says: 'This is no longer among what is prepared.' },
  prepared_full: { status: 409, retry: 'never', says: 'Nothing more can be prepared for this program. Delete something first.' },
  screen_link_unknown: { status: 404, retry: 'never', says: 'There is no link to the big screen with this id.' },
  screen_link_invalid: {
    status: 401,
    retry: 'never',
    says: 'This link to the big screen works no more. Ask whoever gave it to you for a new one.',
  },
  screen_links_full: { status: 409, retry: 'never', says: 'There are as many links to this screen as there can be. Revoke one first.' },
  slides_full: { status: 409, retry: 'never', says: 'This program keeps as many slides as it can. Start a new program for more.' },
  recording_unknown: { status: 404, retry: 'never', says: 'There is no recording with this id.' },
  state_conflict: { status: 409, retry: 'never', says: 'The program cannot go from its present state to this one.' },
  conflict: { status: 409, retry: 'never', says: 'Somebody else changed this at the same time. Look again, then repeat it.' },
  invalid_request: { status: 400, retry: 'never', says: 'This request is not as it should be.' },
  not_found: { status: 404, retry: 'never', says: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, retry: 'never', says: 'This address does not answer this method.' },
  rate_limited: { status: 429, retry: 'later', says: 'Too many requests. Wait a moment.' },
  internal: { status: 500, retry: 'later', says: 'Something went wrong on our side. Try again in a moment.' },
  unavailable: { status: 503, retry: 'later', says: 'This is not available at the moment. Try again in a moment.' },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errors

/** The row of a code. */
export function errorRow(code: ErrorCode): ErrorRow {
  return errors[code]
}

/** Whether a text from outside names a refusal of the table. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errors, text)
}

/**
 * An expected refusal. Thrown or returned by decisions; turned into a status or a frame by the two translators alone.
 * `detail` is for the organization's own eyes (an API answer to an administrator, a log line), never for a viewer.
 */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly retryAfterMs: number | undefined
  readonly detail: string | undefined
  /** Why a token counted for nothing, where it was not needed. */
  readonly tokenRefused: ErrorCode | undefined
  constructor(code: ErrorCode, more: { retryAfterMs?: number; detail?: string; tokenRefused?: ErrorCode } = {}) {
    super(code)
    this.name = 'Refusal'
    this.code = code
    this.retryAfterMs = more.retryAfterMs
    this.detail = more.detail
    this.tokenRefused = more.tokenRefused
  }
}

/** Problem document (RFC 9457) of a refusal. `type` is a path on the platform's own documentation page. */
export type Problem = {
  type: string
  title: string
  status: number
  code: ErrorCode
  traceId: string
  detail?: string
  retryAfterMs?: number
  signInUrl?: string
  samlUrl?: string
  /** When the doors open (RFC 3339), where they are closed. */
  opensAt?: string
  /** Why the token that somebody came with counted for nothing, where he may enter without one. */
  tokenRefused?: ErrorCode
}
