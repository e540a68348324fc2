import type { QueryResult } from 'kysely'
import { parseExact } from '../../core/json.ts'
import { narrowIntegers } from '../sqlite/values.ts'
import { runAsync } from '../work.ts'
import type { AsyncTx, TxQuery } from './tx.ts'

/** One statement for the caller's library to run. */
export interface TxStatement extends TxQuery {
  /** Whether it gives rows; some libraries have another function for these. */
  readonly reads: boolean
}

/**
 * A transaction out of a function that runs one statement in it. For a statement that `reads`, the function gives the rows
 * as objects by column; what it gives for any other is left alone.
 *
 * Every library has its own idea of how an integer of 64 bits comes out of PostgreSQL (a string, a number, a bigint), some
 * rename columns, some parse JSON on their own. So each row of PostgreSQL is asked for as one column of JSON text, which
 * none of them touches. On SQLite the values come as they are, and bigints become numbers where they fit.
 *
 * @example
 * ```ts
 * asyncTx('TypeORM', 'postgres', ({ sql, parameters }) => manager.query(sql, [...parameters]))
 * ```
 */
export function asyncTx(
  library: string,
  dialect: AsyncTx['dialect'],
  run: (statement: TxStatement) => Promise<unknown>,
): AsyncTx {
  async function execute({ sql, parameters }: TxQuery): Promise<QueryResult<unknown>> {
    const reads = READS.test(sql)
    const asJson = reads && dialect === 'postgres'
    const given = await run({ sql: asJson ? jsonOf(sql) : sql, parameters, reads })
    if (!reads) return { rows: [] }
    const rows = given as Record<string, unknown>[]
    return { rows: asJson ? rows.map(parseRow) : rows.map(narrowed) }
  }
  return { mode: 'async', dialect, library, execute, run: (work) => runAsync(work, execute) }
}

const READS = /^\s*(select|with|values|pragma)\b/i

function jsonOf(sql: string): string {
  return `select row_to_json(given)::text as given from (${sql}) as given`
}

/** The only column, whatever the library calls it. */
function parseRow(row: Record<string, unknown>): unknown {
  return parseExact(String(Object.values(row)[0]))
}

function narrowed(row: Record<string, unknown>): unknown {
  const copy = { ...row }
  narrowIntegers(copy)
  return copy
}
