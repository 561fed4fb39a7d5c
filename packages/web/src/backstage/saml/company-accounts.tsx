// Owns: whether people sign in to one program with their company account, among its rules of access.
import { Paper, Stack, Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMay } from '../may.ts'
import { LinkText } from '../pieces/links.tsx'
import { samlQuery } from './saml-queries.ts'

export function CompanyAccounts({
  organizationId,
  checked,
  onChange,
}: {
  organizationId: string
  checked: boolean
  onChange(checked: boolean): void
}) {
  const maySee = useMay('keys:read')
  const { data: saml } = useQuery({ ...samlQuery(organizationId), enabled: maySee })
  const link = (words: string) => (
    <LinkText size="sm" to="/o/$organizationId/saml" params={{ organizationId }}>
      {words}
    </LinkText>
  )
  return (
    <Paper p="md">
      <Stack gap="xs">
        <Switch
          label="Company accounts"
          styles={{ label: { fontWeight: 600 } }}
          description="Attendees sign in with the account that they have at your company. Off: nobody new comes in this way, and whoever is in stays."
          checked={checked}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        {saml === undefined || saml?.enabled === true ? null : (
          <Text size="sm" c="dimmed">
            {saml === null ? 'Your organization has not connected its identity provider yet. ' : 'The company sign-in is switched off. '}
            {link(saml === null ? 'Set it up' : 'Open it')}
          </Text>
        )}
      </Stack>
    </Paper>
  )
}
