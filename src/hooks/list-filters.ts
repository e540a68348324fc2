import { type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Store } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import type { HookState } from './registry-types.ts'

/** Whether a hook stands in one of these ways. */
export function hasState(states: readonly HookState[]) {
  return (eb: ExpressionBuilder<Tables, 'hook'>) => {
    const enabled = eb('disabled_at', 'is', null)
    const failing = eb.exists(
      eb
        .selectFrom('health')
        .select('health.hook_id')
        .whereRef('health.hook_id', '=', 'hook.id')
        .where('health.failing_since', 'is not', null),
    )
    return eb.or(
      states.map((state) => {
        if (state === 'failing') return eb.and([enabled, failing])
        return state === 'enabled' ? enabled : eb('disabled_at', 'is not', null)
      }),
    )
  }
}

/** Whether a hook's target has a text in it. No pattern: `%` and `_` stand for themselves. */
export function hasInTarget({ dialect }: Store, text: string): RawBuilder<SqlBool> {
  const find = sql.raw(dialect === 'postgres' ? 'strpos' : 'instr')
  // One function for both, whatever letters it knows.
  return sql<SqlBool>`${find}(lower(target), lower(cast(${text} as text))) > 0`
}
