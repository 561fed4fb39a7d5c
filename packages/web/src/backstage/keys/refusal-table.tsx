// Owns: showing who was refused lately, and why. Never the token; the subject only where the signature was good.
import { Anchor, Button, Text } from '@mantine/core'
import type { RefusalAnswer } from '@voila/protocol'
import { useState } from 'react'
import { useMay } from '../may.ts'
import { DataTable } from '../pieces/data-table.tsx'
import { LinkText } from '../pieces/links.tsx'
import { Moment } from '../pieces/moment.tsx'
import { NewRevocation, type Whom } from '../revocations/new-revocation.tsx'
import { problemPath, refusalWords } from './refusal-words.ts'

/** Codes of whoever is kept out already, and of a company account that could not be told whose it is. */
const notToKeepOut: ReadonlySet<string> = new Set(['attendee_revoked', 'saml_attribute'])

/** Whom a refusal is about, where the signature says so and he can be kept out. */
function whomOf({ code, programId, subject }: RefusalAnswer): Whom | undefined {
  return subject === null || subject === '' || notToKeepOut.has(code) ? undefined : { subject, programId }
}

/** @param props.by  what the list is not of already: refusals of a key name the program, those of a program the kid */
export function RefusalTable({ refusals, by }: { refusals: readonly RefusalAnswer[]; by: 'program' | 'kid' }) {
  const mayKeepOut = useMay('keys:write')
  const [keepingOut, setKeepingOut] = useState<Whom>()
  const action = (refusal: RefusalAnswer) => {
    const whom = whomOf(refusal)
    return whom === undefined ? null : (
      <Button key="keep-out" variant="default" size="xs" aria-label={`Keep out ${whom.subject}`} onClick={() => setKeepingOut(whom)}>
        Keep out
      </Button>
    )
  }
  const table = (
    <DataTable
      top
      label="Refusals"
      columns={[
        { title: 'When', width: 180 },
        { title: 'Why' },
        { title: by === 'program' ? 'Program' : 'kid', width: 200 },
        { title: 'Subject', width: 200 },
        ...(mayKeepOut ? [{ title: '', width: 110 }] : []),
      ]}
      rows={refusals.map((refusal, index) => {
        const { at, code, claim, kid, programId, subject } = refusal
        return {
          // Two refusals can be alike in everything.
          key: `${at} ${index}`,
          cells: [
            <Moment key="at" at={at} />,
            <div key="why">
              <Anchor href={problemPath(code)} target="_blank" rel="noopener" size="sm" className="mono">
                {code}
              </Anchor>
              <Text size="sm">{refusalWords(code, claim)}</Text>
            </div>,
            by === 'program' ? (
              <LinkText key="program" to="/p/$programId" params={{ programId }} size="sm" className="mono">
                {programId}
              </LinkText>
            ) : (
              <Text key="kid" size="sm" className="mono">
                {kid ?? 'none'}
              </Text>
            ),
            subject === null ? (
              <Text key="subject" size="sm" c="dimmed">
                not proven
              </Text>
            ) : (
              subject
            ),
            action(refusal),
          ],
        }
      })}
    />
  )
  return (
    <>
      {table}
      {keepingOut !== undefined && <NewRevocation whom={keepingOut} onClose={() => setKeepingOut(undefined)} />}
    </>
  )
}
