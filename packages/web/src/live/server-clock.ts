// Owns: what time it is on the server, as far as this client knows.

/** `now` is the server's time in Unix milliseconds; until the server has told it, the own clock. */
export type ServerClock = { now(): number; told(serverNow: number): void; isSet(): boolean }

/** Keeps the distance between the own clock and the latest time that the server told. */
export function createServerClock(ownNow: () => number = Date.now): ServerClock {
  let offsetMs: number | undefined
  return {
    now: () => ownNow() + (offsetMs ?? 0),
    told(serverNow) {
      offsetMs = serverNow - ownNow()
    },
    isSet: () => offsetMs !== undefined,
  }
}
