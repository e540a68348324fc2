import { CompiledQuery } from 'kysely'
import type { Store } from '../../src/store/store.ts'

/** Finished deliveries, one attempt each, that are too old. */
export const OLD_DELIVERIES = 1_000_000
const HOOKS_OF_EVENT = 10
export const OLD_EVENTS = OLD_DELIVERIES / HOOKS_OF_EVENT
/** Hooks that had them, from this id on. */
const FIRST_HOOK = 1_000
const HOOKS = 500
const EVENTS_AT_ONCE = 5_000
const DAY_MS = 86_400_000
const BODY = '{"id":1,"title":"The Two Towers","pages":327,"fiction":true}'

/** Fills a database, one text for all. */
export async function fillOld(store: Store): Promise<void> {
  const table = (name: string) =>
    store.schema === undefined ? `hookwright_${name}` : `${store.schema}.${name}`
  const at = Date.now() - 60 * DAY_MS
  const hookId = `${FIRST_HOOK} + (e * 7 + j * 53) % ${HOOKS}`
  for (let from = 1; from <= OLD_EVENTS; from += EVENTS_AT_ONCE) {
    const events = `WITH RECURSIVE
      events(e) AS (SELECT ${from} UNION ALL SELECT e + 1 FROM events WHERE e < ${from + EVENTS_AT_ONCE - 1}),
      hooks(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM hooks WHERE j < ${HOOKS_OF_EVENT})`
    const statements = [
      `INSERT INTO ${table('event')} (seq, uid, name, owner, broadcast, data, created_at)
        ${events} SELECT e, 'old ' || e, 'old', 'nobody', 0, '${BODY}', ${at} + e FROM events`,
      `INSERT INTO ${table('delivery')} (hook_id, event_seq, status, attempts, finished_at)
        ${events} SELECT ${hookId}, e, 'delivered', 1, ${at} + e FROM events, hooks`,
      `INSERT INTO ${table('attempt')} (hook_id, event_seq, number, started_at, duration_ms, status, response_headers, response_body)
        ${events} SELECT ${hookId}, e, 1, ${at} + e, 20, 200, '[["server","nginx"]]', 'ok' FROM events, hooks`,
    ]
    await store.write(
      function* () {
        for (const statement of statements) yield CompiledQuery.raw(statement)
      },
      { durable: false },
    )
  }
}
