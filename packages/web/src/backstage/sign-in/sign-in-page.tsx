// Owns: signing in.
import { PageHead } from '../pieces/page-head.tsx'

export function SignInPage() {
  return <PageHead title="Sign in" />
}
