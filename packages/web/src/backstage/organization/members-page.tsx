// Owns: members and invitations.
import { PageHead } from '../pieces/page-head.tsx'

export function MembersPage() {
  return <PageHead title="Members" />
}
