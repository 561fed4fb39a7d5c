// Owns: the test sign-in: beginning one, and showing what came, who that is here, or the rule that it failed.
import { Alert, Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { SamlAnswer, SamlTestAnswer, SamlTestMade } from '@voila/protocol'
import { useEffect, useRef } from 'react'
import { api } from '../api.ts'
import { problemPath, refusalWords } from '../keys/refusal-words.ts'
import { useOrganization } from '../may.ts'
import { DataTable } from '../pieces/data-table.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { Section } from '../pieces/section.tsx'
import { samlPath, samlTestQuery } from './saml-queries.ts'

type Person = NonNullable<SamlTestAnswer['person']>
type Came = NonNullable<SamlTestAnswer['came']>

const shareWords = (share: boolean | null): string => (share === null ? 'The person is asked' : share ? 'Yes' : 'No')

function PersonTable({ person, mapping }: { person: Person; mapping: SamlAnswer['mapping'] }) {
  const rows = [
    { what: 'Who it is', value: person.subject, from: mapping.subject ?? 'NameID' },
    { what: 'Given name', value: person.givenName, from: mapping.givenName },
    { what: 'Family name', value: person.familyName, from: mapping.familyName },
    { what: 'E-mail address', value: person.email, from: mapping.email },
    { what: 'Shares name and address', value: shareWords(person.share), from: mapping.share },
  ]
  return (
    <DataTable
      label="Who that is here"
      columns={[{ title: 'Here' }, { title: 'Value' }, { title: 'From' }]}
      rows={rows.map(({ what, value, from }) => ({
        key: what,
        cells: [
          what,
          value === null ? (
            <Text key="value" size="sm" c="dimmed">
              none
            </Text>
          ) : (
            value
          ),
          <Text key="from" size="sm" c="dimmed" className="mono">
            {from ?? '–'}
          </Text>,
        ],
      }))}
    />
  )
}

function CameTable({ came }: { came: Came }) {
  const rows = [
    { name: `NameID${came.nameIdFormat === null ? '' : ` (${came.nameIdFormat})`}`, values: came.nameId === null ? [] : [came.nameId] },
    ...came.attributes,
  ]
  return (
    <>
      <Group gap="xs">
        {came.signed.map((part) => (
          <Badge key={part} variant="light" color="green">
            {part} signed
          </Badge>
        ))}
        <Badge variant="light" color={came.encrypted ? 'green' : 'gray'}>
          {came.encrypted ? 'encrypted' : 'not encrypted'}
        </Badge>
      </Group>
      <DataTable
        top
        label="What came"
        columns={[{ title: 'Attribute' }, { title: 'Values' }]}
        rows={rows.map(({ name, values }) => ({
          key: name,
          cells: [
            <Text key="name" size="sm" className="mono">
              {name}
            </Text>,
            values.length === 0 ? (
              <Text key="values" size="sm" c="dimmed">
                no text
              </Text>
            ) : (
              values.join(', ')
            ),
          ],
        }))}
      />
    </>
  )
}

function Verdict({ test }: { test: SamlTestAnswer }) {
  if (test.state === 'waiting')
    return (
      <Text size="sm" c="dimmed">
        Waiting for you to come back from your identity provider.
      </Text>
    )
  const { refusal } = test
  if (refusal === null)
    return (
      <Alert color="green" icon={<IconCheck size={18} aria-hidden />}>
        <Text size="sm">This person would be let in. The test has let nobody in.</Text>
      </Alert>
    )
  return (
    <Alert color="red" variant="light" icon={<IconX size={18} aria-hidden />}>
      <Stack gap={4}>
        <Text size="sm">{refusalWords(refusal.code)}</Text>
        {refusal.detail === null ? null : <Text size="sm">The rule that failed: {refusal.detail}</Text>}
        <Anchor href={problemPath(refusal.code)} target="_blank" rel="noopener" size="sm" className="mono">
          {refusal.code}
        </Anchor>
      </Stack>
    </Alert>
  )
}

function Result({ testId, mapping }: { testId: string; mapping: SamlAnswer['mapping'] }) {
  const { id: organizationId } = useOrganization()
  const query = useQuery(samlTestQuery(organizationId, testId))
  const place = useRef<HTMLDivElement>(null)
  const isThere = query.data !== undefined
  useEffect(() => {
    // Whoever comes back from the identity provider has come for this.
    if (isThere) place.current?.scrollIntoView({ block: 'nearest' })
  }, [isThere])
  if (query.data === undefined) return <ErrorNote error={query.error} />
  const test = query.data
  return (
    <Stack gap="lg" ref={place} aria-live="polite">
      <Verdict test={test} />
      {test.person === null ? null : <PersonTable person={test.person} mapping={mapping} />}
      {test.came === null ? null : <CameTable came={test.came} />}
    </Stack>
  )
}

export function TestSection({ saml, mayWrite, testId }: { saml: SamlAnswer; mayWrite: boolean; testId?: string }) {
  const { id: organizationId } = useOrganization()
  const beginning = useMutation({
    mutationFn: () => api.send<SamlTestMade>('POST', `${samlPath(organizationId)}/tests`),
    onSuccess: ({ url }) => location.assign(url),
  })
  return (
    <Section
      title="4. Try it"
      says="You sign in at your identity provider and come back here. It works also while the company sign-in is off, and admits nobody."
      actions={
        mayWrite ? (
          <Button
            variant="default"
            size="sm"
            disabled={saml.identityProvider === null}
            loading={beginning.isPending || beginning.isSuccess}
            onClick={() => beginning.mutate()}
          >
            Sign in as a test
          </Button>
        ) : undefined
      }
    >
      <ErrorNote error={beginning.error} mb="md" />
      {testId === undefined ? (
        <Text size="sm" c="dimmed">
          What came and who that is here stands in this place afterwards, or the exact rule that failed.
        </Text>
      ) : (
        <Result testId={testId} mapping={saml.mapping} />
      )}
    </Section>
  )
}
