// Owns: how a program's feed comes in, and how it is.
import { SimpleGrid, Text } from '@mantine/core'
import { programStates } from '@voila/protocol'
import { useMay } from '../may.ts'
import { Section } from '../pieces/section.tsx'
import { ConfidencePreview } from './confidence-preview.tsx'
import { EncoderSteps } from './encoder-steps.tsx'
import { useProgram } from './program-queries.ts'
import { Recordings } from './recordings.tsx'
import { StreamHealth } from './stream-health.tsx'
import { StreamKeys } from './stream-keys.tsx'

export function StreamTab() {
  const program = useProgram()
  const mayWrite = useMay('stream:write')
  const { picture, ingest } = programStates[program.state]
  return (
    <>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" verticalSpacing={0}>
        <Section
          title="Preview"
          says={picture === 'team' ? 'Your team alone sees this picture.' : 'What attendees see, a second or two behind the camera.'}
        >
          <ConfidencePreview programId={program.id} hasPicture={picture !== 'none'} />
        </Section>
        <Section title="Health" says="Of the feed as it arrives here, at this moment.">
          <StreamHealth programId={program.id} mayWrite={mayWrite} />
        </Section>
      </SimpleGrid>
      {mayWrite && (
        <Section title="Where to send the feed" says="Whoever has a key can be the picture of this program. Treat it like a password.">
          {ingest === 'refused' ? (
            <Text size="sm">An archived program takes no feed.</Text>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
              <StreamKeys program={program} />
              <EncoderSteps programId={program.id} />
            </SimpleGrid>
          )}
        </Section>
      )}
      {mayWrite && (
        <Section title="Recordings" says="Each feed is recorded as it comes in, rehearsals too.">
          <Recordings program={program} />
        </Section>
      )}
    </>
  )
}
