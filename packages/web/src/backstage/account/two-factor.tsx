// Owns: switching the second step of signing in on and off, and its recovery codes.
import { Badge, Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { renderSVG } from 'uqr'
import { api } from '../api.ts'
import { useMe } from '../may.ts'
import { CodeField } from '../pieces/code-field.tsx'
import { CopyButton } from '../pieces/copy.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone } from '../pieces/notes.tsx'
import { Section } from '../pieces/section.tsx'
import { meQuery } from '../queries.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

type Enabling = { totpURI: string; backupCodes: string[] }

/** Every change of it asks for the password again: a page that was left open must not be enough. */
function WithPassword<Answer>({
  path,
  action,
  color,
  onDone,
}: {
  path: string
  action: string
  color?: string
  onDone(answer: Answer): void
}) {
  const { user } = useMe()
  const [password, setPassword] = useState('')
  const doing = useMutation({
    mutationFn: () => api.send<Answer>('POST', path, { password }),
    onSuccess: onDone,
    onError: () => setPassword(''),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (password !== '') doing.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <input type="text" autoComplete="username" value={user.email} readOnly hidden />
        <PasswordInput
          label="Your password"
          autoComplete="current-password"
          data-autofocus
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
        <ErrorNote error={doing.error} />
        <Group justify="flex-end">
          <Button type="submit" {...(color === undefined ? {} : { color })} loading={doing.isPending} disabled={password === ''}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Shows the secret to the authenticator app, and waits for the code that proves that it has it. */
function Proving({ totpURI, onDone }: { totpURI: string; onDone(): void }) {
  const [code, setCode] = useState('')
  const secret = new URL(totpURI).searchParams.get('secret') ?? ''
  const proving = useMutation({
    mutationFn: (typed: string) => api.send('POST', '/api/auth/two-factor/verify-totp', { code: typed }),
    onSuccess: onDone,
    onError: () => setCode(''),
  })
  return (
    <Stack gap="md">
      <Text size="sm">Scan this with an authenticator app, then type the six digits that it shows.</Text>
      <Group justify="center">
        {/* A data: address, since the picture is made here and nothing of it may be sent anywhere. */}
        <img
          src={`data:image/svg+xml,${encodeURIComponent(renderSVG(totpURI, { border: 2 }))}`}
          width={200}
          height={200}
          alt="QR code for the authenticator app; the key below says the same"
          className="qr"
        />
      </Group>
      <Group gap="xs" justify="center" wrap="nowrap">
        <Text size="sm" className="mono" ta="center">
          {secret.replace(/(.{4})(?=.)/g, '$1 ')}
        </Text>
        <CopyButton value={secret} what="key" size="sm" />
      </Group>
      <CodeField value={code} onChange={setCode} onComplete={(typed) => proving.mutate(typed)} isBusy={proving.isPending} />
      <ErrorNote error={proving.error} />
    </Stack>
  )
}

type Step = { at: 'password' } | { at: 'proving'; enabling: Enabling } | { at: 'codes'; codes: string[] }

function Dialogue({ kind, onClose }: { kind: 'on' | 'off' | 'codes'; onClose(): void }) {
  const queryClient = useQueryClient()
  const [step, setStep] = useState<Step>({ at: 'password' })
  const refresh = (): void => void queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
  if (step.at === 'codes') return <RecoveryCodes codes={step.codes} onDone={onClose} />
  if (step.at === 'proving') {
    const { totpURI, backupCodes } = step.enabling
    return (
      <Proving
        totpURI={totpURI}
        onDone={() => {
          refresh()
          setStep({ at: 'codes', codes: backupCodes })
        }}
      />
    )
  }
  if (kind === 'on') {
    return (
      <WithPassword<Enabling>
        path="/api/auth/two-factor/enable"
        action="Go on"
        onDone={(enabling) => setStep({ at: 'proving', enabling })}
      />
    )
  }
  if (kind === 'codes') {
    return (
      <WithPassword<{ backupCodes: string[] }>
        path="/api/auth/two-factor/generate-backup-codes"
        action="Make new codes"
        onDone={({ backupCodes }) => setStep({ at: 'codes', codes: backupCodes })}
      />
    )
  }
  return (
    <WithPassword
      path="/api/auth/two-factor/disable"
      action="Switch off"
      color="red"
      onDone={() => {
        refresh()
        showDone('Two-factor is off.')
        onClose()
      }}
    />
  )
}

const titles = { on: 'Switch two-factor on', off: 'Switch two-factor off', codes: 'New recovery codes' } as const

export function TwoFactor() {
  const { user } = useMe()
  const [kind, setKind] = useState<keyof typeof titles>('on')
  const [opened, dialogue] = useDisclosure()
  const open = (next: typeof kind): void => {
    setKind(next)
    dialogue.open()
  }
  return (
    <>
      <Section
        title="Two-factor"
        says="Signing in also asks for six digits of an app on your phone, so that a stolen password is not enough."
        actions={
          user.twoFactorEnabled ? (
            <>
              <Badge color="green">On</Badge>
              <Button variant="default" size="sm" onClick={() => open('codes')}>
                New recovery codes
              </Button>
              <Button variant="default" size="sm" onClick={() => open('off')}>
                Switch off
              </Button>
            </>
          ) : (
            <Button size="sm" onClick={() => open('on')}>
              Switch on
            </Button>
          )
        }
      />
      <Modal
        opened={opened}
        onClose={dialogue.close}
        title={titles[kind]}
        // The codes are shown once: a slip of the mouse must not take them away.
        closeOnClickOutside={false}
      >
        <Dialogue kind={kind} onClose={dialogue.close} />
      </Modal>
    </>
  )
}
