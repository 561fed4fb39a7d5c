// Owns: the field for a public key, judged as it is typed. A private key never stays in it.
import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { inspectPublicKey, type KeyInspection } from '@voila/tokens/inspect'
import { useEffect, useState } from 'react'
import { isSecure } from '../pieces/secure-context-note.tsx'
import { thumbprintOf } from './browser-pair.ts'

/** What the field holds: nothing, a key, or something else. */
export type ReadKey = { text: string; inspection: KeyInspection | null; wasPrivate: boolean }

export const noKey: ReadKey = { text: '', inspection: null, wasPrivate: false }

/** Judges a text. A private key is emptied out, and only that it was one is kept. */
export function readKey(text: string): ReadKey {
  if (text.trim() === '') return noKey
  const inspection = inspectPublicKey(text)
  if (!inspection.ok && inspection.code === 'private_key') return { ...noKey, wasPrivate: true }
  return { text, inspection, wasPrivate: false }
}

function useThumbprint(inspection: KeyInspection | null): string | undefined {
  const [thumbprint, setThumbprint] = useState<string>()
  useEffect(() => {
    setThumbprint(undefined)
    if (inspection?.ok !== true || !isSecure()) return
    let isLate = false
    void thumbprintOf(inspection.jwk).then((read) => {
      if (!isLate) setThumbprint(read)
    })
    return () => {
      isLate = true
    }
  }, [inspection])
  return thumbprint
}

function Outcome({ value, onChange }: { value: ReadKey; onChange(value: ReadKey): void }) {
  const { inspection } = value
  const thumbprint = useThumbprint(inspection)
  if (value.wasPrivate) {
    return (
      <Alert color="red" icon={<IconAlertTriangle size={18} aria-hidden />} title="That was a private key">
        <Text size="sm">
          It has not been sent, and the field has been emptied. But it has left its server, so others may have it: throw it away, make a new
          pair, and paste what public.pem holds.
        </Text>
      </Alert>
    )
  }
  if (inspection === null) return null
  if (inspection.ok) {
    return (
      <Group gap="xs" c="var(--voila-good)" wrap="nowrap" align="flex-start">
        <IconCircleCheck size={18} aria-hidden />
        <Text size="sm">
          A public key on P-256{inspection.form === 'JWK' ? ', from a JWK' : ''}.
          {thumbprint === undefined ? null : (
            <>
              {' '}
              Thumbprint <span className="mono">{thumbprint}</span>
            </>
          )}
        </Text>
      </Group>
    )
  }
  const { mended } = inspection
  return (
    <Group gap="sm" align="flex-start">
      <Group gap="xs" c="var(--mantine-color-error)" wrap="nowrap" align="flex-start" flex="1 1 240px">
        <IconAlertTriangle size={18} aria-hidden className="no-shrink" />
        <Text size="sm">{inspection.says}</Text>
      </Group>
      {mended === undefined ? null : (
        <Button variant="default" size="xs" onClick={() => onChange(readKey(mended))}>
          Mend it
        </Button>
      )}
    </Group>
  )
}

export function PublicKeyField({ value, onChange }: { value: ReadKey; onChange(value: ReadKey): void }) {
  const isWrong = value.wasPrivate || value.inspection?.ok === false
  return (
    <Stack gap="xs">
      <Textarea
        label="Public key"
        description="PEM or JWK. Copy the BEGIN and END lines too."
        placeholder={'-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----'}
        classNames={{ input: 'mono' }}
        rows={6}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        error={isWrong}
        value={value.text}
        onChange={({ currentTarget }) => onChange(readKey(currentTarget.value))}
      />
      <div aria-live="polite">
        <Outcome value={value} onChange={onChange} />
      </div>
    </Stack>
  )
}
