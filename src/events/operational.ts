import { type RawBuilder, sql } from 'kysely'
import { type OperationalName, type OperationalPayloads, operationalNames } from '../catalog/index.ts'
import { toJson } from '../core/json.ts'
import type { Random } from '../core/random.ts'
import { newUid } from '../core/uid.ts'
import type { HookChange } from '../hooks/index.ts'
import { givenRows } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, first, type Work } from '../store/work.ts'

/** An event of hookwright's own: what a listener is told, and its data as JSON. */
export type OperationalEvent = {
  [Name in OperationalName]: {
    readonly name: Name
    /** Whose hook it speaks of, and so whose hooks hear of it. */
    readonly owner: string
    readonly data: OperationalPayloads[Name]
  }
}[OperationalName]

/** An event of the owner of the hook that it speaks of. */
export function operationalEvent<Name extends OperationalName>(
  name: Name,
  data: OperationalPayloads[Name],
): OperationalEvent {
  return { name, owner: data.hook.owner, data } as OperationalEvent
}

/** The events that come of a change of hooks, in the order of the hooks. */
export function operationalEventsOf({ disabled = [] }: HookChange): OperationalEvent[] {
  return disabled.map((one) => operationalEvent('hook.disabled', one))
}

/**
 * Writes events of hookwright's own into the outbox, in their order: those that a hook of their owner listens to, one that is
 * disabled included. It is one statement for however many, and none for none.
 *
 * @param now milliseconds since the epoch
 */
export function* insertOperational(
  store: Store,
  random: Random,
  events: readonly OperationalEvent[],
  now: number,
): Work<void> {
  if (events.length === 0) return
  const { db } = store
  const given = events.map(({ name, owner, data }, number) => ({
    number,
    uid: newUid(now, random),
    name,
    owner,
    data: toJson(data, name),
  }))
  const wanted = givenRows(store, given, ['number', 'uid', 'name', 'owner', 'data']).as('made')
  const listened = db
    .selectFrom(wanted)
    .select(({ lit }) => [
      'made.uid',
      'made.name',
      'made.owner',
      lit(0).as('broadcast'),
      'made.data',
      sql<number>`cast(${now} as bigint)`.as('created_at'),
      lit(0).as('fanout_due_at'),
    ])
    // Not only whether anybody listens: one owner's hook to `delivery.delivered` must not cost a row for each delivery of all.
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('subscription')
          .select('subscription.hook_id')
          .whereRef('subscription.event', '=', 'made.name')
          .whereRef('subscription.owner', '=', 'made.owner'),
      ),
    )
    .orderBy('made.number')
  yield* exec(
    db
      .insertInto('event')
      .columns(['uid', 'name', 'owner', 'broadcast', 'data', 'created_at', 'fanout_due_at'])
      .expression(listened),
  )
}

/** Which of these events any hook listens to: nothing is made of the others. */
export function* operationalListened(store: Store): Work<Set<OperationalName>> {
  const found = yield* first(store.db.selectNoFrom(operationalMask().as('mask')))
  return operationalOfMask(found?.mask)
}

/**
 * The same as one value, to be had in another query: a bit for each name, which {@link operationalOfMask} reads.
 *
 * @example
 * ```ts
 * const found = yield* first(db.selectNoFrom([…, operationalMask().as('operational')]))
 * const listened = operationalOfMask(found?.operational)
 * ```
 */
export function operationalMask(): RawBuilder<number> {
  const bits = operationalNames.map((name, index) => sql`when ${sql.lit(name)} then ${sql.lit(2 ** index)}`)
  const names = operationalNames.map((name) => sql.lit(name))
  return sql<number>`(select cast(coalesce(sum(case event ${sql.join(bits, sql` `)} end), 0) as integer)
    from ${sql.table('listening')} where event in (${sql.join(names)}))`
}

export function operationalOfMask(mask: number | undefined = 0): Set<OperationalName> {
  return new Set(operationalNames.filter((_, index) => (mask & (2 ** index)) !== 0))
}
