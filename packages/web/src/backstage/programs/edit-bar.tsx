// Owns: saving the edits of a program: the bar that offers it, what others changed meanwhile, and the question before edits are left behind.
import { Alert, Box, Button, ColorSwatch, Group, Kbd, Modal, Paper, SegmentedControl, Stack, Text } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconUsers } from '@tabler/icons-react'
import { useBlocker } from '@tanstack/react-router'
import type { FullOptions } from '@voila/protocol'
import { optionLines } from '../activities/option-forms.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { Moment } from '../pieces/moment.tsx'
import { type FieldName, fieldWords, isActivityField } from './program-fields.ts'
import type { FieldDifference, ProgramEdit } from './use-program-edit.ts'

/** Shown while there is something to save. Ctrl+S or ⌘S saves too. */
export function EditBar({ edit }: { edit: ProgramEdit }) {
  const { isDirty, isSaving, error, faults } = edit
  useHotkeys([['mod+S', edit.save]], [])
  const names = Object.keys(faults) as FieldName[]
  return (
    <>
      <UnsavedGuard isDirty={isDirty} />
      <Differences edit={edit} />
      {(isDirty || isSaving) && (
        <Paper className="edit-bar" shadow="md" p="sm">
          <ErrorNote error={error} mb="sm" />
          <Group justify="space-between" gap="sm">
            <Text size="sm" role="status">
              {names.length === 0 ? 'You have unsaved changes.' : `Mend first: ${names.map((name) => fieldWords[name].label).join(', ')}.`}
            </Text>
            <Group gap="xs">
              <Text size="xs" c="dimmed" visibleFrom="sm">
                <Kbd size="xs">Ctrl</Kbd> + <Kbd size="xs">S</Kbd>
              </Text>
              <Button variant="default" onClick={edit.discard} disabled={isSaving}>
                Discard
              </Button>
              <Button onClick={edit.save} loading={isSaving} disabled={names.length > 0}>
                {edit.wasRefused ? 'Save again' : 'Save'}
              </Button>
            </Group>
          </Group>
        </Paper>
      )}
    </>
  )
}

/** Field by field, what somebody else changed since this was opened. */
function Differences({ edit }: { edit: ProgramEdit }) {
  const { differences, wasRefused } = edit
  if (differences.length === 0 && !(wasRefused && edit.isDirty)) return null
  return (
    <Alert
      color="yellow"
      icon={<IconUsers size={18} aria-hidden />}
      title={wasRefused ? 'Not saved yet: somebody else saved in the meantime' : 'Somebody else has changed this program'}
      role="alert"
      mb="lg"
      className="differences"
    >
      <Stack gap="md">
        <Text size="sm">
          {differences.length === 0
            ? 'They did not touch what you changed. Save again.'
            : 'What you wrote is still here. Look at what they changed, choose what stands, then save.'}
        </Text>
        {differences.map((difference) => (
          <DifferenceRow key={difference.field} difference={difference} onKeep={(side) => edit.keep(difference.field, side)} />
        ))}
        {differences.some((difference) => difference.both) && (
          <Group>
            <Button size="xs" variant="default" onClick={edit.takeAllTheirs}>
              Drop my changes and take theirs
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  )
}

function DifferenceRow({ difference, onKeep }: { difference: FieldDifference; onKeep: (side: 'mine' | 'theirs') => void }) {
  const { field, both, mine, theirs, kept } = difference
  const { label } = fieldWords[field]
  return (
    <section aria-label={label}>
      <Group justify="space-between" gap="xs" mb={6}>
        <Text size="sm" fw={600}>
          {label}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={`${label}: which stands`}
          value={kept}
          onChange={(side) => onKeep(side === 'mine' ? 'mine' : 'theirs')}
          data={[
            { value: 'mine', label: both ? 'Keep mine' : 'As before' },
            { value: 'theirs', label: 'Take theirs' },
          ]}
        />
      </Group>
      <div className="difference-sides">
        <Side title={both ? 'Yours' : 'Before'} stands={kept === 'mine'} field={field} value={mine} />
        <Side title="Theirs" stands={kept === 'theirs'} field={field} value={theirs} />
      </div>
    </section>
  )
}

function Side({ title, stands, field, value }: { title: string; stands: boolean; field: FieldName; value: unknown }) {
  return (
    <Box className="difference-side" data-stands={stands}>
      <Text size="xs" c="dimmed">
        {title}
        {stands && ' · stands'}
      </Text>
      <Text size="sm" component="div" className="difference-value" dir="auto">
        <Value field={field} value={value} />
      </Text>
    </Box>
  )
}

function Value({ field, value }: { field: FieldName; value: unknown }) {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return <i>nothing</i>
  if (field === 'startsAt') return <Moment at={String(value)} />
  if (field === 'accent') {
    return (
      <Group gap={6}>
        <ColorSwatch size={14} color={String(value)} />
        <span className="mono">{String(value)}</span>
      </Group>
    )
  }
  if (isActivityField(field)) return optionLines(field, value as FullOptions[typeof field]).join('\n')
  if (typeof value === 'boolean') return value ? 'On' : 'Off'
  return Array.isArray(value) ? value.join('\n') : String(value)
}

/** Asks before another page, a closed tab or a reload would lose what was not saved. */
function UnsavedGuard({ isDirty }: { isDirty: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  if (status !== 'blocked') return null
  return (
    <Modal opened onClose={reset} title="Leave without saving?">
      <Stack gap="md">
        <Text size="sm">What you changed on this page has not been saved.</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" color="red" onClick={proceed}>
            Leave without saving
          </Button>
          <Button data-autofocus onClick={reset}>
            Stay
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
