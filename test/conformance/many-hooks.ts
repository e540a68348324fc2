import type { Store } from '../../src/store/store.ts'
import { START, TARGET } from './application.ts'

/** Rows that go into one statement. */
const AT_ONCE = 500

/**
 * Lets so many hooks of owner 1 listen to an event, with the ids from 1 on: written past hookwright, which would take long.
 *
 * @param filterOf the filter of each, as JSON; null for none
 */
export async function addManyHooks(
  { db }: Store,
  event: string,
  count: number,
  filterOf: (id: number) => string | null = () => null,
): Promise<void> {
  const hook = {
    owner: '1',
    target: TARGET,
    headers: '{}',
    secret: 'x',
    created_at: START,
    updated_at: START,
  }
  for (let first = 1; first <= count; first += AT_ONCE) {
    const length = Math.min(AT_ONCE, count + 1 - first)
    const filters = Array.from({ length }, (_, index) => ({
      id: first + index,
      filter: filterOf(first + index),
    }))
    await db
      .insertInto('hook')
      .values(filters.map((one) => ({ ...hook, ...one })))
      .execute()
    const subscriptions = filters.map(({ id, filter }) => ({
      event,
      owner: '1',
      hook_id: id,
      filtered: filter === null ? 0 : 1,
    }))
    await db.insertInto('subscription').values(subscriptions).execute()
  }
  await db.insertInto('listening').values({ event }).execute()
}

/** The hooks that have a delivery, each as often as it has one. */
export async function hooksThatHaveOne({ db }: Store): Promise<number[]> {
  const found = await db.selectFrom('delivery').select('hook_id').orderBy('hook_id').execute()
  return found.map(({ hook_id }) => hook_id)
}
