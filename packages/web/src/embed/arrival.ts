// Owns: why a player's frame does not come: kept out by its own server's word, by the host page's policy, or not reached at all.

/** Codes of the script alone; docs/embed.md says what to do about each. */
export type Absence = 'origin_denied' | 'origin_opaque' | 'host_policy' | 'unavailable'

const notHere = 'The event cannot be shown on this page. Open it from its own address.'
export const absenceText: Readonly<Record<Absence, string>> = {
  origin_denied: notHere,
  origin_opaque: notHere,
  host_policy: notHere,
  unavailable: 'The event cannot be reached at the moment. It is being tried again.',
}

/** A frame that is loaded says hello at once; a busy machine has so long. */
const helloMs = 3_000
/** A network that is merely slow has so long to load the frame, before people read that it is being tried. */
const slowMs = 15_000
const firstRetryMs = 3_000
const longestRetryMs = 30_000

type Violation = Pick<SecurityPolicyViolationEvent, 'blockedURI' | 'effectiveDirective' | 'disposition'>

/** Whether a page of the platform can be had from here: a script, as the host's policy allows no other request for certain. */
function canReach(origin: string): Promise<boolean> {
  return new Promise((resolve) => {
    const script = document.createElement('script')
    // A second copy of the script does nothing.
    script.src = `${origin}/voila.js?reach=${Date.now()}`
    const answer = (reached: boolean) => (): void => {
      script.remove()
      resolve(reached)
    }
    script.onload = answer(true)
    script.onerror = answer(false)
    document.head.append(script)
  })
}

/**
 * Watches a frame until `arrived` is called. `absent` is told once for what is final, and once for each time that the platform is away;
 * then `load` is called again, until the frame comes.
 */
export function createArrival(options: { origin: string; frame: HTMLIFrameElement; load(): void; absent(absence: Absence): void }): {
  start(): void
  arrived(): void
  close(): void
} {
  const { origin, frame, absent } = options
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = true
  let isAway = false
  let scriptsBarred = false
  /** Loads in a row that brought nothing though the platform was there. */
  let denied = 0
  let retryMs = firstRetryMs

  function after(ms: number, act: () => void): void {
    clearTimeout(timer)
    timer = setTimeout(act, ms)
  }

  function finish(absence: Absence): void {
    close()
    absent(absence)
  }

  function away(): void {
    if (!isAway) absent('unavailable')
    isAway = true
  }

  function again(): void {
    after(slowMs, away)
    options.load()
  }

  async function judge(): Promise<void> {
    const reached = (await canReach(origin)) || scriptsBarred
    if (isOver) return
    if (!reached) {
      denied = 0
      away()
      after(retryMs, again)
      retryMs = Math.min(retryMs * 2, longestRetryMs)
      return
    }
    denied += 1
    // Once more: it may have been away when the frame was loaded, and back since.
    if (denied > 1) finish('origin_denied')
    else again()
  }

  // Browsers say 'load' of a page that they show in the place of one that was refused, too.
  const onLoad = (): void => after(helloMs, () => void judge())
  const onOnline = (): void => {
    if (isAway) again()
  }

  function onViolation({ blockedURI, effectiveDirective, disposition }: Violation): void {
    if (disposition !== 'enforce' || !blockedURI.startsWith(origin)) return
    if (effectiveDirective.startsWith('script-src')) scriptsBarred = true
    else if (effectiveDirective === 'frame-src') finish('host_policy')
  }

  function close(): void {
    isOver = true
    clearTimeout(timer)
    frame.removeEventListener('load', onLoad)
    removeEventListener('online', onOnline)
    document.removeEventListener('securitypolicyviolation', onViolation)
  }

  return {
    start() {
      // Of no origin (a sandbox, a file): no list of origins can name this page.
      if (self.origin === 'null') {
        absent('origin_opaque')
        return
      }
      isOver = false
      frame.addEventListener('load', onLoad)
      addEventListener('online', onOnline)
      document.addEventListener('securitypolicyviolation', onViolation)
      again()
    },
    arrived: close,
    close,
  }
}
