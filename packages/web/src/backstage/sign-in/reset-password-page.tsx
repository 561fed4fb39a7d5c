// Owns: a new password.
import { PageHead } from '../pieces/page-head.tsx'

export function ResetPasswordPage() {
  return <PageHead title="New password" />
}
