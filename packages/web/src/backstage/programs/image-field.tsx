// Owns: a program's cover and logo: choosing one, seeing it, taking it away.
import { Button, FileButton, Group, Image, Input, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ImageKind, limits, type Program } from '@voila/protocol'
import { type DragEvent, useState } from 'react'
import { api } from '../api.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showUndo } from '../pieces/notes.tsx'
import { programQuery } from '../queries.ts'
import { programPath } from './program-queries.ts'

const types = ['image/png', 'image/jpeg', 'image/webp']
const megabytes = limits.imageBytes / 1024 / 1024

const kinds: Readonly<Record<ImageKind, { label: string; says: string }>> = {
  cover: { label: 'Cover', says: 'Shown wide before the start: 1600 × 900 pixels or more.' },
  logo: { label: 'Logo', says: 'Shown small beside the title: best with a transparent background.' },
}

type ImageFieldProps = { program: Program; kind: ImageKind; disabled?: boolean }

/** Saved at once, by itself: a picture is no part of the form around it. */
export function ImageField({ program, kind, disabled = false }: ImageFieldProps) {
  const queryClient = useQueryClient()
  const [fault, setFault] = useState<string>()
  const [over, setOver] = useState(false)
  const path = `${programPath(program.id)}/images/${kind}`
  const shown = kind === 'cover' ? program.coverUrl : program.logoUrl
  const { label, says } = kinds[kind]
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: programQuery(program.id).queryKey, exact: true })
  const sending = useMutation({ mutationFn: (file: Blob) => api.send('POST', path, file), onSuccess: refresh })
  const removing = useMutation({ mutationFn: remove, onSuccess: refresh })

  /** What is taken away is kept here for as long as it can be brought back. */
  async function remove(url: string): Promise<void> {
    const kept = await fetch(url).then((answer) => answer.blob())
    await api.send('DELETE', path)
    showUndo({ message: `The ${kind} is gone.`, onUndo: () => sending.mutateAsync(kept) })
  }

  function choose(file: File | null | undefined): void {
    if (file === null || file === undefined) return
    const wrong = !types.includes(file.type)
      ? 'Use a PNG, JPEG or WebP file.'
      : file.size > limits.imageBytes
        ? `This file is larger than ${megabytes} MB.`
        : undefined
    setFault(wrong)
    if (wrong === undefined) sending.mutate(file)
  }
  function drop(event: DragEvent): void {
    event.preventDefault()
    setOver(false)
    if (!disabled) choose(event.dataTransfer.files[0])
  }

  return (
    <Input.Wrapper
      label={label}
      description={`${says} PNG, JPEG or WebP, at most ${megabytes} MB. Saved at once.`}
      error={fault}
      labelElement="div"
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is a second way; the buttons inside are the first */}
      <div
        className="image-field"
        data-kind={kind}
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {shown === null ? (
          <Text size="sm" c="dimmed">
            Drop a file here, or choose one.
          </Text>
        ) : (
          <Image src={shown} alt={`${label} as it is now`} className="image-field-shown" />
        )}
        <Group gap="xs">
          <FileButton accept={types.join(',')} onChange={choose} disabled={disabled}>
            {(props) => (
              <Button {...props} variant="default" size="xs" loading={sending.isPending} aria-label={`Choose a ${kind}`}>
                {shown === null ? 'Choose a file' : 'Replace'}
              </Button>
            )}
          </FileButton>
          {shown !== null && (
            <Button
              variant="subtle"
              color="gray"
              size="xs"
              disabled={disabled}
              aria-label={`Remove the ${kind}`}
              loading={removing.isPending}
              onClick={() => removing.mutate(shown)}
            >
              Remove
            </Button>
          )}
        </Group>
      </div>
      <ErrorNote error={sending.error ?? removing.error} />
    </Input.Wrapper>
  )
}
