// Owns: the words for what browsers do on https and localhost alone.
import { Alert, Text } from '@mantine/core'
import { IconLockOff } from '@tabler/icons-react'

/** Whether this page may use keys and the clipboard. */
export const isSecure = (): boolean => window.isSecureContext

/** Says what cannot be done here; nothing where it can. `what`: "making a key pair in the browser". */
export function SecureContextNote({ what, instead }: { what: string; instead?: string }) {
  if (isSecure()) return null
  return (
    <Alert color="yellow" icon={<IconLockOff size={18} aria-hidden />}>
      <Text size="sm">
        Browsers allow {what} only on pages opened over https. {instead ?? 'Open Backstage at its https address.'}
      </Text>
    </Alert>
  )
}
