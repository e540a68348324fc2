import { runAsync, type Work } from '../work.ts'
import type { DatabaseClock } from './clock.ts'
import type { Session } from './session.ts'

/** How long one statement waits for a lock at the most; then the transaction is tried anew, and what waits behind it goes on. */
const LOCK_TIMEOUT_MS = 3_000
/** A process that stands still inside a transaction must not keep its locks from the others for longer than that. */
const IDLE_TIMEOUT_MS = 10_000

/**
 * Runs work as one transaction. The settings are the transaction's own, so they also hold behind a pooler. READ COMMITTED,
 * whatever the role's default: locking rows and then looking again relies on it.
 *
 * Without `durable`, a crash of the server may lose the last commits, some tenths of a second of them.
 */
export async function transaction<T>(
  session: Session,
  work: () => Work<T>,
  { durable, patienceMs, clock }: { durable: boolean; patienceMs: number; clock: DatabaseClock },
): Promise<T> {
  await session.script([
    'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
    `SET LOCAL lock_timeout = ${Math.min(LOCK_TIMEOUT_MS, patienceMs)}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${IDLE_TIMEOUT_MS}`,
    ...(durable ? [] : ['SET LOCAL synchronous_commit = off']),
  ])
  try {
    await clock.follow(session)
    const result = await runAsync(work(), ({ sql, parameters }) => session.query(sql, parameters))
    await session.commit()
    return result
  } catch (error) {
    // Where the connection is gone, so is the transaction.
    await session.query('ROLLBACK', []).catch(() => {})
    throw error
  }
}
