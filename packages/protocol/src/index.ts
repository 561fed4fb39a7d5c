// Owns: the public surface of @voila/protocol.

export { type ChatMessage, type ChatSelf, type ChatSettings, type ChatState, type ChatView, chat, nextPostAt } from './activities/chat.ts'
export { type ActivityName, activities, isActivityName } from './activities/index.ts'
export {
  type Activity,
  type Actor,
  type Audience,
  audiences,
  type Counter,
  type Decision,
  type Entry,
  type NewEntry,
  type Page,
  type Told,
} from './activity.ts'
export { type ErrorCode, type ErrorRow, errorRow, errors, isErrorCode, type Problem, Refusal, type Retry } from './errors.ts'
export {
  type Ack,
  ClientFrame,
  CommandRequest,
  DoFrame,
  HelloFrame,
  type LogItem,
  type MediaAccess,
  type Person,
  type PlatformViews,
  type Position,
  type ReadyFrame,
  type ServerFrame,
  type ViewFrame,
} from './frames.ts'
export { limits } from './limits.ts'
export { attendeeRole, ingestGraceMs, moderatorRole, type ProgramState, programIdPattern, programStates, type StateRow } from './program.ts'
export {
  type AdmissionAnswer,
  AdmissionRequest,
  type AttendeeAnswer,
  type AttendeeSummary,
  type ListAnswer,
  MediaRequest,
  type Organization,
  OrganizationRequest,
  type PartnerKeyAnswer,
  PartnerKeyRequest,
  type Program,
  ProgramPatch,
  ProgramRequest,
  type ProgramSummary,
  type RecordingAnswer,
  type RefusalAnswer,
  RetireKeyRequest,
  type SessionAnswer,
  StateRequest,
  type StreamKeyAnswer,
  StreamKeyRequest,
} from './rest.ts'
export { cleanText } from './text.ts'
