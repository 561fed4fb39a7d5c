// Owns: the field for the six digits of an authenticator app: one field, so that it can be pasted into and is filled by the system.
import { TextInput } from '@mantine/core'

const digits = 6

/** `onComplete` is told when the last digit is there. */
export function CodeField({
  value,
  onChange,
  onComplete,
  isBusy,
}: {
  value: string
  onChange(value: string): void
  onComplete(code: string): void
  isBusy: boolean
}) {
  const change = (typed: string): void => {
    const code = typed.replace(/\D/g, '').slice(0, digits)
    onChange(code)
    if (code.length === digits && code !== value) onComplete(code)
  }
  return (
    <TextInput
      label="Six-digit code"
      classNames={{ input: 'mono code-field' }}
      inputMode="numeric"
      autoComplete="one-time-code"
      autoFocus
      data-autofocus
      placeholder="000000"
      value={value}
      readOnly={isBusy}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    />
  )
}
