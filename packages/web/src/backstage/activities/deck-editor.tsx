// Owns: a deck of slides while it is put together: upload, order, delete.
import { ActionIcon, Button, FileButton, Group, Progress as ProgressBar, Stack, Text, TextInput } from '@mantine/core'
import { IconArrowLeft, IconArrowRight, IconTrash, IconUpload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { DeckContent, limits, type SlideAnswer } from '@voila/protocol'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { api } from '../api.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { NoSlides, type Progress, slidesOf } from './deck-pages.ts'
import type { PreparedEditorProps } from './editor-props.ts'
import './deck.css'

type Page = DeckContent['pages'][number]

export const slideAddress = (programId: string, imageId: string): string => `/api/programs/${programId}/slides/${imageId}?as=team`

const swapped = (pages: readonly Page[], at: number, to: number): Page[] => {
  const next = [...pages]
  const [moved] = next.splice(at, 1)
  if (moved !== undefined) next.splice(to, 0, moved)
  return next
}

export function DeckEditor({ programId, item, onSave, onCancel }: PreparedEditorProps) {
  const [title, setTitle] = useState(item?.title ?? '')
  const [pages, setPages] = useState<readonly Page[]>(() => DeckContent.safeParse(item?.content).data?.pages ?? [])
  const [progress, setProgress] = useState<Progress>()
  const [fault, setFault] = useState<Error>()
  const stop = useRef<AbortController>(undefined)
  const saving = useMutation({ mutationFn: onSave })
  useEffect(() => () => stop.current?.abort(), [])

  async function add(files: readonly File[]): Promise<void> {
    if (files.length === 0) return
    const controller = new AbortController()
    stop.current = controller
    setFault(undefined)
    setProgress({ done: 0, of: files.length })
    if (title === '' && files[0] !== undefined) setTitle(files[0].name.replace(/\.[a-z]+$/i, '').slice(0, limits.titleUnits))
    let done = 0
    let free = limits.deckPages - pages.length
    try {
      for await (const { image, of } of slidesOf(files)) {
        if (controller.signal.aborted) return
        if (free-- <= 0) throw new NoSlides(`A deck has ${limits.deckPages} slides at most. The rest was left out.`)
        const { imageId } = await api.send<SlideAnswer>('POST', `/api/programs/${programId}/slides`, image, { signal: controller.signal })
        done += 1
        setPages((before) => [...before, { imageId }])
        setProgress({ done, of: Math.max(of, done) })
      }
    } catch (error) {
      if (!controller.signal.aborted) setFault(error as Error)
    } finally {
      if (stop.current === controller) setProgress(undefined)
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (title.trim() !== '' && pages.length > 0) saving.mutate({ title: title.trim(), content: { pages } })
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Title"
          description="Attendees hear it with the number of the page, where they can’t see the slide."
          data-autofocus
          maxLength={limits.titleUnits}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Group gap="sm">
          <FileButton multiple accept="application/pdf,image/png,image/jpeg,image/webp" onChange={(files) => void add(files)}>
            {(props) => (
              <Button
                {...props}
                variant={pages.length === 0 ? 'filled' : 'default'}
                disabled={progress !== undefined}
                leftSection={<IconUpload size={16} aria-hidden />}
              >
                {pages.length === 0 ? 'Upload a PDF or pictures' : 'Add more'}
              </Button>
            )}
          </FileButton>
          <Text size="sm" c="dimmed">
            {pages.length === 0 ? 'Pages are turned into pictures here, in your browser.' : `${pages.length} of ${limits.deckPages} slides`}
          </Text>
        </Group>
        {progress !== undefined && (
          <Group gap="sm" wrap="nowrap">
            <ProgressBar
              className="deck-progress"
              value={(progress.done / progress.of) * 100}
              aria-label={`Uploading, ${progress.done} of ${progress.of}`}
              animated
            />
            <Text size="sm">
              {progress.done} of {progress.of}
            </Text>
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => {
                stop.current?.abort()
                setProgress(undefined)
              }}
            >
              Stop
            </Button>
          </Group>
        )}
        {fault instanceof NoSlides ? (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {fault.message}
          </Text>
        ) : (
          <ErrorNote error={fault ?? saving.error} />
        )}
        {pages.length > 0 && (
          <ol className="deck-pages" aria-label="Slides">
            {pages.map(({ imageId }, index) => (
              <li key={imageId}>
                <img src={slideAddress(programId, imageId)} alt={`Slide ${index + 1}`} loading="lazy" />
                <Group gap={2} justify="space-between" wrap="nowrap">
                  <Text size="xs" c="dimmed">
                    {index + 1}
                  </Text>
                  <Group gap={2} wrap="nowrap">
                    <Tool
                      says={`Move slide ${index + 1} earlier`}
                      off={index === 0}
                      does={() => setPages(swapped(pages, index, index - 1))}
                    >
                      <IconArrowLeft size={14} aria-hidden />
                    </Tool>
                    <Tool
                      says={`Move slide ${index + 1} later`}
                      off={index === pages.length - 1}
                      does={() => setPages(swapped(pages, index, index + 1))}
                    >
                      <IconArrowRight size={14} aria-hidden />
                    </Tool>
                    <Tool says={`Remove slide ${index + 1}`} off={false} does={() => setPages(pages.filter((_, at) => at !== index))}>
                      <IconTrash size={14} aria-hidden />
                    </Tool>
                  </Group>
                </Group>
              </li>
            ))}
          </ol>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending} disabled={progress !== undefined || pages.length === 0 || title.trim() === ''}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Tool({ says, off, does, children }: { says: string; off: boolean; does(): void; children: ReactNode }) {
  return (
    <ActionIcon size="sm" variant="subtle" color="gray" aria-label={says} disabled={off} onClick={does}>
      {children}
    </ActionIcon>
  )
}
