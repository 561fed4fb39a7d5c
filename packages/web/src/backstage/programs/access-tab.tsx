// Owns: who gets in to a program.
import { Badge, Code, Fieldset, Group, Paper, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { limits, type PartnerKeyAnswer, type Program } from '@voila/protocol'
import { useMay } from '../may.ts'
import { CursorList } from '../pieces/cursor-list.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { LinkText } from '../pieces/links.tsx'
import { Moment } from '../pieces/moment.tsx'
import { keysQuery } from '../queries.ts'
import { CompanyAccounts } from '../saml/company-accounts.tsx'
import { EditBar } from './edit-bar.tsx'
import { EntryRules } from './entry-rules.tsx'
import { OpenLock } from './open-lock.tsx'
import { originOf } from './origin-of.ts'
import { useProgram } from './program-queries.ts'
import { ReadOnlyNote, useMayEdit } from './read-only-note.tsx'
import { useProgramEdit } from './use-program-edit.ts'

export function AccessTab() {
  const program = useProgram()
  const mayEdit = useMayEdit(program)
  const maySeeKeys = useMay('keys:read')
  const edit = useProgramEdit(program)
  const { values, faults, set } = edit
  return (
    <div className="narrow">
      <EditBar edit={edit} />
      <ReadOnlyNote program={program} />
      <Stack gap="lg">
        <Fieldset variant="unstyled" className="plain-fieldset" disabled={!mayEdit}>
          <Stack gap="lg">
            <OpenLock program={program} edit={edit} mayWrite={mayEdit} />
            <Paper p="md">
              <Stack gap="md">
                <Switch
                  label="Partner keys"
                  styles={{ label: { fontWeight: 600 } }}
                  description="Attendees come with tokens signed by one of your organization’s keys. Off: every token is refused, and whoever is in stays."
                  checked={values.partnerKeys}
                  onChange={(event) => set({ partnerKeys: event.currentTarget.checked })}
                />
                {maySeeKeys && <DeclaredKeys program={program} />}
              </Stack>
            </Paper>
            <CompanyAccounts organizationId={program.organizationId} checked={values.saml} onChange={(saml) => set({ saml })} />
            <Paper p="md">
              <TextInput
                label="Sign-in address"
                description="Where somebody without a token, or with one that has run out, is sent to get one: your intranet, or your own page of the show."
                placeholder="https://intranet.example.com/all-hands"
                type="url"
                value={values.signInUrl ?? ''}
                maxLength={limits.urlUnits}
                error={faults.signInUrl}
                onChange={(event) => set({ signInUrl: event.currentTarget.value.trim() === '' ? null : event.currentTarget.value.trim() })}
              />
            </Paper>
            <Paper p="md">
              <TagsInput
                label="Pages that may embed it"
                description={
                  <>
                    Origins, like <Code>https://intranet.example.com</Code>. Your organization’s settings name those that may embed each of
                    its programs. Browsers refuse the player in any other page.
                  </>
                }
                placeholder={values.embedOrigins.length === 0 ? 'https://intranet.example.com' : ''}
                value={[...values.embedOrigins]}
                error={faults.embedOrigins}
                splitChars={[',', ' ', '\n']}
                clearable={mayEdit}
                acceptValueOnBlur
                onChange={(origins) => set({ embedOrigins: origins.map(originOf) })}
              />
            </Paper>
            <EntryRules edit={edit} />
          </Stack>
        </Fieldset>
      </Stack>
    </div>
  )
}

const keyColors: Readonly<Record<PartnerKeyAnswer['state'], string>> = {
  active: 'green',
  retiring: 'yellow',
  expired: 'gray',
  revoked: 'gray',
}

function DeclaredKeys({ program }: { program: Program }) {
  const { organizationId } = program
  const query = useInfiniteQuery(keysQuery(organizationId))
  const toKeys = (words: string) => (
    <LinkText size="sm" to="/o/$organizationId/keys" params={{ organizationId }}>
      {words}
    </LinkText>
  )
  return (
    <div>
      <Group justify="space-between" mb="xs">
        <Text size="sm" fw={500}>
          Declared keys
        </Text>
        {toKeys('All partner keys')}
      </Group>
      <CursorList
        query={query}
        rows={2}
        empty={<EmptyState says="Your organization has declared no key yet, so nobody can get in." action={toKeys('Declare a key')} />}
      >
        {(keys) => {
          const standing = keys.filter((key) => key.state === 'active' || key.state === 'retiring')
          if (standing.length === 0) return <EmptyState says="None of your keys is valid any more." action={toKeys('Declare a key')} />
          return (
            <ul className="plain-list">
              {standing.map((key) => (
                <li key={key.kid}>
                  <Group gap="xs">
                    <LinkText size="sm" to="/o/$organizationId/keys/$kid" params={{ organizationId, kid: key.kid }}>
                      {key.name}
                    </LinkText>
                    <Badge size="sm" color={keyColors[key.state]}>
                      {key.state}
                    </Badge>
                    {key.allowedRoles.includes('ROLE_MODERATOR') && (
                      <Badge size="sm" color="gray">
                        may make moderators
                      </Badge>
                    )}
                    <Text size="xs" c="dimmed">
                      {key.lastUsedAt === null ? (
                        'never used'
                      ) : (
                        <>
                          last used <Moment at={key.lastUsedAt} relative />
                        </>
                      )}
                    </Text>
                  </Group>
                </li>
              ))}
            </ul>
          )
        }}
      </CursorList>
    </div>
  )
}
