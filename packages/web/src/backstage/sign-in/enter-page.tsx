// Owns: the demo's link.
import { PageHead } from '../pieces/page-head.tsx'

export function EnterPage() {
  return <PageHead title="Enter" />
}
