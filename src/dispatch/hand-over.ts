import type { Clock } from '../core/clock.ts'
import type { Logger } from '../core/logger.ts'
import { within } from '../core/within.ts'
import type { Store } from '../store/store.ts'
import type { Claimed } from './claimed.ts'
import { giveBack, keyOf } from './record.ts'
import { deliveryId } from './request.ts'

/** The option `hook.deliver`: takes over deliveries by their ids, instead of a POST from here. */
export type Deliver = (ids: string[]) => unknown

/** How long a delivery that was handed over may take, in milliseconds, before it is handed over again. */
export const HAND_OVER_LEASE_MS = 15 * 60_000
/** A hand-over that failed is tried again after this long. */
const AGAIN_MS = 5_000

/** Hands deliveries over to the application's own queue, or gives them back. It never rejects. */
export async function handOver(
  { store, logger, clock, timeoutMs }: { store: Store; logger: Logger; clock: Clock; timeoutMs: number },
  claimed: readonly Claimed[],
  deliver: Deliver,
): Promise<void> {
  try {
    const ids = claimed.map(({ uid, hook }) => deliveryId(uid, hook.id))
    await within(clock, timeoutMs, 'hook.deliver', async () => deliver(ids))
  } catch (error) {
    logger.error({ err: error, deliveries: claimed.length }, 'hook.deliver failed; it is called again')
    const dueAt = clock.now() + AGAIN_MS
    // If that fails too, they are due again when their lease ends.
    await store.write(() => giveBack(store, claimed.map(keyOf), dueAt)).catch(() => {})
  }
}
