// Owns: code that is read and copied.
import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyButton } from '../pieces/copy.tsx'

/** `what` names it for the copy button: "Copy embed code". */
export function CodeBlock({ code, what, says }: { code: string; what: string; says?: ReactNode }) {
  return (
    <div>
      <Group justify="space-between" align="flex-end" gap="xs" mb={6}>
        <Text size="sm" c="dimmed">
          {says}
        </Text>
        <CopyButton value={code} what={what} labelled size="sm" />
      </Group>
      <pre className="code-lines">
        <code>{code}</code>
      </pre>
    </div>
  )
}
