import { type Compilable, sql } from 'kysely'
import type { FieldDefinitions } from '../hooks/index.ts'
import { jsonRows } from '../store/json-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, type Work } from '../store/work.ts'

export interface ClaimContext {
  store: Store
  fields: FieldDefinitions
  now: number
  lease: string
  leaseUntil: number
}

/** A delivery's primary key. */
export interface Key {
  hook_id: number
  event_seq: number
}

/** An attempt that ends wakes its hook's lane; the time is for the case that its process dies before. */
export function awaken({ db }: Store, hookId: number, at: number): Compilable<unknown> {
  return db.updateTable('lane').set({ next_at: at }).where('hook_id', '=', hookId)
}

export function removeLane({ db }: Store, hookId: number): Compilable<unknown> {
  return db.deleteFrom('lane').where('hook_id', '=', hookId)
}

/** Puts deliveries aside, and opens lanes for their hooks. */
export function* park({ store, now }: ClaimContext, keys: readonly Key[]): Work<void> {
  if (keys.length === 0) return
  const { db } = store
  yield* exec(
    db
      .updateTable('delivery')
      .from(jsonRows(store, keys, ['hook_id', 'event_seq']).as('over'))
      .set(({ fn }) => ({ parked_due_at: fn.coalesce('delivery.due_at', 'delivery.parked_due_at') }))
      .set({ due_at: null, lease: null })
      .whereRef('delivery.hook_id', '=', 'over.hook_id')
      .whereRef('delivery.event_seq', '=', 'over.event_seq'),
  )
  // One parameter for all: as many as there are hooks would be another statement each time, and too many for SQLite.
  const lanes = jsonRows(
    store,
    [...new Set(keys.map(({ hook_id }) => hook_id))].map((hook_id) => ({ hook_id, next_at: now })),
    ['hook_id', 'next_at'],
  ).as('opened')
  yield* exec(
    db
      .insertInto('lane')
      .columns(['hook_id', 'next_at'])
      .expression(db.selectFrom(lanes).select(['opened.hook_id', 'opened.next_at']).where(sql<boolean>`true`))
      .onConflict((conflict) => conflict.doNothing()),
  )
}
