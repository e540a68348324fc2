/**
 * Time, passed in wherever it is used, so that a test or a simulation can set it.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Calls `callback` once after `ms` milliseconds; the function that comes back cancels it. It keeps no process alive. */
  timer(ms: number, callback: () => void): () => void
}

/** setTimeout fires at once when its delay does not fit into 31 bits. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  timer(ms, callback) {
    const timeout = setTimeout(callback, Math.min(Math.max(ms, 0), LONGEST_TIMEOUT_MS))
    timeout.unref()
    return () => clearTimeout(timeout)
  },
}
