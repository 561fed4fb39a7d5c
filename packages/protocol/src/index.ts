// Owns: the public surface of @voila/protocol.

export { announcements } from './activities/announcements.ts'
export {
  type Announcement,
  type AnnouncementStyle,
  type AnnouncementsView,
  announcementStyles,
  announcementsView,
} from './activities/announcements-view.ts'
export { backchannel } from './activities/backchannel.ts'
export { type BackchannelMessage, type BackchannelView, backchannelView } from './activities/backchannel-view.ts'
export { chat } from './activities/chat.ts'
export type { ChatState } from './activities/chat-state.ts'
export {
  type ChatClearing,
  type ChatMessage,
  type ChatSelf,
  type ChatSettings,
  type ChatView,
  chatView,
  nextPostAt,
} from './activities/chat-view.ts'
export { type ActivityStates, activities } from './activities/index.ts'
export { type ActivityName, activityViews, isActivityName } from './activities/views.ts'
export {
  type Activity,
  type ActivityView,
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
export {
  type ApiKeyAnswer,
  type ApiKeyMade,
  ApiKeyRequest,
  type AuditActor,
  type AuditAnswer,
  type ChecklistAnswer,
  checklistSteps,
  InvitationAcceptance,
  type InvitationAnswer,
  InvitationLook,
  type InvitationMade,
  InvitationRequest,
  type InvitationSeen,
  type MeAnswer,
  type MemberAnswer,
  MemberPatch,
  OrganizationPatch,
  type SetupAnswer,
  SetupRequest,
  SignInLinkRequest,
} from './backstage.ts'
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
export {
  type MemberRole,
  memberRoles,
  type Permission,
  type PermissionRow,
  permissionNames,
  permissions,
  roleMay,
  scopes,
} from './permissions.ts'
export { attendeeRole, ingestGraceMs, moderatorRole, type ProgramState, programIdPattern, programStates, type StateRow } from './program.ts'
export {
  type AdmissionAnswer,
  AdmissionRequest,
  type AttendeeAnswer,
  type AttendeeSummary,
  type AudienceAnswer,
  type AudienceCurve,
  DuplicateRequest,
  type ImageKind,
  imageKinds,
  type ListAnswer,
  MediaRequest,
  type Organization,
  OrganizationRequest,
  type PartnerKeyAnswer,
  PartnerKeyPatch,
  PartnerKeyRequest,
  type Program,
  ProgramPatch,
  ProgramQuery,
  ProgramRequest,
  type ProgramSummary,
  type RecordingAnswer,
  type RefusalAnswer,
  RetireKeyRequest,
  type SessionAnswer,
  StateRequest,
  type StreamAdvice,
  type StreamHealthAnswer,
  type StreamInput,
  type StreamInputAnswer,
  StreamInputRequest,
  type StreamKeyAnswer,
  StreamKeyRequest,
} from './rest.ts'
export { cleanText } from './text.ts'
