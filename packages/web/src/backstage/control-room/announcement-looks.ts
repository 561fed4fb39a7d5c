// Owns: what the styles of announcements are called in the control room.
import type { AnnouncementStyle } from '@voila/protocol'

export const announcementLooks: Readonly<Record<AnnouncementStyle, { label: string; color: string }>> = {
  info: { label: 'Plain', color: 'gray' },
  highlight: { label: 'Highlight', color: 'indigo' },
  warning: { label: 'Warning', color: 'orange' },
}
