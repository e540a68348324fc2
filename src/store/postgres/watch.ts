import { CompiledQuery } from 'kysely'
import { identifier } from '../quote.ts'
import type { Watch } from '../watch.ts'
import { exec } from '../work.ts'
import type { PostgresSource } from './session.ts'
import type { PostgresStore } from './store.ts'

export interface WatchContext {
  store: PostgresStore
  source: PostgresSource
  /** A name of this watch. */
  worker: string
  pollMs: number
}

/** After so long without anything to do, a dispatcher sleeps and wants to be woken. */
const BUSY_MS = 2_000
/** How often it looks all the same: a notification may be lost, and a transaction that began before it slept sends none. */
const SLEEP_MS = 500
/** How often it looks where it cannot be woken, such as behind a pooler. */
const IDLE_POLL_MS = 50
/** How long others go on waking it if its process dies. */
const IDLE_MARK_MS = 60_000
const RETRY_LISTENING_MS = 10_000
/** Behind a pooler nothing changes soon, and each try listens on one of its connections in vain. */
const RETRY_BEHIND_POOLER_MS = 10 * 60_000
/** A notification to oneself that has not come after that long will not come. */
const PROBE_MS = 1_000

/**
 * Looks often while there is something to do, which costs next to nothing then; asks to be notified once there is not.
 * Always notifying would cost more: PostgreSQL takes one lock for all commits that notify.
 */
export function watchDatabase(context: WatchContext, listener: () => void): Watch {
  const { store, source, worker, pollMs } = context
  const s = identifier(store.schema)
  let lastFound = performance.now()
  let ended = false
  let markedIdle = false
  let markedAt = 0
  let stopListening: (() => void) | undefined
  let canBeWoken = false
  let nextTry = 0
  let marking: Promise<void> = Promise.resolve()

  async function listen(): Promise<void> {
    nextTry = performance.now() + RETRY_LISTENING_MS
    const lost = () => {
      canBeWoken = false
      stopListening = undefined
    }
    const notified = () => {
      canBeWoken = true
      listener()
    }
    const stop = await source.listen(s, notified, lost)
    if (stop === undefined) {
      nextTry = Number.POSITIVE_INFINITY
      return
    }
    stopListening = stop
    if (ended) return stop()
    // Behind a pooler LISTEN succeeds, and nothing is ever heard.
    await store.write(() =>
      exec(CompiledQuery.raw('SELECT pg_catalog.pg_notify($1, $2)', [store.schema, ''])),
    )
    const probe = setTimeout(() => {
      if (canBeWoken) return
      nextTry = performance.now() + RETRY_BEHIND_POOLER_MS
      stop()
      lost()
    }, PROBE_MS)
    probe.unref()
  }

  /** One after the other, so that the last word counts. */
  function mark(idle: boolean): void {
    markedIdle = idle
    markedAt = performance.now()
    const change = idle
      ? [
          `INSERT INTO ${s}.idle (worker, until) VALUES ($1, $2::bigint) ON CONFLICT (worker) DO UPDATE SET until = excluded.until`,
          `DELETE FROM ${s}.idle WHERE until < $1::bigint`,
        ]
      : [`DELETE FROM ${s}.idle WHERE worker = $1`]
    marking = marking.then(async () => {
      if (ended && idle) return
      const now = store.clock.now()
      const parameters = idle ? [[worker, now + IDLE_MARK_MS], [now]] : [[worker]]
      try {
        await store.write(
          function* () {
            for (const [index, text] of change.entries())
              yield* exec(CompiledQuery.raw(text, parameters[index]))
          },
          { durable: false },
        )
        // What was committed before the mark has notified nobody.
        if (idle) listener()
      } catch {
        markedIdle = false
      }
    })
  }

  return {
    looked(found) {
      const now = performance.now()
      if (found) {
        lastFound = now
        if (markedIdle) mark(false)
        return pollMs
      }
      if (now - lastFound < BUSY_MS) return pollMs
      if (stopListening === undefined) {
        if (now >= nextTry) void listen().catch(() => {})
        return IDLE_POLL_MS
      }
      if (!canBeWoken) return IDLE_POLL_MS
      if (!markedIdle || now - markedAt > IDLE_MARK_MS / 2) mark(true)
      return SLEEP_MS
    },
    end() {
      if (ended) return
      ended = true
      if (markedIdle) mark(false)
      stopListening?.()
    },
  }
}
