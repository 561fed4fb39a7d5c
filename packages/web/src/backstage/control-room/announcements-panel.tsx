// Owns: announcing something to everybody who is there: the one that is shown, the next one, and those before.
import { Anchor, Badge, Button, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type Announcement, type AnnouncementStyle, cleanText, type ErrorCode, errorRow, limits } from '@voila/protocol'
import { type FormEvent, useRef, useState } from 'react'
import { clockText } from '../../attendee/chat/durations.ts'
import { useLive } from '../../attendee/use-live.ts'
import { announcementLooks } from './announcement-looks.ts'
import type { PanelProps } from './panel-props.ts'
import { Quiet } from './quiet.tsx'
import { useShortcut } from './use-shortcuts.tsx'

const styles = Object.entries(announcementLooks).map(([value, { label }]) => ({ value, label }))

export function AnnouncementsPanel({ client, activities }: PanelProps) {
  const view = useLive(client, (state) => state.activities.announcements?.view)
  const [refused, setRefused] = useState<ErrorCode>()
  const isOpen = activities === 'open' || activities === 'team' || activities === 'closed'
  if (view === undefined) return <Quiet says="Announcements can be made once the program is scheduled." />

  async function send(command: { type: string; [key: string]: unknown }): Promise<boolean> {
    const ack = await client.send('announcements', command)
    setRefused('refused' in ack ? ack.refused.code : undefined)
    return !('refused' in ack)
  }
  const { current } = view
  const before = view.past.filter((each) => each.id !== current?.id)

  return (
    <div className="panel-body panel-scrolls">
      <Stack gap="sm" p="sm">
        {current !== null && (
          <Shown announcement={current} onWithdraw={() => void send({ type: 'withdraw', announcement: current.id })} isOpen={isOpen} />
        )}
        {isOpen ? (
          <AnnouncementForm isWaiting={activities === 'closed'} onAnnounce={(content) => send({ type: 'announce', ...content })} />
        ) : (
          <Text size="sm" c="dimmed">
            The show is over: nothing can be announced any more.
          </Text>
        )}
        {refused !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            That did not work. {errorRow(refused).says}
          </Text>
        )}
        {before.length > 0 && (
          <section aria-label="Announced before">
            <Text size="xs" c="dimmed" mb={4}>
              Before
            </Text>
            <ul className="plain-list past-announcements">
              {before.map((each) => (
                <li key={each.id}>
                  <Text size="sm" lineClamp={2} dir="auto">
                    {each.text}
                  </Text>
                  <Group gap="xs">
                    <Text size="xs" c="dimmed">
                      {clockText(each.at)}
                    </Text>
                    {isOpen && (
                      <Button
                        variant="subtle"
                        size="compact-xs"
                        onClick={() => void send({ type: 'announce', ...contentOf(each) })}
                        aria-label={`Announce again: ${each.text}`}
                      >
                        Announce again
                      </Button>
                    )}
                  </Group>
                </li>
              ))}
            </ul>
          </section>
        )}
      </Stack>
    </div>
  )
}

type Content = Pick<Announcement, 'text' | 'style' | 'link'>

const contentOf = ({ text, style, link }: Announcement): Content => ({ text, style, ...(link === undefined ? {} : { link }) })

function Shown({ announcement, onWithdraw, isOpen }: { announcement: Announcement; onWithdraw: () => void; isOpen: boolean }) {
  const { text, style, link, at } = announcement
  return (
    <section className="announcement-shown" data-style={style} aria-label="Shown to attendees now">
      <Group justify="space-between" gap="xs" mb={4}>
        <Badge size="sm" color={announcementLooks[style].color}>
          Shown since {clockText(at)}
        </Badge>
        {isOpen && (
          <Button variant="default" size="compact-sm" onClick={onWithdraw}>
            Withdraw
          </Button>
        )}
      </Group>
      <Text size="sm" dir="auto">
        {text}
      </Text>
      {link !== undefined && (
        <Anchor size="sm" href={link.url} target="_blank" rel="noopener noreferrer">
          {link.text}
        </Anchor>
      )}
    </section>
  )
}

type FormProps = { isWaiting: boolean; onAnnounce: (content: Content) => Promise<boolean> }

function AnnouncementForm({ isWaiting, onAnnounce }: FormProps) {
  const [text, setText] = useState('')
  const [style, setStyle] = useState<AnnouncementStyle>('info')
  const [link, setLink] = useState<{ url: string; text: string }>()
  const [isSending, setSending] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  useShortcut('announce', () => field.current?.focus())
  const cleaned = cleanText(text)
  const isLinkGood = link === undefined || (/^https:\/\/[^\s/]+/.test(link.url.trim()) && link.text.trim() !== '')
  const may = cleaned !== '' && cleaned.length <= limits.announcementUnits && isLinkGood

  async function announce(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!may) return
    setSending(true)
    const done = await onAnnounce({
      text: cleaned,
      style,
      ...(link === undefined ? {} : { link: { url: link.url.trim(), text: link.text.trim() } }),
    })
    setSending(false)
    if (!done) return
    setText('')
    setLink(undefined)
  }

  return (
    <form onSubmit={(event) => void announce(event)}>
      <Stack gap="xs">
        <Textarea
          ref={field}
          aria-label="Announcement"
          placeholder={isWaiting ? 'Tell those who are waiting' : 'Tell everybody who is there'}
          value={text}
          maxLength={limits.announcementUnits}
          autosize
          minRows={2}
          maxRows={5}
          dir="auto"
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        />
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Style of the announcement"
          value={style}
          data={styles}
          onChange={(value) => setStyle(value as AnnouncementStyle)}
        />
        {link !== undefined && (
          <Group gap="xs" grow>
            <TextInput
              size="xs"
              aria-label="Address of the button"
              placeholder="https://"
              type="url"
              value={link.url}
              maxLength={limits.urlUnits}
              onChange={(event) => setLink({ ...link, url: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              aria-label="Words on the button"
              placeholder="Words on the button"
              value={link.text}
              maxLength={limits.announcementLinkTextUnits}
              onChange={(event) => setLink({ ...link, text: event.currentTarget.value })}
            />
          </Group>
        )}
        <Group justify="space-between" gap="xs">
          <Button variant="subtle" size="compact-sm" onClick={() => setLink(link === undefined ? { url: '', text: '' } : undefined)}>
            {link === undefined ? 'Add a button' : 'Without a button'}
          </Button>
          <Group gap="xs">
            {cleaned.length > limits.announcementUnits - 60 && (
              <Text size="xs" c="dimmed">
                {limits.announcementUnits - cleaned.length}
              </Text>
            )}
            <Button type="submit" size="xs" disabled={!may} loading={isSending}>
              Announce
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}
