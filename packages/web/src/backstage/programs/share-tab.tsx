// Owns: how attendees get to a program: by a link, by a redirect, by a player in another site's page.
import { Code, Stack, Tabs, Text } from '@mantine/core'
import type { Program } from '@voila/protocol'
import type { ReactNode } from 'react'
import redirectServer from '../../../../../examples/redirect.mjs?raw'
import watchPage from '../../../../../examples/watch.html?raw'
import watchScript from '../../../../../examples/watch.js?raw'
import { useMay } from '../may.ts'
import { Code as CodeBlock } from '../pieces/code.tsx'
import { CopyField } from '../pieces/copy.tsx'
import { LinkText } from '../pieces/links.tsx'
import { Section } from '../pieces/section.tsx'
import { EmbedPreview } from './embed-preview.tsx'
import { useProgram } from './program-queries.ts'
import { ScreenLinks } from './screen-links.tsx'

const filled = (code: string, { attendeeUrl, id }: Program): string =>
  code.replaceAll('VOILA_URL', new URL(attendeeUrl).origin).replaceAll('PROGRAM_ID', id).trim()

export function ShareTab() {
  const program = useProgram()
  const { id, organizationId, attendeeUrl } = program
  const toKeys = !useMay('keys:read') ? (
    'the page of your key'
  ) : (
    <LinkText inherit underline="always" to="/o/$organizationId/keys" params={{ organizationId }}>
      the page of your key
    </LinkText>
  )
  return (
    <div className="narrow">
      <Section
        title="The link"
        says="One for each person: the token in it says who they are. Your server makes it when somebody asks to watch."
      >
        <Stack gap="md">
          <CopyField label="Attendee link" value={`${attendeeUrl}?token=<token>`} what="attendee link pattern" />
          <CopyField
            label="Program id"
            description="eventId is this program id: tokens name it in roles, as eventId."
            value={id}
            what="program id"
          />
          <Text size="sm" c="dimmed">
            Signing a token takes a few lines in your language. They are on {toKeys}, filled in.
          </Text>
        </Stack>
      </Section>
      <Section title="Send people there" says="Your own server signs, then redirects. Nobody sees the token, and it is good for minutes.">
        <Says>
          Node; <Code>attendeeToken</Code> is on {toKeys}.
        </Says>
        <CodeBlock text={filled(redirectServer, program)} what="redirect code" />
      </Section>
      <Section
        title="Show it in your own page"
        says="The player and the chat, in an intranet or on an event site. It works without cookies."
      >
        <Tabs defaultValue="page" keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="page">Page</Tabs.Tab>
            <Tabs.Tab value="script">Script</Tabs.Tab>
            <Tabs.Tab value="preview">Try it here</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="page">
            <Says>Put these two scripts and the place for the player into your page.</Says>
            <CodeBlock text={filled(watchPage, program)} what="embed page" />
          </Tabs.Panel>
          <Tabs.Panel value="script">
            <Says>watch.js: asks your server for this person’s token, and puts the player into its place.</Says>
            <CodeBlock text={filled(watchScript, program)} what="embed script" />
          </Tabs.Panel>
          <Tabs.Panel value="preview">
            <EmbedPreview program={program} />
          </Tabs.Panel>
        </Tabs>
      </Section>
      <ScreenLinks programId={id} />
    </div>
  )
}

function Says({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed" mb="xs">
      {children}
    </Text>
  )
}
