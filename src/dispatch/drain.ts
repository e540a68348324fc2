import type { Clock } from '../core/clock.ts'
import type { Engine } from './engine.ts'

/** What was done before the deadline. */
export interface Drained {
  delivered: number
  /** Attempts that failed and are tried again later. */
  retried: number
  /** Deliveries whose last attempt failed. */
  failed: number
  /** Whether everything is done that was due; if not, call it again. */
  finished: boolean
}

/** What is left of the time when attempts are broken off, so that their results can be written. */
const MOST_FOR_WRITING_MS = 1_000
const CONTENTION_MS = 5
const SPACING_MS = 4

/**
 * Delivers what is due, and returns when nothing is left that could be done without waiting, or when the time is over. No
 * attempt begins in the last part of the time, the length of an attempt or half of it all; what is under way at its end is
 * broken off and given back.
 */
export async function drain(
  engine: Engine,
  { clock, deadlineMs, timeoutMs }: { clock: Clock; deadlineMs: number; timeoutMs: number },
): Promise<Drained> {
  const drained = { delivered: 0, retried: 0, failed: 0 }
  const abort = new AbortController()
  const over = Promise.withResolvers<void>()
  const cancelWait = clock.timer(deadlineMs - forWriting(deadlineMs), () => {
    abort.abort()
    over.resolve()
  })
  const lastBegin = clock.now() + deadlineMs - Math.min(timeoutMs, deadlineMs / 2)
  let ended = Promise.withResolvers<void>()
  const stopListening = engine.onResult(({ next_status: status }) => {
    ended.resolve()
    if (status === 'delivered') drained.delivered += 1
    else if (status === 'pending') drained.retried += 1
    else drained.failed += 1
  })
  try {
    for (;;) {
      const claims = clock.now() < lastBegin
      ended = Promise.withResolvers()
      const sleep = await engine.turn({ signal: abort.signal, claims })
      if (sleep > 0 || !claims) {
        // The end of one attempt may be the turn of the next; it must not wait for all others.
        await Promise.race([engine.rest(), over.promise, ended.promise])
        if (claims && engine.contended) await contention()
        else if (sleep > 0 && engine.isEmpty) return { ...drained, finished: claims }
        if (!claims) break
      }
      if (abort.signal.aborted) break
      await spacing()
    }
    await engine.attemptsEnded()
    await engine.finish()
    return { ...drained, finished: false }
  } finally {
    cancelWait()
    stopListening()
  }
}

/** What is due may not be left behind because somebody else looked at it for a moment. */
export async function contention(): Promise<void> {
  await pause(CONTENTION_MS)
}

/** Results come one by one, and each turn is a transaction: a turn for each of them would take many times as long. */
async function spacing(): Promise<void> {
  await pause(SPACING_MS)
}

/** Real time, whatever the clock. */
async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

function forWriting(deadlineMs: number): number {
  return Math.min(MOST_FOR_WRITING_MS, deadlineMs / 10)
}
