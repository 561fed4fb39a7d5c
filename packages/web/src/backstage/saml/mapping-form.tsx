// Owns: which attribute says what, who says whether data is shared, and whether a sign-in may begin elsewhere.
import { Button, Checkbox, Group, Radio, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { type SamlAnswer, type SamlMapping, samlPresets } from '@voila/protocol'
import { type FormEvent, useState } from 'react'
import { useOrganization } from '../may.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone } from '../pieces/notes.tsx'
import { Section } from '../pieces/section.tsx'
import { useSamlChange } from './saml-queries.ts'

type Preset = keyof typeof samlPresets
type Field = keyof SamlMapping

const fields: readonly { name: Field; label: string; description: string; placeholder: string }[] = [
  { name: 'subject', label: 'Who it is', description: 'Always the same for one person. Empty: the NameID.', placeholder: 'The NameID' },
  { name: 'givenName', label: 'Given name', description: 'Shown in chat and questions. It must come.', placeholder: '' },
  { name: 'familyName', label: 'Family name', description: 'Empty: people have one name.', placeholder: 'None' },
  { name: 'email', label: 'E-mail address', description: 'For lists and reports alone. Empty: none is kept.', placeholder: 'None' },
]

const isMapping = (mapping: SamlMapping, preset: Preset): boolean =>
  (Object.keys(samlPresets[preset].mapping) as Field[]).every((name) => mapping[name] === samlPresets[preset].mapping[name])

/** The preset that a mapping is, or what it is called where it is none. */
function presetOf(mapping: SamlMapping): Preset | 'own' {
  return (Object.keys(samlPresets) as Preset[]).find((preset) => isMapping({ ...mapping, share: null }, preset)) ?? 'own'
}

const presetChoices = [
  ...(Object.keys(samlPresets) as Preset[]).map((preset) => ({ value: preset, label: samlPresets[preset].label })),
  { value: 'own', label: 'Another one, or changed attributes' },
]

export function MappingSection({ saml, mayWrite }: { saml: SamlAnswer; mayWrite: boolean }) {
  const { id: organizationId } = useOrganization()
  const [mapping, setMapping] = useState<SamlMapping>(saml.mapping)
  const [consent, setConsent] = useState(saml.consent)
  const [idpInitiated, setIdpInitiated] = useState(saml.idpInitiated)
  const saving = useSamlChange<Pick<SamlAnswer, 'mapping' | 'consent' | 'idpInitiated'>>(organizationId, {
    method: 'PATCH',
    onDone: () => showDone('Saved. It counts from the next sign-in on.'),
  })
  const given = { mapping: { ...mapping, share: consent === 'attribute' ? mapping.share : null }, consent, idpInitiated }
  const saved = { mapping: saml.mapping, consent: saml.consent, idpInitiated: saml.idpInitiated }
  const isChanged = JSON.stringify(given) !== JSON.stringify(saved)
  const isReady = given.mapping.givenName !== '' && (consent === 'ask' || given.mapping.share !== null)
  const set = (name: Field, text: string): void => setMapping({ ...mapping, [name]: text === '' && name !== 'givenName' ? null : text })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isReady) saving.mutate(given)
  }
  return (
    <Section
      title="3. Say which attribute is what"
      says="Identity providers call things differently. Choose yours, or write the names as your administrator has set them; a test sign-in shows what comes."
    >
      <form onSubmit={submit}>
        <Stack gap="lg">
          <Select
            label="Identity provider"
            data={presetChoices}
            value={presetOf(mapping)}
            onChange={(preset) => {
              if (preset !== null && preset !== 'own') setMapping({ ...samlPresets[preset as Preset].mapping, share: mapping.share })
            }}
            allowDeselect={false}
            readOnly={!mayWrite}
            maw={400}
          />
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            {fields.map(({ name, label, description, placeholder }) => (
              <TextInput
                key={name}
                label={label}
                description={description}
                placeholder={placeholder}
                classNames={{ input: 'mono' }}
                spellCheck={false}
                autoCapitalize="off"
                readOnly={!mayWrite}
                value={mapping[name] ?? ''}
                error={name === 'givenName' && mapping.givenName === '' ? 'Fill this in.' : undefined}
                onChange={({ currentTarget }) => set(name, currentTarget.value.trim())}
              />
            ))}
          </SimpleGrid>
          <Radio.Group
            label="Who says whether you may take names and addresses away"
            description="In lists, reports and exports. In the chat names show either way."
            value={consent}
            onChange={(value) => mayWrite && setConsent(value as SamlAnswer['consent'])}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="ask" label="The person, who is asked once at each program" />
              <Radio value="attribute" label="An attribute: true or false" />
              {consent === 'attribute' ? (
                <TextInput
                  aria-label="Attribute that says whether data is shared"
                  placeholder="sharePersonalData"
                  classNames={{ input: 'mono' }}
                  maw={400}
                  ml={28}
                  readOnly={!mayWrite}
                  value={mapping.share ?? ''}
                  error={mapping.share === null ? 'Name the attribute. Without it nobody’s data is shared.' : undefined}
                  onChange={({ currentTarget }) => set('share', currentTarget.value.trim())}
                />
              ) : null}
            </Stack>
          </Radio.Group>
          <Checkbox
            label="A sign-in may begin at the identity provider"
            description="From the company’s portal, with a program’s id as RelayState. The person is asked whether to go on, since somebody else may have sent him. Leave it off where you don’t need it."
            checked={idpInitiated}
            readOnly={!mayWrite}
            onChange={({ currentTarget }) => mayWrite && setIdpInitiated(currentTarget.checked)}
          />
          <ErrorNote error={saving.error} />
          {mayWrite ? (
            <Group>
              <Button type="submit" variant="default" disabled={!isChanged || !isReady} loading={saving.isPending}>
                Save
              </Button>
            </Group>
          ) : null}
        </Stack>
      </form>
    </Section>
  )
}
