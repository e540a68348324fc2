import { firstSince } from '../../src/events/index.ts'
import { Chore } from '../../src/operations/retention/chore.ts'
import { lookAtHooks, removeHooks } from '../../src/operations/retention/deleted-hooks.ts'
import { BEGINNING, lookAtOld, type OldDelivery } from '../../src/operations/retention/old-deliveries.ts'
import { lookAtEvents, lookAtUnfinished, removeEvents } from '../../src/operations/retention/old-events.ts'
import { removeDeliveries } from '../../src/operations/retention/remove-deliveries.ts'
import { MILLISECONDS_OF_EVENTS } from './fill.ts'
import type { Operation } from './operations.ts'

const MINUTE = 60_000

/** What a sweep does, as if half of the events were old. */
export function retentionOperations(): Operation[] {
  let before = 0
  let found: OldDelivery[] = []
  let seqs: number[] = []
  const finished = () => found.filter(({ status }) => status !== 'pending')
  return [
    {
      purpose: 'Retention: take the chore',
      run: async (store) => {
        const chore = new Chore(store, 'retention')
        const now = store.clock.now()
        await store.read(() => chore.due(now))
        await store.write(() => chore.take(now, now + MINUTE, { insists: false }))
        await store.write(() => chore.prolong(now + MINUTE, now + 2 * MINUTE))
        await store.write(() => chore.giveBack(now + 2 * MINUTE, now))
      },
    },
    {
      purpose: 'Retention: find the first event that is young',
      run: async (store) => {
        const { created_at: newest } = await store.db
          .selectFrom('event')
          .select('created_at')
          .orderBy('seq', 'desc')
          .limit(1)
          .executeTakeFirstOrThrow()
        before = await store.read(() => firstSince(store, newest - MILLISECONDS_OF_EVENTS / 2))
      },
    },
    {
      purpose: 'Retention: events that have not all their deliveries',
      run: (store) => store.read(() => lookAtUnfinished(store)),
    },
    {
      purpose: 'Retention: look at deliveries of old events',
      run: async (store) => {
        const look = await store.read(() => lookAtOld(store, BEGINNING, before))
        found = look.found
      },
    },
    {
      purpose: 'Retention: remove deliveries and their attempts',
      run: (store) => {
        const chunk = finished().slice(0, 500)
        return store.write(() => removeDeliveries(store, chunk, store.clock.now()))
      },
    },
    {
      purpose: 'Retention: look at old events, and remove them',
      run: async (store) => {
        seqs = await store.read(() => lookAtEvents(store, 0, before))
        await store.write(() => removeEvents(store, seqs, store.clock.now()))
      },
    },
    {
      purpose: 'Retention: look at hooks, and remove those that were deleted',
      run: async (store) => {
        const hooks = await store.read(() => lookAtHooks(store, 10_500))
        const ids = hooks.slice(0, 100).map(({ id }) => id)
        await store.db.updateTable('hook').set({ deleted_at: 1 }).where('id', 'in', ids).execute()
        await store.write(() => removeHooks(store, ids, 2))
      },
    },
  ]
}
