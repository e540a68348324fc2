import { breath } from '../core/breath.ts'
import { dataOfEvent } from '../events/index.ts'
import { parseData, readFilter } from '../hooks/index.ts'
import type { Store } from '../store/store.ts'
import { first } from '../store/work.ts'

/** What a hook's filter lets through of some events. */
export interface SiftedEvents {
  /** The filter as it was; null for a hook without one. Whoever acts on this looks whether it still is. */
  filter: string | null
  seqs: readonly number[]
}

/**
 * Looks at events by a hook's filter. The data of one event at a time: it may be large. Events whose data is gone are left
 * out, and so are all of them where the filter cannot be read.
 */
export async function siftEvents(
  store: Store,
  hookId: number,
  seqs: readonly number[],
): Promise<SiftedEvents> {
  const hook = await store.read(() =>
    first(store.db.selectFrom('hook').select('filter').where('id', '=', hookId)),
  )
  const filter = hook?.filter ?? null
  if (filter === null) return { filter, seqs }
  const accepts = readFilter(filter)
  const heard: number[] = []
  for (const seq of accepts === undefined ? [] : seqs) {
    const data = await dataOfEvent(store, seq)
    await breath()
    if (data !== undefined && accepts?.(parseData(data)) === true) heard.push(seq)
  }
  return { filter, seqs: heard }
}
