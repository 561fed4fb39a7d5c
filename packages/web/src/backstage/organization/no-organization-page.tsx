// Owns: what a person sees who is a member of no organization.
import { EmptyState } from '../pieces/empty-state.tsx'
import { PageHead } from '../pieces/page-head.tsx'

export function NoOrganizationPage() {
  return (
    <>
      <PageHead title="Welcome" />
      <EmptyState says="You are not a member of an organization. Ask an owner or admin of yours for an invitation, or make a new one with the menu at the top left." />
    </>
  )
}
