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
export { chat, chatOptions } from './activities/chat.ts'
export type { ChatState } from './activities/chat-state.ts'
export {
  type ChatClearing,
  type ChatMessage,
  type ChatSelf,
  type ChatSettings,
  type ChatView,
  chatView,
  excerptOf,
  nextPostAt,
} from './activities/chat-view.ts'
export { DeckContent } from './activities/deck-content.ts'
export { type ActivityStates, activities } from './activities/index.ts'
export { moderation } from './activities/moderation.ts'
export { type Claim, claimKey, type ModerationView, moderationView } from './activities/moderation-view.ts'
export { PollContent } from './activities/poll-content.ts'
export { polls, pollsOptions } from './activities/polls.ts'
export { counterPrefix, type PollsState } from './activities/polls-state.ts'
export {
  noTally,
  openPoll,
  type Poll,
  type PollForm,
  type PollResults,
  type PollsSelf,
  type PollsSettings,
  type PollsView,
  type PollTally,
  type PollVote,
  pollForms,
  pollResults,
  pollsView,
} from './activities/polls-view.ts'
export { questions, questionsOptions } from './activities/questions.ts'
export type { QuestionsState } from './activities/questions-state.ts'
export {
  nextAskAt,
  type OwnQuestion,
  type OwnQuestionState,
  type Question,
  type QuestionAnonymity,
  type QuestionAnswer,
  type QuestionReply,
  type QuestionsSelf,
  type QuestionsSettings,
  type QuestionsView,
  questionAnonymities,
  questionsView,
  type WaitingQuestion,
} from './activities/questions-view.ts'
export { quiz, quizOptions } from './activities/quiz.ts'
export { QuizContent, QuizQuestion } from './activities/quiz-content.ts'
export {
  type QuizNow,
  type QuizOwnAnswer,
  type QuizPhase,
  type QuizRow,
  type QuizScriptRow,
  type QuizSelf,
  type QuizSettings,
  type QuizShown,
  type QuizView,
  quizEndsAt,
  quizView,
} from './activities/quiz-view.ts'
export { reactions, reactionsOptions } from './activities/reactions.ts'
export {
  type ReactionKind,
  type ReactionMinute,
  type ReactionsSettings,
  type ReactionsView,
  type ReactionTotals,
  reactionKinds,
  reactionsView,
} from './activities/reactions-view.ts'
export { screen } from './activities/screen.ts'
export { type ScreenItem, type ScreenTake, type ScreenView, type Slide, screenView } from './activities/screen-view.ts'
export { type ActivityName, activityViews, isActivityName } from './activities/views.ts'
export {
  type Activity,
  type ActivityView,
  type Actor,
  type Audience,
  audiences,
  type Cell,
  type Counter,
  type Decision,
  type Entry,
  isMuted,
  type NewEntry,
  type Page,
  type Sheet,
  systemActorId,
  type Told,
  teamActorId,
  type Waiting,
} from './activity.ts'
export {
  type ActivityOptions,
  ActivityOptionsAnswer,
  ActivityOptionsPatch,
  type Configuring,
  configuring,
  type FullOptions,
  fullOptions,
  type OptionedActivity,
  optionedActivities,
  type ProgramActivities,
  withOptions,
} from './activity-options.ts'
export {
  AdmissionAnswer,
  ApiKeyAnswer,
  ApiKeyMade,
  AttendeeAnswer,
  AttendeeSummary,
  AudienceAnswer,
  AudienceCurve,
  AuditActor,
  AuditAnswer,
  ChecklistAnswer,
  CommandAnswer,
  type DoorFacts,
  HistoryAnswer,
  InvitationAnswer,
  InvitationMade,
  InvitationSeen,
  LinkMade,
  type ListAnswer,
  listOf,
  MeAnswer,
  MediaAnswer,
  MemberAnswer,
  Organization,
  PartnerKeyAnswer,
  ProblemAnswer,
  Program,
  ProgramSummary,
  RecordingAnswer,
  RefusalAnswer,
  ScreenLinkAnswer,
  ScreenLinkMade,
  SessionAnswer,
  SetupAnswer,
  SlideAnswer,
  StreamAdvice,
  StreamHealthAnswer,
  type StreamInput,
  StreamInputAnswer,
  StreamKeyAnswer,
  TeamActionAnswer,
} from './answers.ts'
export {
  ApiKeyRequest,
  AuditQuery,
  checklistSteps,
  InvitationAcceptance,
  InvitationLook,
  InvitationRequest,
  MemberPatch,
  OrganizationPatch,
  PasswordLinkRequest,
  SetupRequest,
  SignInLinkRequest,
} from './backstage.ts'
export { BlockedWords, hasBlockedWord } from './blocked-words.ts'
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
export {
  type FetchProblem,
  fetchProblems,
  JwksSourceAnswer,
  JwksSourcePatch,
  JwksSourceRequest,
  type KeySetProblem,
  keySetProblems,
  PublishedKeyAnswer,
  type PublishedKeyProblem,
  publishedKeyProblems,
} from './key-sources.ts'
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
export {
  PreparedAnswer,
  PreparedImport,
  type PreparedKind,
  PreparedPatch,
  PreparedQuery,
  PreparedRequest,
  preparedContents,
  preparedKinds,
} from './prepared.ts'
export { attendeeRole, ingestGraceMs, moderatorRole, type ProgramState, programIdPattern, programStates, type StateRow } from './program.ts'
export {
  AdmissionRequest,
  AudienceQuery,
  DuplicateRequest,
  EndVisitRequest,
  ExportQuery,
  type ImageKind,
  imageKinds,
  MediaRequest,
  OrganizationRequest,
  PartnerKeyPatch,
  PartnerKeyRequest,
  ProgramPatch,
  ProgramQuery,
  ProgramRequest,
  RenewalRequest,
  RetireKeyRequest,
  ScreenLinkRequest,
  StateRequest,
  StreamInputRequest,
  StreamKeyRequest,
} from './rest.ts'
export { RevocationAnswer, RevocationCount, RevocationRequest } from './revocations.ts'
export {
  type ConsentFacts,
  ConsentRequest,
  type MetadataProblem,
  metadataProblems,
  SamlAnswer,
  SamlMapping,
  SamlPatch,
  SamlTestAnswer,
  SamlTestMade,
  samlPresets,
} from './saml.ts'
export { type TeamActionType, teamActionOf, teamActions, teamActionTypes } from './team-actions.ts'
export { cleanText, line } from './text.ts'
