/**
 * Cuts a list into parts, in each of which the costs are not more than `most` in all, unless one alone costs more.
 *
 * @param costOf what one costs; 1 unless told, so that `most` is a count
 * @example
 * ```ts
 * inChunks([1, 2, 3, 4, 5], 2) // [[1, 2], [3, 4], [5]]
 * ```
 */
export function inChunks<T>(all: readonly T[], most: number, costOf: (one: T) => number = () => 1): T[][] {
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
