// Owns: how a panel of the control room comes to the front when somebody asks for it by a key.
import type { ActivityName } from '@voila/protocol'
import { createContext, useCallback, useContext } from 'react'
import { flushSync } from 'react-dom'

export const FrontContext = createContext<(activity: ActivityName) => void>(() => {})

/** Brings the panel of an activity to the front; when it returns, what is in the panel can have the focus. */
export function useToFront(activity: ActivityName): () => void {
  const bring = useContext(FrontContext)
  return useCallback(() => flushSync(() => bring(activity)), [bring, activity])
}
