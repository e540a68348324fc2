import type { SelectQueryBuilder } from 'kysely'
import type { Store } from './store.ts'

type Dialected = Pick<Store, 'dialect'>
// biome-ignore lint/suspicious/noExplicitAny: any query over any tables can be locked
type AnySelect = SelectQueryBuilder<any, any, any>

/**
 * Locks the rows that a query gives to the end of the transaction, and leaves out those that somebody else has locked. Where
 * a transaction has the whole database to itself, the query stays as it is.
 *
 * @param of the alias of the table whose rows are locked, where there are several
 */
export function skippingLocked<Q extends AnySelect>({ dialect }: Dialected, query: Q, of?: string): Q {
  if (dialect === 'sqlite') return query
  return (of === undefined ? query.forUpdate() : query.forUpdate(of)).skipLocked() as Q
}

/** Locks the rows that a query gives to the end of the transaction; it waits for those that somebody else has locked. */
export function locking<Q extends AnySelect>({ dialect }: Dialected, query: Q, of?: string): Q {
  if (dialect === 'sqlite') return query
  return (of === undefined ? query.forUpdate() : query.forUpdate(of)) as Q
}

/** Keeps others from changing the rows that a query gives, to the end of the transaction. */
export function holding<Q extends AnySelect>({ dialect }: Dialected, query: Q): Q {
  return dialect === 'sqlite' ? query : (query.forShare() as Q)
}
