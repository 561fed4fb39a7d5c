// Owns: showing recovery codes, which is done once.
import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { CopyButton } from '../pieces/copy.tsx'
import { saveFile } from '../save-file.ts'

export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone(): void }) {
  const text = codes.join('\n')
  return (
    <Stack gap="md">
      <Text size="sm">
        Keep these where you find them without your phone. Each signs you in once instead of the app. They are not shown again.
      </Text>
      <SimpleGrid cols={2} spacing="xs" className="codes mono" component="ul" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </SimpleGrid>
      <Group gap="xs">
        <CopyButton value={text} what="codes" labelled />
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => saveFile({ name: 'voila-recovery-codes.txt', text: `${text}\n`, type: 'text/plain' })}
        >
          Download
        </Button>
      </Group>
      <Group justify="flex-end">
        <Button onClick={onDone}>I have kept them</Button>
      </Group>
    </Stack>
  )
}
