// Owns: the organization's settings.
import { PageHead } from '../pieces/page-head.tsx'

export function SettingsPage() {
  return <PageHead title="Settings" />
}
