// Owns: the reader's account.
import { PageHead } from '../pieces/page-head.tsx'

export function AccountPage() {
  return <PageHead title="Account" />
}
