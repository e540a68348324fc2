/**
 * How many slips of the keyboard lie between two words: a letter too many, too few, wrong, or two neighbours swapped (the
 * "optimal string alignment" distance). Gives up beyond `limit` and then answers `limit + 1`.
 */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        cell(previous, column) + 1,
        cell(current, column - 1) + 1,
        cell(previous, column - 1) + (same ? 0 : 1),
        swapped ? cell(beforePrevious, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforePrevious = previous
    previous = current
  }
  return Math.min(cell(previous, b.length), limit + 1)
}

function cell(line: readonly number[], column: number): number {
  return line[column] ?? Number.POSITIVE_INFINITY
}

/**
 * The candidate that was probably meant: the same but for its case, or the nearest within a slip for every three letters.
 *
 * @example
 * ```ts
 * nearest('Bok', ['Book', 'User']) // 'Book'
 * ```
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase()
  let best: { candidate: string; slips: number } | undefined
  for (const candidate of candidates) {
    const limit = Math.max(1, Math.floor(Math.min(word.length, candidate.length) / 3))
    const slips = distance(lower, candidate.toLowerCase(), limit)
    if (slips <= limit && (best === undefined || slips < best.slips)) best = { candidate, slips }
  }
  return best?.candidate
}

/**
 * The cure for a name that does not exist: the one that was probably meant, otherwise `known`, otherwise `none`.
 *
 * @param names what does exist
 * @param none what to do where nothing exists yet
 */
export function cureFor(word: string, names: Iterable<string>, none: string): string {
  const all = [...names]
  const meant = nearest(word, all)
  if (meant !== undefined) return `Did you mean ${JSON.stringify(meant)}?`
  if (all.length === 0) return none
  return `There ${all.length === 1 ? 'is' : 'are'} ${list(all)}`
}

const LONGEST_LIST = 8

/** Names as one reads them: `"Book", "User" and 3 more`. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, LONGEST_LIST).map((name) => JSON.stringify(name))
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
