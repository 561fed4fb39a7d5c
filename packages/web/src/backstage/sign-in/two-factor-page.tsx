// Owns: the second step of signing in.
import { PageHead } from '../pieces/page-head.tsx'

export function TwoFactorPage() {
  return <PageHead title="Two-factor code" />
}
