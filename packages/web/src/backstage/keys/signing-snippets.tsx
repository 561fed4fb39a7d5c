// Owns: how to sign with a key: the examples, filled in with the organization's own ids.
import { Box, Group, NativeSelect, Stack, Tabs, Text } from '@mantine/core'
import type { PartnerKeyAnswer } from '@voila/protocol'
import { useState } from 'react'
import { Code } from '../pieces/code.tsx'
import { CopyButton } from '../pieces/copy.tsx'
import { Section } from '../pieces/section.tsx'
import { ProgramChoice, useChosenProgram } from './program-choice.tsx'
import { filledSnippets, type Snippet } from './snippets.ts'

function SnippetBody({ snippet, attendeeUrl }: { snippet: Snippet; attendeeUrl: string }) {
  const { file, install, run, code } = snippet
  return (
    <Stack gap="sm" mt="md">
      {install === null ? null : <Code text={install} what="install command" />}
      <Text size="sm" fw={500}>
        {file}
      </Text>
      <Code text={code} what={file} />
      <Text size="sm" c="dimmed">
        With private.pem beside it, this prints a token:
      </Text>
      <Code text={run} what="run command" />
      <Text size="sm" c="dimmed">
        Send the person on to{' '}
        <span className="mono">
          {attendeeUrl}?token=<em>token</em>
        </span>
        .
      </Text>
    </Stack>
  )
}

export function SigningSnippets({ partnerKey }: { partnerKey: PartnerKeyAnswer }) {
  const { organizationId, kid } = partnerKey
  const [programId, setProgramId] = useState<string>()
  const program = useChosenProgram(programId)
  const snippets = filledSnippets({ organizationId, kid, programId })
  const [id, setId] = useState(snippets[0]?.id ?? '')
  const snippet = snippets.find((each) => each.id === id)
  return (
    <Section title="Sign with this key" says="Filled in with your ids. The same files are in examples/sign of the source.">
      <Group gap="md" align="flex-end" mb="md">
        <Box flex="1 1 260px" maw={420}>
          <ProgramChoice programId={programId} onProgram={setProgramId} description="Its id goes into eventId." />
        </Box>
        {programId === undefined ? null : (
          <Group gap={2} wrap="nowrap" h={36}>
            <Text size="sm" className="mono">
              {programId}
            </Text>
            <CopyButton value={programId} what="program id" size="sm" />
          </Group>
        )}
      </Group>
      <NativeSelect
        hiddenFrom="sm"
        label="Language"
        value={id}
        onChange={({ currentTarget }) => setId(currentTarget.value)}
        data={snippets.map((each) => ({ value: each.id, label: each.title }))}
      />
      <Tabs value={id} onChange={(next) => setId(next ?? id)} keepMounted={false}>
        <Tabs.List visibleFrom="sm" aria-label="Languages">
          {snippets.map((each) => (
            <Tabs.Tab key={each.id} value={each.id}>
              {each.title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippet === undefined ? null : (
          <Tabs.Panel value={snippet.id}>
            <SnippetBody snippet={snippet} attendeeUrl={program?.attendeeUrl ?? `${location.origin}/PROGRAM_ID`} />
          </Tabs.Panel>
        )}
      </Tabs>
    </Section>
  )
}
