// Owns: which frame a route's page stands in: an organization's, a program's, the reader's own; and what stands where there is nothing.

import { Box } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Outlet, useParams } from '@tanstack/react-router'
import { ApiProblem } from './api.ts'
import { Layout, lastOrganizationOf } from './layout.tsx'
import { OrganizationContext, useMe } from './may.ts'
import { EmptyState } from './pieces/empty-state.tsx'
import { ErrorNote } from './pieces/error-note.tsx'
import { LinkButton } from './pieces/links.tsx'
import { PageHead } from './pieces/page-head.tsx'
import { programQuery } from './queries.ts'

/** What stands where an address leads nowhere, or to what the reader is no member of. */
export function NothingHere() {
  return (
    <>
      <PageHead title="Nothing here" />
      <EmptyState
        says="There is nothing at this address, or you are not a member of the organization that it belongs to."
        action={
          <LinkButton to="/" variant="default">
            To your programs
          </LinkButton>
        }
      />
    </>
  )
}

/** The same where there is no frame around it. */
export function NothingAtAll() {
  return (
    <Box component="main" maw={720} mx="auto" p="xl">
      <NothingHere />
    </Box>
  )
}

/** What stands where a page could not be loaded. */
export function PageError({ error, reset }: { error: unknown; reset(): void }) {
  const isGone = error instanceof ApiProblem && error.problem.status === 404
  return isGone ? <NothingHere /> : <ErrorNote error={error} onRetry={reset} />
}

/** Pages about one organization. */
export function OrganizationFrame() {
  const { organizationId } = useParams({ from: '/team/o/$organizationId' })
  const { organizations } = useMe()
  const organization = organizations.find(({ id }) => id === organizationId) ?? null
  return <Layout organization={organization}>{organization === null ? <NothingHere /> : <Outlet />}</Layout>
}

/** What stands where a program could not be loaded, which is what its organization is known by. */
export function ProgramError(props: { error: unknown; reset(): void }) {
  const { organizations } = useMe()
  return (
    <Layout organization={lastOrganizationOf(organizations)}>
      <PageError {...props} />
    </Layout>
  )
}

function useProgramOrganization(programId: string) {
  const { organizations } = useMe()
  const { data: program } = useSuspenseQuery(programQuery(programId))
  return organizations.find(({ id }) => id === program.organizationId) ?? null
}

/** Pages about one program, in its organization's frame. */
export function ProgramPages() {
  const { programId } = useParams({ from: '/team/p/$programId' })
  const organization = useProgramOrganization(programId)
  return <Layout organization={organization}>{organization === null ? <NothingHere /> : <Outlet />}</Layout>
}

/** The same without navigation: all of the screen. */
export function ProgramScreen() {
  const { programId } = useParams({ from: '/team/p/$programId/control-room' })
  const organization = useProgramOrganization(programId)
  if (organization === null) return <NothingHere />
  return (
    <OrganizationContext.Provider value={organization}>
      <Outlet />
    </OrganizationContext.Provider>
  )
}

/** Pages about the reader himself, beside the organization that he looked at last. */
export function OwnFrame() {
  const { organizations } = useMe()
  return (
    <Layout organization={lastOrganizationOf(organizations)}>
      <Outlet />
    </Layout>
  )
}
