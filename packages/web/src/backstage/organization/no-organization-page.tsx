// Owns: what a person without an organization sees.
import { PageHead } from '../pieces/page-head.tsx'

export function NoOrganizationPage() {
  return <PageHead title="No organization" />
}
