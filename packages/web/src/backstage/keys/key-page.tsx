// Owns: one partner key.
import { PageHead } from '../pieces/page-head.tsx'

export function KeyPage() {
  return <PageHead title="Partner key" />
}
