import { setTimeout as pause } from 'node:timers/promises'
import { problem } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'

const SHORTEST_PAUSE_MS = 1
const LONGEST_PAUSE_MS = 50

const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6

/**
 * Tries `action` until the database's lock is to be had. SQLite's own busy timeout would sleep inside the call and hold up
 * the event loop, and with it the very transaction that it waits for; this waits between calls.
 *
 * The wait is real time, whatever the clock of the program, because it is for somebody else; and it keeps the process alive,
 * because a script's last statement may be the write that waits.
 *
 * @param patienceMs gives up after that long
 * @throws `database_busy` then
 */
export async function untilFree<T>(
  action: () => T,
  { random, patienceMs, name }: { random: Random; patienceMs: number; name: string },
): Promise<T> {
  const started = performance.now()
  for (let pauseMs = SHORTEST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return action()
    } catch (error) {
      if (!isBusy(error)) throw error
      const waitedMs = Math.round(performance.now() - started)
      if (waitedMs >= patienceMs) {
        throw problem('database_busy', {
          problem: `the database ${name} was locked for ${waitedMs} ms`,
          cure: 'Look for a transaction that the application holds open, or raise `patienceMs` of sqlite()',
          cause: error,
        })
      }
    }
    // Between half of the pause and all of it, so that waiting processes do not move in step.
    await pause(pauseMs * (0.5 + random.fraction() / 2))
  }
}

/**
 * Whether an error of either library says that somebody else holds a lock: SQLITE_BUSY and SQLITE_LOCKED with all their
 * extended codes (https://www.sqlite.org/rescode.html). Asked by shape: test runners bring an Error of their own.
 */
export function isBusy(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  if (typeof errcode === 'number') return [SQLITE_BUSY, SQLITE_LOCKED].includes(errcode & 0xff)
  return typeof code === 'string' && /^SQLITE_(BUSY|LOCKED)/.test(code)
}
