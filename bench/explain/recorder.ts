import { CompiledQuery } from 'kysely'
import type { Store } from '../../src/store/store.ts'
import type { Work } from '../../src/store/work.ts'

/** A query that the product made, and how PostgreSQL ran it. */
export interface RecordedQuery {
  sql: string
  plan: string[]
  executionMs: number
  /** Pages of 8 kB that it looked at, in memory or on disk: unlike times, the same on a busy machine. */
  pages: number
  /** How often it was made within the operation; the plan is the first one's. */
  times: number
}

/** Lets the product work as it does, and notes the plan of each query just before it is run, in the state it is run in. */
export class Recorder {
  queries: RecordedQuery[] = []
  readonly store: Store

  constructor(store: Store) {
    this.store = Object.create(store, {
      open: { value: () => store.open() },
      // A plan is taken within a savepoint, so reading wants a transaction too.
      read: { value: <T>(work: () => Work<T>) => store.write(() => this.#explained(work())) },
      write: { value: <T>(work: () => Work<T>) => store.write(() => this.#explained(work())) },
    }) as Store
    // `store.db` and `store.clock` stand on private fields of the real one, which an object made from it has not.
    for (const name of ['db', 'clock', 'dialect', 'locks', 'schema', 'name'] as const) {
      Object.defineProperty(this.store, name, { value: store[name] })
    }
  }

  /** What was noted since the last call. */
  take(): RecordedQuery[] {
    const taken = this.queries
    this.queries = []
    return taken
  }

  *#explained<T>(work: Work<T>): Work<T> {
    let step = work.next()
    while (!step.done) {
      const query = step.value
      yield* this.#note(query)
      try {
        step = work.next(yield query)
      } catch (error) {
        step = work.throw(error)
      }
    }
    return step.value
  }

  *#note({ sql, parameters }: CompiledQuery): Work<void> {
    if (/^(savepoint|release|rollback)/i.test(sql)) return
    const known = this.queries.find((query) => query.sql === sql)
    if (known !== undefined) {
      known.times += 1
      return
    }
    yield CompiledQuery.raw('SAVEPOINT plan')
    const { rows } = yield CompiledQuery.raw(`EXPLAIN (ANALYZE, BUFFERS) ${sql}`, [...parameters])
    yield CompiledQuery.raw('ROLLBACK TO SAVEPOINT plan')
    const plan = (rows as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN'])
    const [, ms] = /^Execution Time: ([\d.]+)/m.exec(plan.join('\n')) ?? []
    this.queries.push({ sql, plan, executionMs: Number(ms), pages: pagesOf(plan), times: 1 })
  }
}

/** The first line about buffers is the uppermost node's, and counts those below it. */
function pagesOf(plan: readonly string[]): number {
  const [, hit = 0, read = 0] = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(plan.join('\n')) ?? []
  return Number(hit) + Number(read)
}
