// Owns: driving the screen: what stands there, what comes next, and taking it. The preview is this person's alone.
import { Button, Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { DeckContent, type ErrorCode, errorRow, limits, type PreparedAnswer, type ScreenItem } from '@voila/protocol'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { ScreenItemView, type ScreenWords } from '../../screen/screen-item.tsx'
import { preparedQuery } from '../activities/prepared-queries.ts'
import { useToFront } from './front.ts'
import type { PanelProps } from './panel-props.ts'
import { Quiet } from './quiet.tsx'
import { useShortcut } from './use-shortcuts.tsx'
import './screen.css'

const number = new Intl.NumberFormat()
const words: ScreenWords = {
  page: ({ page, pages }) => `page ${page} of ${pages}`,
  votes: (count) => `${count} ${count === 1 ? 'vote' : 'votes'}`,
  points: (count) => `${number.format(count)} ${count === 1 ? 'point' : 'points'}`,
  left: (seconds) => `${seconds} s`,
  opens: 'opens in a new tab',
}

const others = [
  { kind: 'question', label: 'Question' },
  { kind: 'poll', label: 'Poll' },
  { kind: 'quiz', label: 'Quiz' },
  { kind: 'leaderboard', label: 'Leaderboard' },
] as const

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 }

/** What it is, in words. */
function nameOf(item: ScreenItem | null): string {
  if (item === null) return 'Nothing'
  if (item.kind === 'slide') return `${item.title}, ${words.page(item)}`
  return item.kind === 'link' ? item.title : (others.find(({ kind }) => kind === item.kind)?.label ?? '')
}

function slidesIn(deck: PreparedAnswer | undefined): ScreenItem[] {
  const pages = DeckContent.safeParse(deck?.content).data?.pages ?? []
  return pages.map(({ imageId }, index) => ({
    ...{ kind: 'slide', imageId, title: deck?.title ?? '', page: index + 1, pages: pages.length, deckId: deck?.id ?? null },
  }))
}

const same = (a: ScreenItem | null | undefined, b: ScreenItem | null | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)

export function ScreenPanel({ client }: PanelProps) {
  const view = useLive(client, (state) => state.activities.screen?.view)
  const { programId = '' } = useParams({ strict: false })
  const prepared = useQuery({ ...preparedQuery(programId), enabled: programId !== '' })
  const decks = (prepared.data ?? []).filter(({ kind }) => kind === 'deck')
  const [deckId, setDeckId] = useState<string | null>(null)
  const [preview, setPreview] = useState<ScreenItem>()
  const [straight, setStraight] = useState(false)
  const [refused, setRefused] = useState<ErrorCode>()
  const slides = slidesIn(decks.find(({ id }) => id === deckId) ?? decks[0])

  const place = useRef<HTMLDivElement>(null)
  const toFront = useToFront('screen')
  useShortcut('screen', () => {
    toFront()
    place.current?.querySelector<HTMLElement>('[role=option][tabindex="0"]')?.focus()
  })

  if (view === undefined) return <Quiet says="The screen is there once the program is scheduled." />
  const current = view.current?.item ?? null

  async function send(command: { type: string; [key: string]: unknown }): Promise<void> {
    const ack = await client.send('screen', command)
    setRefused('refused' in ack ? ack.refused.code : undefined)
  }
  const take = (item: ScreenItem | undefined): void => {
    if (item !== undefined) void send({ type: 'take', item })
  }

  /** Keys of a remote control for slides: they turn pages in the preview, and Enter takes. */
  function onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const step = steps[event.key]
    if (event.key === 'Enter') take(preview)
    else if (step === undefined || slides.length === 0) return
    else {
      const at = slides.findIndex((slide) => same(slide, preview))
      const next = at < 0 ? 0 : Math.min(slides.length - 1, Math.max(0, at + step))
      setPreview(slides[next])
      if (straight) take(slides[next])
      const place = event.currentTarget.querySelectorAll<HTMLElement>('[role=option]')[next]
      place?.focus()
      place?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div className="panel-body panel-scrolls">
      <Stack gap="sm" p="sm">
        {!view.settings.on && (
          <Text size="sm" c="dimmed">
            The screen is switched off in this program’s activities.
          </Text>
        )}
        <div className="screen-monitors">
          <Monitor client={client} title="Preview" item={preview ?? null} />
          <Monitor client={client} title="On the screen" item={current} onAir />
        </div>
        <Group gap="xs">
          <Button size="compact-md" disabled={preview === undefined || same(preview, current)} onClick={() => take(preview)}>
            Take
          </Button>
          <Button size="compact-md" variant="default" disabled={current === null} onClick={() => void send({ type: 'clear' })}>
            Clear
          </Button>
        </Group>
        {refused !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            That did not work. {errorRow(refused).says}
          </Text>
        )}
        <Group gap={6} role="group" aria-label="From the activities">
          {others.map(({ kind, label }) => (
            <Button
              key={kind}
              size="compact-sm"
              variant="default"
              aria-pressed={preview?.kind === kind}
              onClick={() => setPreview({ kind })}
            >
              {label}
            </Button>
          ))}
        </Group>
        {decks.length > 1 && (
          <Select
            size="xs"
            aria-label="Deck"
            data={decks.map(({ id, title }) => ({ value: id, label: title }))}
            allowDeselect={false}
            value={deckId ?? decks[0]?.id ?? null}
            onChange={setDeckId}
          />
        )}
        {decks.length === 0 ? (
          <Text size="sm" c="dimmed">
            No slides yet. Upload a PDF or pictures in the program’s Prepare tab.
          </Text>
        ) : (
          <div ref={place} className="screen-slides" role="listbox" aria-label="Slides" aria-describedby="screen-keys" onKeyDown={onKey}>
            {slides.map((slide, index) => (
              <button
                key={nameOf(slide)}
                type="button"
                role="option"
                aria-selected={same(slide, preview)}
                aria-label={nameOf(slide)}
                data-air={same(slide, current)}
                tabIndex={same(slide, preview) || (index === 0 && !slides.some((each) => same(each, preview))) ? 0 : -1}
                onClick={() => setPreview(slide)}
                onDoubleClick={() => take(slide)}
              >
                {slide.kind === 'slide' && <img src={`/api/programs/${programId}/slides/${slide.imageId}?as=team`} alt="" loading="lazy" />}
                <span aria-hidden="true">{index + 1}</span>
              </button>
            ))}
          </div>
        )}
        {slides.length > 0 && (
          <>
            <Text size="xs" c="dimmed" id="screen-keys">
              Arrow keys or Page Up and Page Down turn the slides, Enter takes.
            </Text>
            <Switch
              size="sm"
              label="Turn slides straight on the screen"
              description="For a remote control: every turn of a page is taken at once."
              checked={straight}
              onChange={(event) => setStraight(event.currentTarget.checked)}
            />
          </>
        )}
        <LinkForm onPreview={setPreview} />
      </Stack>
    </div>
  )
}

function Monitor({ client, title, item, onAir = false }: { client: LiveClient; title: string; item: ScreenItem | null; onAir?: boolean }) {
  return (
    <section className="screen-monitor" data-air={onAir && item !== null} aria-label={`${title}: ${nameOf(item)}`}>
      <div className="screen-frame" inert>
        {item !== null && <ScreenItemView client={client} item={item} words={words} />}
      </div>
      <Text size="xs" truncate>
        {title}: {nameOf(item)}
      </Text>
    </section>
  )
}

function LinkForm({ onPreview }: { onPreview(item: ScreenItem): void }) {
  const [url, setUrl] = useState('')
  const [title, setTitle] = useState('')
  const isGood = /^https:\/\/\S+\.\S+/.test(url.trim()) && title.trim() !== ''
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (isGood) onPreview({ kind: 'link', url: url.trim(), title: title.trim() })
  }
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput
          size="xs"
          label="Web link"
          placeholder="https://"
          maxLength={limits.urlUnits}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label="Its title"
          maxLength={limits.titleUnits}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" variant="default" disabled={!isGood}>
          Preview
        </Button>
      </Group>
    </form>
  )
}
