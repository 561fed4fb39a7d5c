// Owns: showing what came of an inspection: the outcome in one line, every check, and what the token says.
import { Alert, Anchor, Group, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconCheck, IconCircleCheck, IconCircleX, IconHelpCircle, IconMinus, IconX } from '@tabler/icons-react'
import type { Program } from '@voila/protocol'
import type { Check, CheckId, Inspection } from '@voila/tokens/inspect'
import { problemPath } from '../keys/refusal-words.ts'
import { Code } from '../pieces/code.tsx'

const names: Readonly<Record<CheckId, string>> = {
  form: 'Form',
  header: 'Header',
  kid: 'kid',
  signature: 'Signature',
  key: 'Key',
  payload: 'Payload',
  times: 'Times',
  token_use: 'token_use',
  organization: 'Organization',
  roles: 'Program and roles',
  names: 'Token id and names',
  identity: 'Identity',
}

const outcomes = {
  pass: { icon: IconCheck, color: 'green', words: 'passes' },
  fail: { icon: IconX, color: 'red', words: 'fails' },
  'not judged': { icon: IconMinus, color: 'gray', words: 'not judged' },
} as const

function CheckRow({ check }: { check: Check }) {
  const { icon: Icon, color, words } = outcomes[check.outcome]
  return (
    <Group component="li" gap="sm" wrap="nowrap" align="flex-start" className="plain-row">
      <ThemeIcon color={color} variant="light" size={24} radius="xl" aria-hidden>
        <Icon size={14} />
      </ThemeIcon>
      <div>
        <Group gap="xs">
          <Text size="sm" fw={500}>
            {names[check.id]}
          </Text>
          <span className="unseen">{words}</span>
          {check.code === undefined ? null : (
            <Anchor href={problemPath(check.code)} target="_blank" rel="noopener" size="sm" className="mono">
              {check.code}
            </Anchor>
          )}
        </Group>
        <Text size="sm" {...(check.outcome === 'fail' ? {} : { c: 'dimmed' })}>
          {check.says}
        </Text>
      </div>
    </Group>
  )
}

/** What would refuse a good token nevertheless, at this program now. */
function programObstacle(program: Program | undefined): { code: string; says: string } | undefined {
  if (program === undefined) return undefined
  if (!program.partnerKeys)
    return { code: 'keys_off', says: 'The program does not accept tokens of partner keys: switch them on under its Access.' }
  if (program.state === 'draft')
    return { code: 'program_not_open', says: 'The program is a draft, so nobody comes in yet: schedule it first.' }
  if (program.state === 'archived') return { code: 'program_archived', says: 'The program is archived, so nobody comes in any more.' }
  return undefined
}

function Outcome({ inspection, program, isNow }: { inspection: Inspection; program: Program | undefined; isNow: boolean }) {
  const failed = inspection.checks.find(({ outcome }) => outcome === 'fail')
  if (failed !== undefined) {
    return (
      <Alert color="red" icon={<IconCircleX size={20} aria-hidden />} title={`Refused: ${failed.code ?? failed.id}`}>
        <Text size="sm">{failed.says}</Text>
      </Alert>
    )
  }
  if (!inspection.ok) {
    return (
      <Alert color="gray" icon={<IconHelpCircle size={20} aria-hidden />} title="Nothing wrong found, not everything judged">
        <Text size="sm">What could not be judged is marked below.</Text>
      </Alert>
    )
  }
  const obstacle = isNow ? programObstacle(program) : undefined
  if (obstacle !== undefined) {
    return (
      <Alert
        color="yellow"
        icon={<IconCircleCheck size={20} aria-hidden />}
        title={`The token is good, and still refused: ${obstacle.code}`}
      >
        <Text size="sm">{obstacle.says}</Text>
      </Alert>
    )
  }
  return (
    <Alert color="green" icon={<IconCircleCheck size={20} aria-hidden />} title="Accepted">
      <Text size="sm">Whoever brings this token {isNow ? 'comes in now' : 'came or will come in at that time'}.</Text>
    </Alert>
  )
}

export function Verdict({ inspection, program, isNow }: { inspection: Inspection; program: Program | undefined; isNow: boolean }) {
  const { header, claims, checks } = inspection
  return (
    <Stack gap="lg">
      <div aria-live="polite">
        <Outcome inspection={inspection} program={program} isNow={isNow} />
      </div>
      <ul className="plain-list" aria-label="Checks">
        {checks.map((check) => (
          <CheckRow key={check.id} check={check} />
        ))}
      </ul>
      {header === undefined ? null : (
        <div>
          <Text size="sm" fw={500} mb={4}>
            Header
          </Text>
          <Code text={JSON.stringify(header, null, 2)} what="header" />
        </div>
      )}
      {claims === undefined ? null : (
        <div>
          <Text size="sm" fw={500} mb={4}>
            Payload
          </Text>
          <Code text={JSON.stringify(claims, null, 2)} what="payload" />
        </div>
      )}
    </Stack>
  )
}
