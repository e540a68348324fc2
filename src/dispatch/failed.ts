import { breath } from '../core/breath.ts'
import { isGiven } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import type { DeliveryStatus } from '../store/tables.ts'
import type { Span } from '../store/timeline.ts'
import { rows } from '../store/work.ts'
import { SECOND_CLICK_MS } from './again.ts'

/** Which finished deliveries are to be sent again. */
export interface Wanted {
  statuses: readonly DeliveryStatus[]
  /** Of events of this time, in milliseconds since the epoch, up to before `until`. */
  since: number
  until: number
}

/** Deliveries that are looked at in one query. */
const WINDOW = 2_000

/**
 * The numbers of the events of a hook's deliveries with one of these statuses, some at a time: along the primary key, as many
 * rows at once as nobody notices.
 */
export async function* finishedOf(
  store: Store,
  hookId: number,
  span: Span,
  { statuses }: Wanted,
): AsyncGenerator<number[]> {
  const { db } = store
  let { after } = span
  for (;;) {
    const window = db
      .selectFrom('delivery')
      .select(['event_seq', 'status'])
      .where('hook_id', '=', hookId)
      .where('event_seq', '>', after)
      .where('event_seq', '<=', span.upTo)
      .orderBy('event_seq')
      .limit(WINDOW)
    const found = await store.read(() => rows(window))
    await breath()
    const wanted = found.filter(({ status }) => statuses.includes(status))
    if (wanted.length > 0) yield wanted.map(({ event_seq }) => event_seq)
    if (found.length < WINDOW) return
    after = found.at(-1)?.event_seq ?? span.upTo
  }
}

/**
 * Those of a hook's deliveries that may be sent again: not those of events that were made to try it out, nor those that
 * somebody has just asked for.
 */
export function resendable(
  store: Store,
  hookId: number,
  seqs: readonly number[],
  { statuses, since, until }: Wanted,
  now: number,
) {
  return store.db
    .selectFrom('delivery as d')
    .innerJoin('event as e', 'e.seq', 'd.event_seq')
    .select('d.event_seq')
    .where('d.hook_id', '=', hookId)
    .where(isGiven(store, 'd.event_seq', seqs))
    .where('d.status', 'in', statuses)
    .where((eb) => eb.or([eb('d.manual_at', 'is', null), eb('d.manual_at', '<=', now - SECOND_CLICK_MS)]))
    .where('e.created_at', '>=', since)
    .where('e.created_at', '<', until)
    .where('e.test', '=', 0)
    .orderBy('d.event_seq')
}

/** Hooks that are looked at in one query. */
const HOOKS = 1_000

/**
 * The hooks, of all or of one owner, that have a delivery of these events: a look into the index for each.
 *
 * @param owner as the database keeps it
 */
export async function* hooksWithDeliveries(
  store: Store,
  span: Span,
  owner: string | undefined,
): AsyncGenerator<number> {
  const { db } = store
  let after = 0
  for (;;) {
    let hooks = db.selectFrom('hook').select('id').where('deleted_at', 'is', null).where('id', '>', after)
    if (owner !== undefined) hooks = hooks.where('owner', '=', owner)
    const found = await store.read(() =>
      rows(
        db
          .selectFrom(hooks.orderBy('id').limit(HOOKS).as('h'))
          .select('h.id')
          .select(({ selectFrom }) =>
            selectFrom('delivery as d')
              .select('d.event_seq')
              .whereRef('d.hook_id', '=', 'h.id')
              .where('d.event_seq', '>', span.after)
              .where('d.event_seq', '<=', span.upTo)
              .limit(1)
              .as('seq'),
          )
          .orderBy('h.id'),
      ),
    )
    await breath()
    for (const { id, seq } of found) if (seq !== null) yield id
    if (found.length < HOOKS) return
    after = found.at(-1)?.id ?? after
  }
}
