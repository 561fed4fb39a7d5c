// Owns: what the browser says about the network and about being looked at.

/** `onWake` is told when connecting is worth another try at once: the network is back, or the page is looked at again. */
export type Connectivity = { online(): boolean; onChange(listener: () => void): () => void; onWake(listener: () => void): () => void }

/** For Node and for tests: always online. */
export const alwaysOnline: Connectivity = { online: () => true, onChange: () => () => {}, onWake: () => () => {} }

/** The connectivity of this page. */
export function browserConnectivity(): Connectivity {
  return {
    online: () => navigator.onLine,
    onChange(listener) {
      window.addEventListener('online', listener)
      window.addEventListener('offline', listener)
      return () => {
        window.removeEventListener('online', listener)
        window.removeEventListener('offline', listener)
      }
    },
    onWake(listener) {
      const whenVisible = (): void => {
        if (document.visibilityState === 'visible') listener()
      }
      window.addEventListener('online', listener)
      document.addEventListener('visibilitychange', whenVisible)
      return () => {
        window.removeEventListener('online', listener)
        document.removeEventListener('visibilitychange', whenVisible)
      }
    },
  }
}
