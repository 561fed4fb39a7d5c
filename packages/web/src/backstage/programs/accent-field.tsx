// Owns: choosing a program's accent, and seeing what becomes of it where text has to be read.
import { Button, ColorInput, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { accentTones, contrast, readable, type Scheme } from '../../look/accent.ts'

const swatches = [
  '#b3261e',
  '#c2410c',
  '#a16207',
  '#2f7d32',
  '#0f766e',
  '#0369a1',
  '#3d54d6',
  '#6d28d9',
  '#a21caf',
  '#be185d',
  '#475569',
  '#111827',
]
const whole = /^#[0-9a-f]{6}$/
const onPaper = '#ffffff'

type AccentFieldProps = { value: string | null; fault: string | undefined; onChange: (accent: string | null) => void }

export function AccentField({ value, fault, onChange }: AccentFieldProps) {
  // Half a colour is kept here while it is typed; the form holds whole ones alone.
  const [typed, setTyped] = useState<string>()
  const shown = typed ?? value ?? ''
  function change(given: string): void {
    const color = given.trim().toLowerCase()
    const isWhole = color === '' || whole.test(color)
    setTyped(isWhole ? undefined : color)
    if (isWhole) onChange(color === '' ? null : color)
  }
  return (
    <div>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <ColorInput
          flex={1}
          label="Accent colour"
          description="Of buttons, links and marks on the attendee page. Without one it is Voilà’s own blue."
          placeholder="#3d54d6"
          format="hex"
          eyeDropperButtonProps={{ 'aria-label': 'Pick a colour from the screen' }}
          swatches={swatches}
          swatchesPerRow={6}
          value={shown}
          error={typed === undefined ? fault : 'Write a colour like #3d54d6.'}
          onChange={change}
          onBlur={() => setTyped(undefined)}
        />
        {value !== null && (
          <Button variant="default" onClick={() => change('')}>
            None
          </Button>
        )}
      </Group>
      {value !== null && <Tones accent={value} />}
    </div>
  )
}

const schemes: readonly { scheme: Scheme; label: string; ground: string }[] = [
  { scheme: 'light', label: 'Light', ground: '#ffffff' },
  { scheme: 'dark', label: 'Dark', ground: '#0d0e11' },
]

/** The colour as it will be, light and dark, with what was changed in it said. */
function Tones({ accent }: { accent: string }) {
  const isMoved = schemes.some(({ scheme }) => accentTones(accent, scheme).text !== accent)
  return (
    <div className="tones">
      <Group gap="xs" grow>
        {schemes.map(({ scheme, label, ground }) => {
          const { text, fill, onFill } = accentTones(accent, scheme)
          return (
            <div key={scheme} className="tone" style={{ background: ground }}>
              <span className="tone-fill" style={{ background: fill, color: onFill }}>
                Button
              </span>
              <span className="tone-text" style={{ color: text }}>
                {label} link
              </span>
            </div>
          )
        })}
      </Group>
      <Text size="xs" c="dimmed" mt={6}>
        {isMoved
          ? `Where words have to be read, its lightness is moved until they can (${readable} to 1): on white it has ${contrast(accent, onPaper).toFixed(1)} to 1.`
          : 'It reads well as it is.'}
      </Text>
    </div>
  )
}
