// Owns: the page with who is kept out, and letting them in again.
import { Badge, Button, Text } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import type { RevocationAnswer } from '@voila/protocol'
import { useState } from 'react'
import { api } from '../api.ts'
import { useMay, useOrganization } from '../may.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { CursorList } from '../pieces/cursor-list.tsx'
import { type Column, type DataRow, DataTable } from '../pieces/data-table.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { LinkText } from '../pieces/links.tsx'
import { Moment } from '../pieces/moment.tsx'
import { showDone } from '../pieces/notes.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { revocationsKey, revocationsQuery } from '../queries.ts'
import { NewRevocation } from './new-revocation.tsx'

const columns: readonly Column[] = [
  { title: 'Who' },
  { title: 'Where', width: 130 },
  { title: 'Since', width: 180 },
  { title: 'By', width: 130 },
  { title: 'Why', width: 180 },
  { title: 'Ended', numbers: true, width: 100 },
  { title: '', width: 90 },
]

function Whom({ revocation }: { revocation: RevocationAnswer }) {
  const { kind, subject, jti, attendeeId, sessionId, before } = revocation
  const words = {
    token: 'One token',
    attendee: 'One attendee',
    subject: 'One person',
    before: 'Tokens issued before',
    session: 'One session',
  }[kind]
  return (
    <>
      <Text size="sm" fw={500}>
        {words} {before !== null && <Moment at={before} />}
      </Text>
      <Text size="sm" c="dimmed" className="mono">
        {kind === 'token' ? `${subject}, jti ${jti}` : (subject ?? attendeeId ?? sessionId ?? '')}
      </Text>
    </>
  )
}

export function RevocationsPage() {
  const { id: organizationId } = useOrganization()
  const mayWrite = useMay('keys:write')
  const queryClient = useQueryClient()
  const query = useInfiniteQuery(revocationsQuery(organizationId))
  const [making, setMaking] = useState(false)
  const [lifting, setLifting] = useState<RevocationAnswer>()

  async function lift({ id }: RevocationAnswer): Promise<void> {
    await api.send('POST', `/api/organizations/${organizationId}/revocations/${id}/lift`)
    await queryClient.invalidateQueries({ queryKey: revocationsKey(organizationId) })
    showDone('Lifted. A token lets them in again.')
  }

  function rowOf(revocation: RevocationAnswer): DataRow {
    const { id, kind, programId, at, byName, reason, ended, liftedAt } = revocation
    return {
      key: id,
      cells: [
        <Whom key="who" revocation={revocation} />,
        programId === null ? (
          'All programs'
        ) : (
          <LinkText key="where" to="/p/$programId" params={{ programId }} size="sm" className="mono">
            {programId}
          </LinkText>
        ),
        <Moment key="at" at={at} />,
        byName,
        reason,
        ended.toLocaleString(),
        kind === 'session' ? (
          ''
        ) : liftedAt !== null ? (
          <Badge key="lifted" color="gray">
            lifted
          </Badge>
        ) : mayWrite ? (
          <Button key="lift" variant="default" size="xs" onClick={() => setLifting(revocation)}>
            Lift
          </Button>
        ) : (
          ''
        ),
      ],
    }
  }

  const make = mayWrite ? <Button onClick={() => setMaking(true)}>Keep somebody out</Button> : undefined
  const isEmpty = query.data?.pages.every(({ items }) => items.length === 0)
  return (
    <>
      <PageHead
        title="Revocations"
        says="Who is kept out whatever their token says. It counts at once: who is in goes within two seconds. A whole key is revoked under Partner keys."
        actions={isEmpty ? undefined : make}
      />
      <CursorList
        query={query}
        empty={
          <EmptyState
            icon={<IconBan size={32} stroke={1.4} aria-hidden />}
            says="Tokens and people that you keep out belong here. Nobody is kept out."
            action={make}
          />
        }
      >
        {(revocations) => <DataTable top label="Revocations" columns={columns} rows={revocations.map(rowOf)} />}
      </CursorList>
      {making && <NewRevocation onClose={() => setMaking(false)} />}
      {lifting !== undefined && (
        <Confirm
          opened
          onClose={() => setLifting(undefined)}
          title="Lift this revocation?"
          action="Lift"
          dangerous={false}
          onConfirm={() => lift(lifting)}
        >
          <Text size="sm">Whom it kept out may come in again with a token that is good. Sessions that it has ended stay ended.</Text>
        </Confirm>
      )}
    </>
  )
}
