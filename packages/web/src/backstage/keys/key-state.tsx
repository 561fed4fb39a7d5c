// Owns: how the state of a partner key is shown, and the warning before it ends.
import { Badge, Text } from '@mantine/core'
import type { PartnerKeyAnswer } from '@voila/protocol'
import { Moment } from '../pieces/moment.tsx'

const states = {
  active: { color: 'green', words: 'Active' },
  retiring: { color: 'yellow', words: 'Retiring' },
  expired: { color: 'gray', words: 'Expired' },
  revoked: { color: 'red', words: 'Revoked' },
} as const

export function KeyState({ state }: { state: PartnerKeyAnswer['state'] }) {
  return <Badge color={states[state].color}>{states[state].words}</Badge>
}

const warnMs = 30 * 86_400_000

/** When a key ends: the earlier of its last day and the end of its overlap. */
export const endOf = ({ notAfter, retireAt }: PartnerKeyAnswer): string => (retireAt !== null && retireAt < notAfter ? retireAt : notAfter)

export const isUsable = ({ state }: PartnerKeyAnswer): boolean => state === 'active' || state === 'retiring'

/** Whether it ends within 30 days, and nobody has chosen that. */
export const endsSoon = (key: PartnerKeyAnswer, now = Date.now()): boolean =>
  key.state === 'active' && Date.parse(key.notAfter) - now < warnMs

/** The last moment of a key, loud where it is near. */
export function KeyEnd({ partnerKey }: { partnerKey: PartnerKeyAnswer }) {
  if (partnerKey.state === 'revoked') return <Text size="sm">Ended</Text>
  return (
    <>
      <Moment at={endOf(partnerKey)} dateOnly={partnerKey.state !== 'retiring'} />
      {endsSoon(partnerKey) ? (
        <Text size="sm" c="var(--voila-warn)" fw={500}>
          ends <Moment at={partnerKey.notAfter} relative />
        </Text>
      ) : null}
    </>
  )
}
