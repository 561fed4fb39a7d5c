// Owns: what every page that opens a program does in the same way: asking again, starting its client, outliving an update.
import { Refusal, type SessionAnswer } from '@voila/protocol'
import { type LiveClient, ProblemRefusal, readProblem } from '../live/index.ts'

const retryMs = 3_000

const unseenMs = 250

/** Batches what arrives into one rendering per frame; a page or an iframe that nobody sees has no frames, and is told all the same. */
export function schedule(tell: () => void): void {
  const once = (): void => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
    tell()
  }
  const frame = requestAnimationFrame(once)
  const timer = setTimeout(once, unseenMs)
}

/**
 * Asks until there is an answer: a server that restarts or a network that is away is no refusal (but `onDelay` is told).
 *
 * @param question.isOff  asked before another try: nobody waits for the answer any more
 * @throws ProblemRefusal
 */
export async function untilAnswered<Answer>(question: {
  ask(): Promise<Answer>
  onDelay(): void
  isOff?(): boolean
}): Promise<Answer | undefined> {
  for (;;) {
    try {
      return await question.ask()
    } catch (error) {
      if (error instanceof ProblemRefusal && error.problem.status < 500 && error.problem.status !== 429) throw error
      if (!(error instanceof Refusal)) throw new ProblemRefusal(readProblem(undefined, 500))
      question.onDelay()
      await new Promise((resolve) => setTimeout(resolve, retryMs * (0.5 + Math.random())))
      if (question.isOff?.() === true) return undefined
    }
  }
}

/** Starts the client of somebody who was let in. */
export function startClient(client: LiveClient, answer: Pick<SessionAnswer, 'media'>): void {
  // Where the state of the program shows nobody a picture, there is no address.
  const media: SessionAnswer['media'] | null | undefined = answer.media
  client.media.offer(media === null || media === undefined ? null : { url: media.url, expiresAt: Date.parse(media.expiresAt) })
  client.start()
}

/** After an update of the server the chunks that an open page has yet to load are gone: the page is fetched anew, once. */
export function reloadAfterUpdate(): void {
  addEventListener('vite:preloadError', (event) => {
    const key = 'voila-reloaded-at'
    try {
      if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < 60_000) return
      sessionStorage.setItem(key, String(Date.now()))
    } catch {
      // Without storage nothing keeps it from reloading for ever.
      return
    }
    event.preventDefault()
    location.reload()
  })
}
