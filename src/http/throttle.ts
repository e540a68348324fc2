import { allowedNow, nextAllowedAt, type Pace, tatAfter } from '../dispatch/gcra.ts'
import type { ApiSettings } from './api-options.ts'
import { HttpProblem } from './problems.ts'

/** Callers that are remembered: beyond them, the one that was seen the longest ago is forgotten. */
const MOST_CALLERS = 10_000

/** How many requests each caller makes: so many at once, and then so many in a second. In this process. */
export class Throttle {
  readonly #pace: Pace | undefined
  readonly #now: () => number
  /** The theoretical arrival time of each caller's next request; the one seen last is last. */
  readonly #tats = new Map<string, number>()

  /** @param now milliseconds, of a clock that is not set back */
  constructor(rate: ApiSettings['rate'], now: () => number = () => performance.now()) {
    this.#now = now
    if (rate === undefined) return
    const intervalUs = Math.ceil(1_000_000 / rate.perSecond)
    this.#pace = { intervalUs, toleranceUs: (rate.burst - 1) * intervalUs }
  }

  /** Callers that are remembered. */
  get size(): number {
    return this.#tats.size
  }

  /** Counts a request. @throws 429 when there were too many */
  count(caller: string): void {
    if (this.#pace === undefined) return
    const now = this.#now()
    const tat = this.#tats.get(caller) ?? 0
    this.#tats.delete(caller)
    const allowed = allowedNow(this.#pace, tat, now) > 0
    // One that is refused costs nothing: whoever waits gets on.
    this.#tats.set(caller, allowed ? tatAfter(this.#pace, tat, now, 1) : tat)
    if (this.#tats.size > MOST_CALLERS) this.#forgetOldest()
    if (!allowed) throw throttled(Math.max(1, Math.ceil((nextAllowedAt(this.#pace, tat) - now) / 1_000)))
  }

  #forgetOldest(): void {
    for (const caller of this.#tats.keys()) {
      this.#tats.delete(caller)
      return
    }
  }
}

/** In the words of Django REST framework. */
function throttled(seconds: number): HttpProblem {
  const wait = seconds === 1 ? '1 second' : `${seconds} seconds`
  return new HttpProblem(429, `Request was throttled. Expected available in ${wait}.`, {
    'Retry-After': String(seconds),
  })
}

/**
 * Where a request comes from that nobody has signed in for: the address of Node's connection, where there is one. A proxy
 * has one address for all behind it, and what its headers say can be made up.
 */
export function peerOf(native: unknown): string {
  const { socket } = (native ?? {}) as { socket?: { remoteAddress?: unknown } | null }
  const address = socket?.remoteAddress
  return typeof address === 'string' ? address : 'unknown'
}
