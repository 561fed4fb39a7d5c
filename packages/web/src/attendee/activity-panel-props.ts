// Owns: what every activity's panel on the attendee page is given.
import type { StateRow } from '@voila/protocol'
import type { LiveClient } from '../live/index.ts'

/** `activities`: what the program's state allows. */
export type ActivityPanelProps = { client: LiveClient; activities: StateRow['activities'] }
