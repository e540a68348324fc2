import type { Store } from '../../store/store.ts'

/**
 * How many rows one transaction removes. Where it keeps everybody from writing, and runs in the application's own thread, it
 * must be over within milliseconds; where it locks nothing but what nobody wants any more, round trips cost more.
 */
export function rowsAtOnce({ locks }: Pick<Store, 'locks'>): number {
  return locks === 'database' ? 100 : 1_000
}

/** Cuts a list into parts, in each of which the costs are not more than `most` in all, unless one alone costs more. */
export function inChunks<T>(all: readonly T[], most: number, costOf: (one: T) => number): T[][] {
  const chunks: T[][] = []
  let room = 0
  for (const one of all) {
    const cost = costOf(one)
    if (chunks.length === 0 || cost > room) {
      chunks.push([])
      room = most
    }
    chunks.at(-1)?.push(one)
    room -= cost
  }
  return chunks
}
