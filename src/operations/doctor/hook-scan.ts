import type { Store } from '../../store/store.ts'
import { rows } from '../../store/work.ts'

const MOST_LOOKED_AT = 100_000
/** In one query: on SQLite nothing else runs meanwhile. */
const AT_ONCE = 10_000

export interface HookScan {
  /** Ids of those that were disabled, the newest first. */
  disabled: { failing: number[]; gone: number[] }
  /** How many lead to http:// and are enabled. */
  http: number
}

/** The newest hooks, a few at a time: no index knows which of them are disabled, or where they lead. */
export async function lookThroughHooks(store: Store): Promise<HookScan> {
  const scan: HookScan = { disabled: { failing: [], gone: [] }, http: 0 }
  let before = Number.MAX_SAFE_INTEGER
  for (let turn = 0; turn < MOST_LOOKED_AT / AT_ONCE; turn += 1) {
    const some = store.db
      .selectFrom('hook')
      .select(['id', 'disabled_cause', 'target', 'deleted_at'])
      .where('id', '<', before)
      .orderBy('id', 'desc')
      .limit(AT_ONCE)
    const edge = await store.read(() =>
      rows(
        store.db
          .selectFrom(some.as('e'))
          .select(({ fn }) => [fn.countAll<number>().as('hooks'), fn.min('e.id').as('lowest')]),
      ),
    )
    const { hooks = 0, lowest = 0 } = edge[0] ?? {}
    const telling = store.db
      .selectFrom(some.as('h'))
      .select(['h.id', 'h.disabled_cause'])
      .where('h.deleted_at', 'is', null)
      .where(({ or, eb }) =>
        or([eb('h.disabled_cause', 'in', ['failing', 'gone']), eb('h.target', 'like', 'http://%')]),
      )
      .orderBy('h.id', 'desc')
    for (const { id, disabled_cause: cause } of await store.read(() => rows(telling))) {
      if (cause === null) scan.http += 1
      else if (cause !== 'manual') scan.disabled[cause].push(id)
    }
    if (Number(hooks) < AT_ONCE) break
    before = Number(lowest)
  }
  return scan
}
