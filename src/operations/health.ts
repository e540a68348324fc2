import { problem } from '../core/errors.ts'
import { dateOrNull } from '../dispatch/index.ts'
import { type HookRegistry, type OwnerScope, scopeOf } from '../hooks/index.ts'
import type { Store } from '../store/store.ts'
import { first } from '../store/work.ts'

/** How a hook fares. */
export interface HookHealth {
  /**
   * `well`: its last attempt succeeded, or none was made; `failing`: its last attempts failed; `waiting`: they did so often
   * that its deliveries wait until `nextAttemptAt`; `recovering`: it gets more and more of them; `disabled`.
   */
  state: 'well' | 'failing' | 'waiting' | 'recovering' | 'disabled'
  /** Failed attempts in a row. */
  failures: number
  /** When the first of them was; null where there is none. */
  failingSince: Date | null
  /** While it waits: when the next attempt may be made. */
  nextAttemptAt: Date | null
}

/** @throws `hook_missing` */
export async function hookHealth(
  { registry, store }: { registry: Pick<HookRegistry, 'get'>; store: Store },
  id: number,
  options: OwnerScope = {},
): Promise<HookHealth> {
  scopeOf(options)
  const hook = await registry.get(id, options)
  if (hook === undefined) {
    throw problem('hook_missing', { field: 'id', value: id, problem: 'there is no such hook' })
  }
  const found = await store.read(() =>
    first(
      store.db
        .selectFrom('health')
        .select(['failures', 'failing_since', 'open_until', 'recovered_at'])
        .where('hook_id', '=', id),
    ),
  )
  return {
    state: hook.disabledAt === null ? stateOf(found) : 'disabled',
    failures: found?.failures ?? 0,
    failingSince: dateOrNull(found?.failing_since),
    nextAttemptAt: hook.disabledAt === null ? dateOrNull(found?.open_until) : null,
  }
}

function stateOf(
  found: { open_until: number | null; recovered_at: number | null } | undefined,
): HookHealth['state'] {
  if (found === undefined) return 'well'
  if (found.open_until !== null) return 'waiting'
  return found.recovered_at === null ? 'failing' : 'recovering'
}
