import type { Selectable } from 'kysely'
import { inChunks } from '../core/chunks.ts'
import { givenRows } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import type { AttemptTable, DeliveryStatus } from '../store/tables.ts'
import { exec, type Work } from '../store/work.ts'
import type { Claimed } from './claimed.ts'
import type { LaneChanges } from './lanes.ts'
import type { Verdict } from './verdict.ts'

/** What came of an attempt: the row that is logged, and what becomes of the delivery. */
export interface AttemptResult extends Omit<Selectable<AttemptTable>, 'id'> {
  readonly claimed: Claimed
  readonly verdict: Verdict
  /** The lease under which it was made. */
  lease: string
  next_status: Extract<DeliveryStatus, 'delivered' | 'pending' | 'failed'>
  next_due_at: number | null
  tries: number
  excused: number
  finished_at: number | null
  reason: string | null
  /** The body, where a payload function rendered it in this attempt or before. */
  body: string | null
}

/**
 * Writes the results of many attempts in a few statements. Each is logged; the delivery follows it only if the lease is
 * still the one that it was made under, for otherwise somebody else has taken over.
 */
export function* record(store: Store, results: readonly AttemptResult[], lanes: LaneChanges): Work<void> {
  const batches = inChunks(results, MOST_CHARACTERS, ({ body }) => body?.length ?? 0)
  for (const batch of batches) yield* recordBatch(store, batch)
  for (const { hook_id } of results) lanes.wake(hook_id)
}

/** Each batch goes through a parameter, and rendered bodies may be large. */
const MOST_CHARACTERS = 8_000_000

function* recordBatch(store: Store, results: readonly AttemptResult[]): Work<void> {
  const { db } = store
  yield* exec(
    db
      .insertInto('attempt')
      .columns([...LOGGED])
      .expression(
        db
          .selectFrom(givenRows(store, results, LOGGED).as('result'))
          .select(LOGGED.map((column) => `result.${column}` as const))
          // When the answer to a commit is lost, the same is written once more.
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('attempt as a')
                  .select('a.id')
                  .whereRef('a.hook_id', '=', 'result.hook_id')
                  .whereRef('a.event_seq', '=', 'result.event_seq')
                  .whereRef('a.number', '=', 'result.number')
                  .whereRef('a.started_at', '=', 'result.started_at'),
              ),
            ),
          ),
      ),
  )
  const decided = givenRows(store, results, [
    'hook_id',
    'event_seq',
    'lease',
    'number',
    'next_status',
    'next_due_at',
    'tries',
    'excused',
    'finished_at',
    'reason',
    'body',
  ]).as('result')
  yield* exec(
    db
      .updateTable('delivery')
      .from(decided)
      .set((eb) => ({
        status: eb.ref('result.next_status'),
        due_at: eb.ref('result.next_due_at'),
        tries: eb.ref('result.tries'),
        excused: eb.ref('result.excused'),
        finished_at: eb.ref('result.finished_at'),
        reason: eb.ref('result.reason'),
        attempts: eb.ref('result.number'),
        body: eb.ref('result.body'),
        lease: null,
        manual: 0,
      }))
      .whereRef('delivery.hook_id', '=', 'result.hook_id')
      .whereRef('delivery.event_seq', '=', 'result.event_seq')
      .whereRef('delivery.lease', '=', 'result.lease'),
  )
}

const LOGGED = [
  'hook_id',
  'event_seq',
  'number',
  'started_at',
  'duration_ms',
  'status',
  'error_code',
  'error',
  'response_headers',
  'response_body',
  'response_truncated',
  'manual',
  'request',
] as const satisfies readonly (keyof AttemptResult)[]

/** How a lease begins under which a delivery waits in a queue of the application's: nobody makes an attempt of it yet. */
export const HANDED_OVER = 'handed-over-'

/** A delivery that was claimed and not attempted. */
export interface GivenBack {
  hook_id: number
  event_seq: number
  lease: string
}

/** Gives deliveries back: they are due at once, for whoever comes. */
export function* giveBack(store: Store, claimed: readonly GivenBack[], dueAt: number): Work<void> {
  if (claimed.length === 0) return
  yield* exec(
    store.db
      .updateTable('delivery')
      .from(givenRows(store, claimed, ['hook_id', 'event_seq', 'lease']).as('back'))
      .set({ lease: null, due_at: dueAt })
      .whereRef('delivery.hook_id', '=', 'back.hook_id')
      .whereRef('delivery.event_seq', '=', 'back.event_seq')
      .whereRef('delivery.lease', '=', 'back.lease'),
  )
}

/** Prolongs the leases of attempts that are under way; one that was lost stays lost. */
export function* renew(store: Store, underWay: readonly GivenBack[], leaseUntil: number): Work<void> {
  if (underWay.length === 0) return
  yield* exec(
    store.db
      .updateTable('delivery')
      .from(givenRows(store, underWay, ['hook_id', 'event_seq', 'lease']).as('held'))
      .set({ due_at: leaseUntil })
      .whereRef('delivery.hook_id', '=', 'held.hook_id')
      .whereRef('delivery.event_seq', '=', 'held.event_seq')
      .whereRef('delivery.lease', '=', 'held.lease'),
  )
}

/** What to give back of a claimed delivery. */
export function keyOf({ hook, seq, lease }: Claimed): GivenBack {
  return { hook_id: hook.id, event_seq: seq, lease }
}
