// Owns: the list of partner keys.
import { PageHead } from '../pieces/page-head.tsx'

export function KeysPage() {
  return <PageHead title="Partner keys" />
}
