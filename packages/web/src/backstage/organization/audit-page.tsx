// Owns: the audit log.
import { PageHead } from '../pieces/page-head.tsx'

export function AuditPage() {
  return <PageHead title="Audit log" />
}
