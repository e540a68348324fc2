import { exclusively as exclusivelyOnPostgres } from './postgres/exclusively.ts'
import type { Store } from './store.ts'
import type { Work } from './work.ts'

/**
 * Begins a transaction that only one may be in at a time, for a purpose. Where a transaction that writes has the whole
 * database to itself, there is nothing to do.
 */
export function* exclusively({ locks, schema }: Store, purpose: 'hooks' | 'capture'): Work<void> {
  if (locks === 'rows' && schema !== undefined) yield* exclusivelyOnPostgres(schema, purpose)
}
