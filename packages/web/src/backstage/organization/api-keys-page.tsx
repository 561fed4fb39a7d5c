// Owns: API keys.
import { PageHead } from '../pieces/page-head.tsx'

export function ApiKeysPage() {
  return <PageHead title="API keys" />
}
