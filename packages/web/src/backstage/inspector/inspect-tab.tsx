// Owns: pasting a token and reading what is wrong with it.
import { Grid, SegmentedControl, Stack, Textarea } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import { useQuery } from '@tanstack/react-query'
import dayjs from 'dayjs'
import { useEffect, useState } from 'react'
import { isRefusal } from '../api.ts'
import { usePublishedKey } from '../jwks/published-key.ts'
import { ProgramChoice, type ProgramChoiceValue, useChosenProgram } from '../keys/program-choice.tsx'
import { useOrganization } from '../may.ts'
import { EmptyState } from '../pieces/empty-state.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { SecureContextNote } from '../pieces/secure-context-note.tsx'
import { keyQuery } from '../queries.ts'
import { judge, judgeSignature, kidOf, type NamedKey, tokenIn } from './judge.ts'
import { Verdict } from './verdict.tsx'
import '@mantine/dates/styles.css'

/** The key that a token names, declared or published: null where the organization has none of that kid, undefined while that is not known. */
function useNamedKey(kid: string | undefined): { partnerKey: NamedKey | null | undefined; error: Error | null } {
  const { id: organizationId } = useOrganization()
  const query = useQuery({ ...keyQuery(organizationId, kid ?? ''), enabled: kid !== undefined })
  const isUndeclared = isRefusal(query.error, 'key_unknown')
  const published = usePublishedKey(isUndeclared ? kid : undefined)
  if (kid === undefined) return { partnerKey: undefined, error: null }
  if (isUndeclared) return published
  return { partnerKey: query.data, error: query.error }
}

function useSignature(token: string, pem: string | undefined): boolean | undefined {
  const [judged, setJudged] = useState<{ token: string; pem: string; valid: boolean | undefined }>()
  useEffect(() => {
    if (pem === undefined) return
    let isLate = false
    void judgeSignature(token, pem).then((valid) => {
      if (!isLate) setJudged({ token, pem, valid })
    })
    return () => {
      isLate = true
    }
  }, [token, pem])
  return judged?.token === token && judged.pem === pem ? judged.valid : undefined
}

/** The time by which it is judged, Unix ms: a chosen one, or now, which goes on. */
function useTime(chosen: string | null): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return chosen === null ? now : dayjs(chosen).valueOf()
}

export function InspectTab({ token, onToken, ...choice }: ProgramChoiceValue & { token: string; onToken(token: string): void }) {
  const program = useChosenProgram(choice.programId)
  const [at, setAt] = useState<string | null>(null)
  const atMs = useTime(at)
  const { partnerKey, error } = useNamedKey(kidOf(token))
  const signatureValid = useSignature(token, partnerKey?.pem)
  return (
    <Grid gap={{ base: 'lg', md: 40 }}>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Stack gap="md">
          <Textarea
            label="Token"
            description="Judged in this browser. It is not sent and not kept; only its kid is looked up."
            placeholder="eyJhbGciOiJFUzI1NiIs…"
            classNames={{ input: 'mono' }}
            rows={8}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            autoFocus
            value={token}
            onChange={({ currentTarget }) => onToken(tokenIn(currentTarget.value))}
          />
          <ProgramChoice {...choice} label="For the program" />
          <Stack gap={4}>
            <SegmentedControl
              aria-label="Time by which it is judged"
              value={at === null ? 'now' : 'then'}
              onChange={(next) => setAt(next === 'now' ? null : dayjs().format('YYYY-MM-DD HH:mm:ss'))}
              data={[
                { value: 'now', label: 'As of now' },
                { value: 'then', label: 'As of another time' },
              ]}
            />
            {at === null ? null : (
              <DateTimePicker
                label="Time"
                withSeconds
                valueFormat="D MMM YYYY HH:mm:ss"
                value={at}
                onChange={(next) => next !== null && setAt(next)}
              />
            )}
          </Stack>
          <SecureContextNote what="checking signatures" />
          <ErrorNote error={error} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 7 }}>
        {token === '' ? (
          <EmptyState says="Paste a token, or a link that carries one. Every check is shown with what came of it." />
        ) : (
          <Verdict inspection={judge(token, { program, partnerKey, signatureValid, atMs })} program={program} isNow={at === null} />
        )}
      </Grid.Col>
    </Grid>
  )
}
