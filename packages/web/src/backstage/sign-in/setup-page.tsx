// Owns: the first owner.
import { PageHead } from '../pieces/page-head.tsx'

export function SetupPage() {
  return <PageHead title="Set up" />
}
