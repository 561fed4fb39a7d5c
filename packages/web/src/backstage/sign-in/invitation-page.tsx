// Owns: accepting an invitation.
import { PageHead } from '../pieces/page-head.tsx'

export function InvitationPage() {
  return <PageHead title="Invitation" />
}
