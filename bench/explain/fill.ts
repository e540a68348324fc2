import type { Client } from 'pg'

/** Hooks that listen to `book.added` and `book.changed`, of fifty owners. */
const LISTENING_HOOKS = 1_023
/** Hooks of other events, of an owner each: they must not be met on the way. */
const OTHER_HOOKS = 100_000
/** A hook whose target does not answer, and what waits for it. */
export const BLOCKED_HOOK = 5_000
const BLOCKED_DELIVERIES = 90_000
export const HOOKS_OF_EVENT = 10
const OLD_EVENTS = 100_000
/** Between the first event and the last: a millisecond each. */
export const MILLISECONDS_OF_EVENTS = OLD_EVENTS
/** Events whose deliveries are due now. */
const DUE_EVENTS = 1_000
/** Events that are not fanned out yet. */
const PENDING_EVENTS = 1_000
export const NOT_DUE = [10_000, 100_000, 1_000_000] as const

const schema = 'hookwright'

/**
 * The hook of the j-th delivery of an event, from 1 to 10: one of the 2^(j-1) hooks of the j-th octave. So hook 1 hears of
 * every event, two hooks of every second one, and 512 of few: about as heavy-tailed as real subscribers are.
 */
const HOOK = '(2 ^ (j - 1))::bigint + abs(hashint8(e * 31 + j)::bigint) % (2 ^ (j - 1))::bigint'

/** Hooks, events, and all that is due; of what is not due nothing yet. */
export async function fill(client: Client): Promise<void> {
  const run = (sql: string) => client.query(sql)
  await run(`SET search_path = ${schema}`)
  await run(`INSERT INTO hook (id, owner, target, headers, secret, created_at, updated_at)
    SELECT id, CASE WHEN id > 10000 THEN 'other ' || id ELSE 'owner ' || id % 50 END,
      'https://example.com/' || id, '{}', 'whsec_' || md5(id::text), 0, 0
    FROM (SELECT generate_series(1, ${LISTENING_HOOKS}) UNION ALL SELECT ${BLOCKED_HOOK}
      UNION ALL SELECT generate_series(10001, ${10_000 + OTHER_HOOKS})) AS ids (id)`)
  await run(`INSERT INTO subscription (event, owner, hook_id)
    SELECT event, owner, id FROM hook, (VALUES ('book.added'), ('book.changed')) AS names (event) WHERE id < 10000
    UNION ALL SELECT 'other.' || id % 200, owner, id FROM hook WHERE id > 10000`)
  await run('INSERT INTO listening SELECT DISTINCT event FROM subscription')
  await run(`INSERT INTO event (seq, uid, name, owner, broadcast, model, action, data, row_json, created_at, fanout_due_at)
    SELECT e, md5(e::text), CASE WHEN e % 4 = 0 THEN 'book.changed' ELSE 'book.added' END,
      CASE WHEN e % 4 = 0 THEN NULL ELSE 'owner ' || e % 50 END, CASE WHEN e % 4 = 0 THEN 1 ELSE 0 END, 'Book', 'created',
      CASE WHEN pending THEN NULL ELSE '{"id":1,"title":"The Two Towers","pages":327,"fiction":true}' END,
      CASE WHEN pending THEN '{"id":1,"user_id":1,"title":"The Two Towers","pages":327,"fiction":true}' END,
      ${now()} - 1000000 + e, CASE WHEN pending THEN 0 END
    FROM (SELECT e, e > ${OLD_EVENTS + DUE_EVENTS} AS pending
      FROM generate_series(1, ${OLD_EVENTS + DUE_EVENTS + PENDING_EVENTS}) AS e) AS numbers`)
  await run(`INSERT INTO delivery (hook_id, event_seq, due_at)
    SELECT ${HOOK}, e, ${now()} - 10000 + e % 10000
    FROM generate_series(${OLD_EVENTS + 1}, ${OLD_EVENTS + DUE_EVENTS}) AS e, generate_series(1, ${HOOKS_OF_EVENT}) AS j`)
  await run(`INSERT INTO delivery (hook_id, event_seq, parked_due_at)
    SELECT ${BLOCKED_HOOK}, e, ${now()} - 1000000 + e FROM generate_series(1, ${BLOCKED_DELIVERIES}) AS e`)
  await run(`INSERT INTO lane (hook_id, next_at) VALUES (${BLOCKED_HOOK}, ${now()} + 60000)`)
}

/** Deliveries that are not due: nine of ten finished, the others to be tried again in an hour; an attempt of each. */
export async function addNotDue(client: Client, fromEvent: number, toEvent: number): Promise<void> {
  const pairs = `(SELECT e, j, ${HOOK} AS hook_id
    FROM generate_series(${fromEvent}, ${toEvent}) AS e, generate_series(1, ${HOOKS_OF_EVENT}) AS j) AS pairs`
  await client.query(`INSERT INTO delivery (hook_id, event_seq, status, attempts, due_at, finished_at)
    SELECT hook_id, e, CASE WHEN j = 10 THEN 'pending' ELSE 'delivered' END, 1,
      CASE WHEN j = 10 THEN ${now()} + 3600000 + e END, CASE WHEN j < 10 THEN ${now()} - 3600000 + e END
    FROM ${pairs}`)
  await client.query(`INSERT INTO attempt (hook_id, event_seq, number, started_at, duration_ms, status, response_headers, response_body)
    SELECT hook_id, e, 1, ${now()} - 3600000 + e, 20 + j, CASE WHEN j = 10 THEN 503 ELSE 200 END, '[["server","nginx"]]', ''
    FROM ${pairs}`)
}

/** PostgreSQL keeps its statistics by itself, but not within seconds. */
export async function settle(client: Client): Promise<void> {
  await client.query('VACUUM ANALYZE')
}

function now(): string {
  return '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'
}
