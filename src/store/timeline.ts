import { sql } from 'kysely'
import type { Store } from './store.ts'
import { first, type Work } from './work.ts'

/** A table whose rows are numbered in the order of their times, though not exactly: no index goes by the time. */
export interface Timeline {
  readonly table: 'event' | 'attempt'
  /** The column of the numbers. */
  readonly number: string
  /** The column of the times, in milliseconds since the epoch. */
  readonly at: string
}

/** A part of such a table by its numbers: those above `after`, up to and including `upTo`. */
export interface Span {
  after: number
  upTo: number
}

/** All that there is. */
export function* wholeSpan({ db }: Store, { table, number }: Timeline): Work<Span> {
  const end = (of: 'min' | 'max') =>
    sql<number | null>`(select ${sql.raw(of)}(${sql.ref(number)}) from ${sql.table(table)})`
  // Each by itself: SQLite goes through the whole table for two at once.
  const ends = yield* first(db.selectNoFrom([end('min').as('first'), end('max').as('last')]))
  return { after: Number(ends?.first ?? 0) - 1, upTo: Number(ends?.last ?? -1) }
}

/**
 * Halves a span until a time is met: all rows up to `after` are earlier than that, and none above `upTo` is, but for those
 * that are out of order.
 *
 * @param at milliseconds since the epoch
 * @param closeEnough how many rows may lie between the two: nothing is gained by looking closer than what is looked at anyway
 */
export function* halve(
  { db }: Store,
  { table, number, at: time }: Timeline,
  span: Span,
  at: number,
  closeEnough: number,
): Work<Span> {
  let { after, upTo } = span
  const [column, from] = [sql.ref(number), sql.table(table)]
  while (upTo - after > closeEnough) {
    const middle = Math.floor((after + upTo) / 2)
    const next = yield* first(
      sql<{ number: number; at: number }>`select ${column} as number, ${sql.ref(time)} as at from ${from}
        where ${column} > ${middle} and ${column} <= ${upTo} order by ${column} limit 1`.compile(db),
    )
    if (next !== undefined && next.at < at) after = next.number
    else upTo = middle
  }
  return { after, upTo }
}
