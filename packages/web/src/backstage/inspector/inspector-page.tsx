// Owns: the token inspector.
import { PageHead } from '../pieces/page-head.tsx'

export function InspectorPage() {
  return <PageHead title="Token inspector" />
}
