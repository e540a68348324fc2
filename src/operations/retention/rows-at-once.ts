import type { Store } from '../../store/store.ts'

/**
 * How many rows one transaction removes. Where it keeps everybody from writing, and runs in the application's own thread, it
 * must be over within milliseconds; where it locks nothing but what nobody wants any more, round trips cost more.
 */
export function rowsAtOnce({ locks }: Pick<Store, 'locks'>): number {
  return locks === 'database' ? 100 : 1_000
}
