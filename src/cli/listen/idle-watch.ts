import type { AnyHooks } from '../command.ts'

const LOOK_EVERY_MS = 1_000
/** A dispatcher comes to it within milliseconds. */
const PATIENCE_MS = 3_000

/**
 * Calls `onIdle` once, if events or deliveries of a hook are due and nobody comes to them.
 *
 * @returns a function that ends it
 */
export function watchForIdleness(hooks: AnyHooks, hookId: number, onIdle: () => void): () => void {
  let ended = false
  let timer: NodeJS.Timeout | undefined
  let since: number | undefined
  const look = async () => {
    const waits = await hooks.stats({ hookId } as never).then(
      ({ now }) => now.events.waiting + now.deliveries.due > 0,
      () => false,
    )
    if (ended) return
    // It must have waited through all of that time, as seen by one clock: the database may have another.
    since = waits ? (since ?? performance.now()) : undefined
    if (since !== undefined && performance.now() - since >= PATIENCE_MS) {
      onIdle()
      return
    }
    schedule()
  }
  const schedule = () => {
    timer = setTimeout(() => void look(), LOOK_EVERY_MS)
  }
  schedule()
  return () => {
    ended = true
    clearTimeout(timer)
  }
}
