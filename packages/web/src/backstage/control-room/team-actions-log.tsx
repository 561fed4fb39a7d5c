// Owns: the list of what the team did in this show's activities.
import { Modal, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { systemActorId, type TeamActionAnswer } from '@voila/protocol'
import { CursorList } from '../pieces/cursor-list.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { Moment } from '../pieces/moment.tsx'
import { programPath, useProgram } from '../programs/program-queries.ts'
import { listQuery } from '../queries.ts'

const actionsQuery = (programId: string) =>
  listQuery<TeamActionAnswer>(['program', programId, 'team-actions'], `${programPath(programId)}/moderation/actions`)

export function TeamActionsLog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="What was done" size="lg">
      {opened && <Actions />}
    </Modal>
  )
}

function Actions() {
  const { id } = useProgram()
  // Asked for anew whenever it is opened: what others did counts most.
  const query = useInfiniteQuery({ ...actionsQuery(id), staleTime: 0 })
  return (
    <CursorList
      query={query}
      empty={<EmptyState says="Here stands what your team approves, dismisses, deletes and sets during the show." />}
    >
      {(actions) => (
        <ol className="plain-list room-actions-log">
          {actions.map((action) => (
            <li key={action.seq}>
              <Text size="sm">
                <b>{action.actorId === systemActorId ? 'The program’s settings' : (action.actorName ?? 'Somebody who has left')}</b>{' '}
                {action.says.slice(0, 1).toLowerCase()}
                {action.says.slice(1)}
                {action.attendeeName !== null && (
                  <>
                    : <bdi>{action.attendeeName}</bdi>
                  </>
                )}{' '}
                <Text span size="xs" c="dimmed">
                  <Moment at={action.at} />
                </Text>
              </Text>
              {action.text !== null && (
                <Text size="sm" c="dimmed" dir="auto" lineClamp={3}>
                  {action.text}
                </Text>
              )}
            </li>
          ))}
        </ol>
      )}
    </CursorList>
  )
}
