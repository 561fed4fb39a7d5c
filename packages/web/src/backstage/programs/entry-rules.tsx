// Owns: the rules of a program's door beside who has the key: how often a token lets in, in how many places, until when, and from when on.
import { Checkbox, NumberInput, Paper, Radio, Stack } from '@mantine/core'
import { limits, type Program } from '@voila/protocol'
import { fieldWords } from './program-fields.ts'
import type { ProgramEdit } from './use-program-edit.ts'

type Choice = 'tokenUse' | 'concurrency' | 'atExpiry'

const choices: { readonly [Name in Choice]: readonly { value: Program[Name]; label: string; description: string }[] } = {
  tokenUse: [
    { value: 'many', label: 'As often as it is opened', description: 'Until it runs out, in any browser.' },
    {
      value: 'once',
      label: 'In one browser',
      description:
        'The first browser that gets in by it may come back; every other one is told that the link has been used. Mail scanners that look at links use nothing up.',
    },
  ],
  concurrency: [
    { value: 'unlimited', label: 'As many as they like', description: 'A laptop and a phone at the same time.' },
    { value: 'newest', label: 'One, the newest counts', description: 'Opened again elsewhere, the older page stops and says so.' },
    {
      value: 'refuse',
      label: 'One, the first counts',
      description: 'A second place is refused while the first is there. A reload is none.',
    },
  ],
  atExpiry: [
    { value: 'keep', label: 'They stay', description: 'A token only opens the door; how long one stays is up to the session.' },
    { value: 'end', label: 'They go', description: 'Unless your site hands the player a fresh token before.' },
  ],
}

const defaultDoorsMinutes = 15

export function EntryRules({ edit }: { edit: ProgramEdit }) {
  const { values, faults, set } = edit
  return (
    <>
      {(Object.keys(choices) as Choice[]).map((name) => (
        <Paper p="md" key={name}>
          <Radio.Group
            label={fieldWords[name].label}
            styles={{ label: { fontWeight: 600 } }}
            value={values[name]}
            onChange={(value) => set({ [name]: value })}
          >
            <Stack gap="xs" mt="xs">
              {choices[name].map(({ value, label, description }) => (
                <Radio key={value} value={value} label={label} description={description} />
              ))}
            </Stack>
          </Radio.Group>
        </Paper>
      ))}
      <Paper p="md">
        <Stack gap="md">
          <Checkbox
            label="Doors open some time before the start"
            styles={{ label: { fontWeight: 600 } }}
            description="Before, whoever comes is told when the doors open, and let in then. Without it attendees may wait inside as soon as the program is scheduled."
            checked={values.doorsMinutes !== null}
            onChange={({ currentTarget }) => set({ doorsMinutes: currentTarget.checked ? defaultDoorsMinutes : null })}
          />
          {values.doorsMinutes !== null && (
            <NumberInput
              label="Minutes before the start"
              maw={220}
              min={0}
              max={limits.doorsMinutes}
              allowDecimal={false}
              value={values.doorsMinutes}
              error={faults.doorsMinutes}
              onChange={(minutes) => set({ doorsMinutes: typeof minutes === 'number' ? minutes : 0 })}
            />
          )}
        </Stack>
      </Paper>
    </>
  )
}
