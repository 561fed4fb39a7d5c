// Owns: the one queue of what waits for the team, whatever activity it comes from.
import { Group, NativeSelect, Text, UnstyledButton } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import type { ActivityName, Claim } from '@voila/protocol'
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { stepThrough } from './chat-doings.ts'
import { DeedsNote } from './deeds-line.tsx'
import { useToFront } from './front.ts'
import { ModerationItem } from './moderation-item.tsx'
import { filtered, type Item, moderationRows, type QueueFilter, queueOf, type Whose } from './moderation-rows.ts'
import type { PanelProps } from './panel-props.ts'
import { Quiet } from './quiet.tsx'
import { TeamActionsLog } from './team-actions-log.tsx'
import { type Send, useDeeds } from './undo.ts'
import { useShortcut } from './use-shortcuts.tsx'

const whoseWords: Readonly<Record<Whose, string>> = { all: 'Everybody’s', mine: 'Mine', unassigned: 'Nobody’s yet' }
const noClaims: Readonly<Record<string, Claim>> = {}

export function ModerationPanel({ client }: PanelProps) {
  const isConnected = useLive(client, (state) => state.snapshots > 0)
  return isConnected ? <Queue client={client} /> : <Quiet says="Connecting…" />
}

/** Each queue by itself, so that what happens elsewhere renders nothing here. */
function useItems(client: LiveClient): readonly Item[] {
  const chat = useLive(client, (state) => moderationRows[0]?.waiting(state))
  const questions = useLive(client, (state) => moderationRows[1]?.waiting(state))
  const polls = useLive(client, (state) => moderationRows[2]?.waiting(state))
  return useMemo(() => queueOf([chat ?? [], questions ?? [], polls ?? []]), [chat, questions, polls])
}

function Queue({ client }: { client: LiveClient }) {
  const items = useItems(client)
  const claims = useLive(client, (state) => state.activities.moderation?.view.claims ?? noClaims)
  const people = useLive(client, (state) => state.people)
  const selfId = useLive(client, (state) => state.self?.id)
  const [filter, setFilter] = useState<QueueFilter>({ activity: 'all', whose: 'all' })
  const [editing, setEditing] = useState<string>()
  const [log, setLog] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const shown = filtered(items, filter, { claims, selfId })
  const nameOf = useCallback((id: string | null) => (id === null ? 'Anonymous' : (people.get(id)?.displayName ?? 'Somebody')), [people])

  // What is done goes to the activity of the item; one way back for all of them.
  const send = useCallback<Send>(({ to, ...command }) => client.send(String(to), command), [client])
  const deeds = useDeeds(send)
  const toFront = useToFront('moderation')

  const heldBy = ({ key }: Item): string | undefined => {
    const holder = claims[key]?.actorId
    return holder === undefined || holder === selfId ? undefined : nameOf(holder)
  }
  /** The focus goes on to the next item: what is done leaves the list. */
  const goOn = (item: Item): void => {
    const at = shown.findIndex(({ key }) => key === item.key)
    const next = shown[at + 1] ?? shown[at - 1]
    const isHere = box.current?.contains(document.activeElement) === true
    if (isHere && next !== undefined) box.current?.querySelector<HTMLElement>(`[data-id="${next.key}"]`)?.focus()
  }
  function approve(item: Item, text?: string): void {
    const { row, waiting } = item
    setEditing(undefined)
    goOn(item)
    void deeds.act({
      command: { to: row.activity, ...row.approve(waiting.id, text) },
      says: `Approved a ${row.item} of ${nameOf(waiting.actorId)}.`,
      back: () => ({ to: row.activity, ...row.unapprove(waiting.id) }),
    })
  }
  function dismiss(item: Item): void {
    const { row, waiting } = item
    goOn(item)
    void deeds.act({
      command: { to: row.activity, ...row.dismiss(waiting.id) },
      says: `Dismissed a ${row.item} of ${nameOf(waiting.actorId)}.`,
      back: () => ({ to: row.activity, ...row.restore(waiting.id) }),
    })
  }
  function assign(item: Item): void {
    const { row, waiting, key } = item
    const isMine = claims[key]?.actorId === selfId
    const type = isMine ? 'release' : 'claim'
    const over = heldBy(item) === undefined ? {} : { over: true }
    void deeds.act({ command: { to: 'moderation', type, activity: row.activity, item: waiting.id, ...(isMine ? {} : over) } })
  }

  const focusedKey = (): string | undefined => document.activeElement?.closest<HTMLElement>('[data-id]')?.dataset.id
  /** The item that has the focus, else the first that nobody else looks at. */
  const meant = (): Item | undefined => shown.find(({ key }) => key === focusedKey()) ?? shown.find((item) => heldBy(item) === undefined)
  const onFree = (act: (item: Item) => void) => (): void => {
    const item = meant()
    if (item !== undefined && heldBy(item) === undefined) act(item)
  }
  useShortcut('approve', onFree(approve))
  useShortcut('dismiss', onFree(dismiss))
  useShortcut(
    'edit',
    onFree(({ key }) => setEditing(key)),
  )
  useShortcut('assign', () => {
    const item = meant()
    if (item !== undefined) assign(item)
  })
  useShortcut('queue', () => {
    toFront()
    box.current?.querySelector<HTMLElement>('[data-id]')?.focus()
  })
  useShortcut('undoQueue', deeds.undo)

  const present = moderationRows.filter(
    ({ activity }) => activity === filter.activity || items.some(({ row }) => row.activity === activity),
  )
  return (
    <div className="panel-body">
      <Group gap="xs" className="room-settings" wrap="nowrap">
        {(items.length > 0 || filter.activity !== 'all' || filter.whose !== 'all') && (
          <>
            <NativeSelect
              size="xs"
              aria-label="Of which activity"
              value={filter.activity}
              data={[{ value: 'all', label: 'All' }, ...present.map(({ activity, title }) => ({ value: activity, label: title }))]}
              onChange={(event) => setFilter({ ...filter, activity: event.currentTarget.value as ActivityName | 'all' })}
            />
            <NativeSelect
              size="xs"
              aria-label="Assigned to whom"
              value={filter.whose}
              data={Object.entries(whoseWords).map(([value, label]) => ({ value, label }))}
              onChange={(event) => setFilter({ ...filter, whose: event.currentTarget.value as Whose })}
            />
          </>
        )}
        {items.length === 0 && filter.activity === 'all' && filter.whose === 'all' && (
          <Text size="sm" c="dimmed">
            Nothing waits.
          </Text>
        )}
        <span className="room-space" />
        <UnstyledButton className="room-log-button" onClick={() => setLog(true)}>
          <IconHistory size={14} aria-hidden /> What was done
        </UnstyledButton>
      </Group>
      <output className="unseen">{items.length === 0 ? '' : items.length === 1 ? '1 item waits' : `${items.length} items wait`}</output>
      {items.length > 0 && (
        // biome-ignore lint/a11y/noStaticElementInteractions: arrows walk through the items, which take the focus themselves
        <div className="room-waiting panel-scrolls" ref={box} onKeyDown={walk}>
          {shown.length === 0 && <Quiet says="Nothing that the filter lets through." />}
          <ul className="plain-list">
            {shown.map((item) => (
              <ModerationItem
                key={item.key}
                item={item}
                author={nameOf(item.waiting.actorId)}
                isMine={claims[item.key]?.actorId === selfId}
                heldBy={heldBy(item)}
                isEditing={editing === item.key}
                onApprove={(text) => approve(item, text)}
                onDismiss={() => dismiss(item)}
                onAssign={() => assign(item)}
                onEdit={(on) => setEditing(on ? item.key : undefined)}
              />
            ))}
          </ul>
        </div>
      )}
      <DeedsNote deeds={deeds} />
      <TeamActionsLog opened={log} onClose={() => setLog(false)} />
    </div>
  )
}

function walk(event: KeyboardEvent<HTMLDivElement>): void {
  const isOnItem = event.target instanceof HTMLElement && event.target.matches('[data-id]')
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  if (!isOnItem || by === undefined) return
  event.preventDefault()
  stepThrough(event.currentTarget, by)
}
