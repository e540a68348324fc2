import type { ExpressionBuilder } from 'kysely'
import { exclusively } from '../store/exclusively.ts'
import { givenRows } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import { exec, first, rows, type Work } from '../store/work.ts'
import type { ChoiceColumns } from './choices.ts'
import { isLimited, type LimitColumns } from './limits.ts'

/**
 * Which hook hears of which event. Capture asks `listening` whether anybody does, in the transaction of every change, so it
 * must be exact: these functions, and no others, write the two tables, inside the transaction that changes the hook.
 */

/** The names of the events of each of some hooks. */
export function* eventsOf(store: Store, ids: readonly number[]): Work<Map<number, string[]>> {
  const events = new Map<number, string[]>(ids.map((id) => [id, []]))
  if (ids.length === 0) return events
  const query = store.db
    .selectFrom('subscription')
    .select(['hook_id', 'event'])
    .where('hook_id', 'in', idsAsQuery(store, ids))
  for (const { hook_id, event } of yield* rows(query)) events.get(hook_id)?.push(event)
  return events
}

/** Lets a hook hear of events that it has not heard of so far. */
export function* subscribe(
  store: Store,
  hook: { id: number; owner: string } & LimitColumns & Pick<ChoiceColumns, 'filter'>,
  events: readonly string[],
): Work<void> {
  if (events.length === 0) return
  const { db } = store
  const subscriptions = events.map((event) => ({
    event,
    owner: hook.owner,
    hook_id: hook.id,
    in_lane: isLimited(hook) ? 1 : 0,
    filtered: hook.filter === null ? 0 : 1,
  }))
  yield* exec(db.insertInto('subscription').values(subscriptions))
  yield* exec(
    db
      .insertInto('listening')
      .values(events.map((event) => ({ event })))
      .onConflict((conflict) => conflict.doNothing()),
  )
}

/** Ends what some hooks hear of: these events, or all. */
export function* unsubscribe(store: Store, ids: readonly number[], events?: readonly string[]): Work<void> {
  if (ids.length === 0 || events?.length === 0) return
  const { db } = store
  const hooks = idsAsQuery(store, ids)
  const ended = events ?? (yield* eventsOfAny(store, ids))
  if (ended.length === 0) return
  yield* exec(db.deleteFrom('subscription').where('hook_id', 'in', hooks).where('event', 'in', ended))
  yield* exec(db.deleteFrom('listening').where('event', 'in', ended).where(isUnheard))
}

function isUnheard({ not, exists, selectFrom }: ExpressionBuilder<Tables, 'listening'>) {
  const listeners = selectFrom('subscription').select('subscription.hook_id')
  return not(exists(listeners.whereRef('subscription.event', '=', 'listening.event')))
}

/**
 * Lets capture forget what no hook listens to any more. A trigger that removes the hooks of a deleted owner cannot do so where
 * somebody may subscribe at the same moment. It writes only where a look found something.
 *
 * @returns how many events that were
 */
export async function forgetUnheard(store: Store): Promise<number> {
  const { db } = store
  const found = await store.read(() => first(db.selectFrom('listening').select('event').where(isUnheard)))
  if (found === undefined) return 0
  return await store.write(function* () {
    yield* exclusively(store, 'hooks')
    return yield* exec(db.deleteFrom('listening').where(isUnheard))
  })
}

function* eventsOfAny(store: Store, ids: readonly number[]): Work<string[]> {
  const query = store.db.selectFrom('subscription').select('event').distinct()
  const found = yield* rows(query.where('hook_id', 'in', idsAsQuery(store, ids)))
  return found.map(({ event }) => event)
}

/** Ids as one parameter, however many they are. */
export function idsAsQuery(store: Store, ids: readonly number[]) {
  const numbers = ids.map((id) => ({ id }))
  return store.db.selectFrom(givenRows(store, numbers, ['id']).as('given')).select('given.id')
}
