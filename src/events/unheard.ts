import { breath } from '../core/breath.ts'
import { isGiven } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import type { Span } from '../store/timeline.ts'
import { first, rows, type Work } from '../store/work.ts'
import { hooksFor, type PrepareContext } from './prepare.ts'

/** Whose events, and of which time. */
export interface Listener {
  hookId: number
  owner: string
  /** The names of the events that it listens to. */
  events: readonly string[]
  /** Milliseconds since the epoch. */
  since: number
  /** Likewise; before this time. */
  until: number
}

/** An event that a hook has no delivery of. */
export interface Unheard {
  seq: number
  name: string
  owner: string | null
}

/** Events that are looked at in one query. */
const WINDOW = 2_000

/**
 * Events that a hook would hear of today and has no delivery of: because it was not there yet, or did not listen to them.
 * Those that are not fanned out yet are left out, and so are those that were made to try a hook out.
 */
export async function* unheard(store: Store, span: Span, listener: Listener): AsyncGenerator<Unheard[]> {
  let { after } = span
  while (after < span.upTo) {
    const window = await store.read(() => look(store, { after, upTo: span.upTo }, listener))
    await breath()
    if (window.found.length > 0) yield window.found
    after = window.end
  }
}

function* look(
  store: Store,
  { after, upTo }: Span,
  listener: Listener,
): Work<{ end: number; found: Unheard[] }> {
  const { db } = store
  // However few of them are the hook's, no more than these are looked at.
  const last = yield* first(
    db
      .selectFrom('event')
      .select('seq')
      .where('seq', '>', after)
      .where('seq', '<=', upTo)
      .orderBy('seq')
      .offset(WINDOW - 1)
      .limit(1),
  )
  const end = last?.seq ?? upTo
  const found = yield* rows(
    db
      .selectFrom('event as e')
      .select(['e.seq', 'e.name', 'e.owner'])
      .where('e.seq', '>', after)
      .where('e.seq', '<=', end)
      .where(isGiven(store, 'e.name', listener.events))
      .where((eb) => eb.or([eb('e.broadcast', '=', 1), eb('e.owner', '=', listener.owner)]))
      .where('e.created_at', '>=', listener.since)
      .where('e.created_at', '<', listener.until)
      .where('e.fanout_due_at', 'is', null)
      .where('e.test', '=', 0)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('delivery as d')
              .select('d.event_seq')
              .where('d.hook_id', '=', listener.hookId)
              .whereRef('d.event_seq', '=', 'e.seq'),
          ),
        ),
      )
      .orderBy('e.seq'),
  )
  return { end, found }
}

/**
 * Whether the option `hook.find` lets a hook hear of an event.
 *
 * @throws `option_invalid`, and whatever `find` throws
 */
export async function isFound(
  context: Pick<PrepareContext, 'store' | 'find'>,
  hookId: number,
  event: Pick<Unheard, 'name' | 'owner'> & { data: string },
): Promise<boolean> {
  const { store } = context
  const query = hooksFor(context, event, event.data)
  if (query === undefined) return true
  const hook = store.db.selectFrom('hook').select('hook.id').where('hook.id', '=', hookId)
  const found = await store.read(() => first(hook.where('hook.id', 'in', query as never)))
  return found !== undefined
}

/** The data of an event, as JSON text. */
export async function dataOfEvent(store: Store, seq: number): Promise<string | undefined> {
  const row = await store.read(() =>
    first(store.db.selectFrom('event').select('data').where('seq', '=', seq)),
  )
  return row?.data ?? undefined
}
