// Owns: how the health of a feed is shown over REST.
import { adviseOn, type InputHealth, type StreamHealth } from '@voila/media'
import { programStates, type StreamAdvice, type StreamHealthAnswer, type StreamInputAnswer } from '@voila/protocol'
import type { ProgramRow } from '../store/schema.ts'

const instant = (ms: number): string => new Date(ms).toISOString()

function inputAnswer({
  state,
  connectedSince,
  codec,
  width,
  height,
  fps,
  bitrate,
  keyFrameIntervalSeconds,
  driftMs,
}: InputHealth): StreamInputAnswer {
  return {
    state,
    connectedSince: connectedSince === undefined ? null : instant(connectedSince),
    codec: codec ?? null,
    width: width ?? null,
    height: height ?? null,
    fps: fps ?? null,
    bitrate: bitrate ?? null,
    keyFrameIntervalSeconds: keyFrameIntervalSeconds ?? null,
    driftMs: driftMs ?? null,
  }
}

const silence: Omit<StreamHealth, 'choice'> = {
  live: false,
  ended: false,
  inputs: { primary: { state: 'absent' }, backup: { state: 'absent' } },
  recording: false,
}

const elsewhere: StreamAdvice = {
  level: 'hint',
  code: 'feed_elsewhere',
  says: 'The feed comes to another server of this platform, which alone knows how it is.',
}

/**
 * @param given.health  undefined where nobody has published to this node lately
 * @param given.isFed   whether a feed comes to some node
 */
export function healthAnswer(
  { state, stream_choice: choice }: Pick<ProgramRow, 'state' | 'stream_choice'>,
  { health = { ...silence, choice }, isFed, now }: { health: StreamHealth | undefined; isFed: boolean; now: number },
): StreamHealthAnswer {
  const isElsewhere = isFed && !health.live && health.inputs.primary.state === 'absent' && health.inputs.backup.state === 'absent'
  // Nothing to show is grave when people look, and an invitation before that.
  const level = (advice: { level: StreamAdvice['level']; code: string }): StreamAdvice['level'] =>
    advice.code === 'nothing_sent' && programStates[state].picture === 'all' ? 'problem' : advice.level
  const isOpen = programStates[state].ingest === 'accepted'
  const { lastProblem } = health
  return {
    live: health.live || isElsewhere,
    shown: health.input ?? null,
    choice,
    inputs: { primary: inputAnswer(health.inputs.primary), backup: inputAnswer(health.inputs.backup) },
    recording: health.recording,
    advice: isElsewhere ? [elsewhere] : isOpen ? adviseOn(health, now).map((each) => ({ ...each, level: level(each) })) : [],
    lastProblem: lastProblem === undefined ? null : { ...lastProblem, at: instant(lastProblem.at) },
  }
}
