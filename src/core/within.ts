import type { Clock } from './clock.ts'

/**
 * Waits for the application's own code, but not for ever: one that never ends would keep its place for good.
 *
 * @param ms milliseconds
 * @param what what it is, for the error
 */
export async function within<T>(clock: Clock, ms: number, what: string, run: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const cancel = clock.timer(ms, () => reject(new Error(`${what} has not ended within ${ms} ms`)))
  try {
    return await Promise.race([run(), late])
  } finally {
    cancel()
  }
}
