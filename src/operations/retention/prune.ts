import type { Clock } from '../../core/clock.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import type { Store } from '../../store/store.ts'
import type { Work } from '../../store/work.ts'
import type { Chore } from './chore.ts'
import { BrokenOff, Pace, type Terms } from './pace.ts'
import type { RetentionSettings } from './settings.ts'
import { type Removed, Sweep } from './sweep.ts'

export interface PruneContext {
  store: Store
  chore: Chore
  settings: RetentionSettings
  clock: Clock
  telemetry: Pick<Telemetry, 'cancelled'>
}

/** What was removed because it was too old. */
export interface Pruned extends Removed {
  /** Whether everything was looked at; if not, the time was over, or another process is at it. */
  finished: boolean
}

/** Far longer than a part takes. If the process dies, another one begins after that time. */
const LEASE_MS = 60_000

/**
 * Removes what is too old, unless another process is at it.
 *
 * @param insists whether it is done although it is not time
 */
export async function prune(
  { store, chore, settings, clock, telemetry }: PruneContext,
  { insists, ...terms }: Terms & { insists: boolean },
): Promise<Pruned> {
  const begun = clock.now()
  let held = begun + LEASE_MS
  const taken = await store.write(() => chore.take(begun, held, { insists }), { durable: false })
  if (!taken) return { deliveries: 0, attempts: 0, events: 0, hooks: 0, cancelled: 0, finished: false }

  const pace = new Pace(terms)
  const renew = async <T>(work?: () => Work<T>): Promise<T> => {
    const until = clock.now() + LEASE_MS
    const result = await store.write(
      function* () {
        if (!(yield* chore.prolong(held, until))) throw new BrokenOff()
        return work === undefined ? undefined : yield* work()
      },
      { durable: false },
    )
    held = until
    return result as T
  }
  const write = <T>(work: () => Work<T>): Promise<T> => pace.part(() => renew(work))
  const read = <T>(work: () => Work<T>): Promise<T> =>
    pace.part(async () => {
      // Looking may go on for long where there is nothing to remove.
      if (clock.now() >= held - LEASE_MS / 2) await renew()
      return await store.read(work)
    })
  const sweep = new Sweep({ clock, store, settings, telemetry, read, write })
  const giveBack = (nextAt?: number) => store.write(() => chore.giveBack(held, nextAt), { durable: false })
  try {
    await sweep.run()
  } catch (error) {
    // Where that fails too, the chore is anybody's when the lease ends.
    await giveBack().catch(() => {})
    if (!(error instanceof BrokenOff)) throw error
    return { ...sweep.removed, finished: false }
  }
  await giveBack(clock.now() + settings.everyMs)
  return { ...sweep.removed, finished: true }
}
