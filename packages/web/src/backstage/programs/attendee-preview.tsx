// Owns: the preview of the attendee page beside its form: the page itself, filled with what stands in the form.
import { Group, SegmentedControl, Text, useComputedColorScheme } from '@mantine/core'
import type { Program } from '@voila/protocol'
import { useEffect, useMemo, useState } from 'react'
import { AttendeeView } from '../../attendee/attendee-page.tsx'
import css from '../../attendee/style/index.css?inline'
import { type Language, languages, speak } from '../../i18n/index.ts'
import { DeviceFrame } from './device-frame.tsx'
import { createPreviewClient, type PreviewState, previewEntry } from './preview-client.ts'

const devices = { desktop: { width: 1280, height: 760, label: 'Desktop' }, phone: { width: 390, height: 760, label: 'Phone' } } as const
type Device = keyof typeof devices
const phonePx = 600

const states: readonly { value: PreviewState; label: string }[] = [
  { value: 'scheduled', label: 'Before' },
  { value: 'live', label: 'Live' },
  { value: 'ended', label: 'Ended' },
]

const isLanguage = (text: string | undefined): text is Language => languages.some((each) => each === text)

/** The page speaks its own words in one of its languages; the preview in that of the show, where it is one of them. */
function useWords(language: string): boolean {
  const [isReady, setReady] = useState(false)
  const short = language.split('-')[0]
  useEffect(() => {
    let current = true
    void speak(isLanguage(short) ? short : 'en').then(() => current && setReady(true))
    return () => {
      current = false
    }
  }, [short])
  return isReady
}

/** @param props.program  as it would be if it were saved now */
export function AttendeePreview({ program }: { program: Program }) {
  const scheme = useComputedColorScheme('light')
  // Somebody with a phone in hand begins with the phone.
  const [device, setDevice] = useState<Device>(() => (window.innerWidth < phonePx ? 'phone' : 'desktop'))
  const [state, setState] = useState<PreviewState>('scheduled')
  const isReady = useWords(program.language)
  const [client, entry] = useMemo(() => [createPreviewClient(program, state), previewEntry(program, state)] as const, [program, state])
  const { width, height, label } = devices[device]
  return (
    <section aria-label="Preview" className="page-preview">
      <Group justify="space-between" gap="xs" mb="xs">
        <SegmentedControl
          size="xs"
          aria-label="When"
          value={state}
          data={[...states]}
          onChange={(value) => setState(value as PreviewState)}
        />
        <SegmentedControl
          size="xs"
          aria-label="On what"
          value={device}
          data={Object.entries(devices).map(([value, { label }]) => ({ value, label }))}
          onChange={(value) => setDevice(value as Device)}
        />
      </Group>
      {isReady && (
        <DeviceFrame
          key={device}
          title={`The attendee page on a ${label.toLowerCase()}`}
          width={width}
          height={height}
          language={program.language}
          scheme={scheme}
          css={state === 'live' ? css + pictureCss(program) : css}
        >
          <AttendeeView key={state} client={client} entered={entry} />
        </DeviceFrame>
      )}
      <Text size="xs" c="dimmed" mt="xs">
        As attendees will see it, in light or dark as each has it; the messages are examples.
      </Text>
    </section>
  )
}

/** In the place of the picture there is its cover, or the stage: a player needs a page of its own. */
function pictureCss({ coverUrl }: Program): string {
  const cover = coverUrl === null ? 'none' : `url("${coverUrl}")`
  return `.stage { background-image: ${cover}; background-size: cover; background-position: center } .stage > .notice { visibility: hidden }`
}
