import type { Lot } from './allowance.ts'
import type { Speed } from './shares.ts'

/** What slow hooks may have of all places, together. */
const SLOW_SHARE = 1 / 2
/** What they and those never met before may have together: the rest is for hooks that are known to answer quickly. */
const DOUBTFUL_SHARE = 3 / 4

/**
 * Divides the places among hooks by how they answer: those that may hold theirs for long must leave some to the others.
 *
 * @param concurrency all places
 * @param underWay how many attempts each hook has under way
 */
export function lotsOf(
  concurrency: number,
  underWay: ReadonlyMap<number, number>,
  speedOf: (hookId: number) => Speed,
): Lot[] {
  const lot = (share: number, holds: Lot['holds']): Lot => {
    const used = [...underWay].reduce((total, [hook, count]) => total + (holds(hook) ? count : 0), 0)
    return { free: Math.max(1, Math.floor(concurrency * share)) - used, holds }
  }
  return [
    lot(SLOW_SHARE, (hook) => speedOf(hook) === 'slow'),
    lot(DOUBTFUL_SHARE, (hook) => speedOf(hook) !== 'quick'),
  ]
}
