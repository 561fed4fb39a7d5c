// Owns: what every panel of the control room is given.
import type { StateRow } from '@voila/protocol'
import type { LiveClient } from '../../live/index.ts'

/** `activities`: what the program's state allows. */
export type PanelProps = { readonly client: LiveClient; readonly activities: StateRow['activities'] }
