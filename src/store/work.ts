import type { Compilable, CompiledQuery, QueryResult } from 'kysely'

/**
 * A piece of work on the database: a generator that yields each query and gets its result back. One text thus runs on a
 * synchronous driver (SQLite: the whole transaction is one synchronous call, so that no lock is ever held across an await)
 * and on an asynchronous one (PostgreSQL, MySQL: each yield is a round trip).
 *
 * Work may run more than once, when the database was busy or the transaction had to be repeated: it must change nothing
 * but the database.
 *
 * @example
 * ```ts
 * await store.write(function* () {
 *   const hook = yield* first(store.db.selectFrom('hook').selectAll().where('id', '=', id))
 *   if (hook) yield* exec(store.db.updateTable('hook').set({ deleted_at: now }).where('id', '=', id))
 *   return hook
 * })
 * ```
 */
export type Work<T> = Generator<CompiledQuery, T, QueryResult<unknown>>

/** A query that Kysely can compile, or one that it has compiled already. */
export type Query<R> = Compilable<R> | CompiledQuery<R>

/** All rows of a query. */
export function* rows<R>(query: Query<R>): Work<R[]> {
  const result = yield compiled(query)
  return result.rows as R[]
}

/** The first row of a query. */
export function* first<R>(query: Query<R>): Work<R | undefined> {
  const result = yield compiled(query)
  return result.rows[0] as R | undefined
}

/** Runs a statement and tells how many rows it changed. */
export function* exec(query: Query<unknown>): Work<number> {
  const result = yield compiled(query)
  return Number(result.numAffectedRows ?? 0)
}

function compiled<R>(query: Query<R>): CompiledQuery<R> {
  return 'compile' in query ? query.compile() : query
}

/** Runs work to its end on a synchronous driver. */
export function runSync<T>(work: Work<T>, execute: (query: CompiledQuery) => QueryResult<unknown>): T {
  let step = work.next()
  while (!step.done) step = advance(work, step.value, execute)
  return step.value
}

/** An error of the driver goes into the work, where it may be caught, and comes out of it otherwise. */
function advance<T>(
  work: Work<T>,
  query: CompiledQuery,
  execute: (query: CompiledQuery) => QueryResult<unknown>,
) {
  let result: QueryResult<unknown>
  try {
    result = execute(query)
  } catch (error) {
    return work.throw(error)
  }
  return work.next(result)
}

/** Runs work to its end on an asynchronous driver. */
export async function runAsync<T>(
  work: Work<T>,
  execute: (query: CompiledQuery) => Promise<QueryResult<unknown>>,
): Promise<T> {
  let step = work.next()
  while (!step.done) {
    let result: QueryResult<unknown>
    try {
      result = await execute(step.value)
    } catch (error) {
      step = work.throw(error)
      continue
    }
    step = work.next(result)
  }
  return step.value
}
