import type { Cipher } from '../core/cipher.ts'
import { isLimited, selectHooks } from '../hooks/index.ts'
import { locking } from '../store/lock-rows.ts'
import type { DeliveryStatus } from '../store/tables.ts'
import { exec, first, type Work } from '../store/work.ts'
import { type AttemptContext, attempt } from './attempt.ts'
import { type Claimed, claimedEvent, EVENT_COLUMNS } from './claimed.ts'
import { deliveryById } from './delivery-by-id.ts'
import { LaneChanges } from './lanes.ts'
import { openClaimed, UNREADABLE_DELAY_MS } from './openable.ts'
import { giveBack, HANDED_OVER } from './record.ts'
import { reportAttempt } from './report.ts'
import { follow, type SettleContext, settle } from './settle.ts'

/** How much longer than the attempt its lease is. */
const LEASE_SLACK_MS = 10_000

/** What came of `attempt(id)`. */
export interface AttemptOutcome {
  /** What the delivery is now. */
  status: DeliveryStatus
  /** Whether a POST was made: not for a delivery that is finished, or that somebody else is at. */
  attempted: boolean
}

/**
 * Makes one attempt of a delivery that `hook.deliver` handed over, or that is due. It begins in the store: a job that comes
 * twice, or too late, makes no second POST.
 *
 * @throws `delivery_missing`
 */
export async function attemptById(
  context: AttemptContext & SettleContext & { cipher: Cipher },
  id: string,
): Promise<AttemptOutcome> {
  const { store, clock } = context
  const begun = await store.write(() => begin(context, id))
  if ('status' in begun) return { status: begun.status, attempted: false }
  const key = { hook_id: begun.hook.id, event_seq: begun.seq, lease: begun.lease }
  const [readable] = openClaimed(context, [begun]).readable
  if (readable === undefined) {
    await store.write(() => giveBack(store, [key], clock.now() + UNREADABLE_DELAY_MS))
    return { status: 'pending', attempted: false }
  }
  const result = await attempt(context, readable)
  const settled = await store.write(function* () {
    const now = clock.now()
    if (result === undefined) {
      yield* giveBack(store, [key], now)
      return undefined
    }
    const lanes = new LaneChanges()
    const settled = yield* settle(context, [result], lanes, now)
    yield* lanes.write(store, now)
    return settled
  })
  if (result !== undefined) reportAttempt(context.logger, result)
  if (settled !== undefined) await follow(context, settled)
  return { status: result?.next_status ?? 'pending', attempted: result !== undefined }
}

function* begin(
  { store, fields, clock, random, settings }: AttemptContext & SettleContext,
  id: string,
): Work<Claimed | { status: DeliveryStatus }> {
  const found = yield* deliveryById(store, id, (query) =>
    locking(
      store,
      query
        .select([
          'd.hook_id',
          'd.status',
          'd.due_at',
          'd.lease',
          'd.attempts',
          'd.tries',
          'd.excused',
          'd.manual',
          'd.body',
        ])
        .select('e.seq')
        .select(EVENT_COLUMNS),
      'd',
    ),
  )
  const now = clock.now()
  const handedOver = found.lease?.startsWith(HANDED_OVER) === true
  const due = found.due_at !== null && found.due_at <= now
  if (found.status !== 'pending' || !(handedOver || due)) return { status: found.status }
  const hook = yield* first(selectHooks(store, fields).where('id', '=', found.hook_id))
  // What is limited goes out as its lane lets it, and comes here only if it was handed over.
  const limited = hook !== undefined && !handedOver && isLimited(hook)
  if (hook === undefined || hook.disabled_at !== null || limited) {
    // The next claim parks or cancels it.
    const lease = found.lease
    if (lease !== null && !limited)
      yield* giveBack(store, [{ hook_id: found.hook_id, event_seq: found.seq, lease }], now)
    return { status: found.status }
  }
  const lease = `attempt-${random.id()}`
  // Nobody renews it.
  const leaseUntil = now + Math.max(settings.leaseMs, settings.timeoutMs + LEASE_SLACK_MS)
  yield* exec(
    store.db
      .updateTable('delivery')
      .set({ lease, due_at: leaseUntil, parked_due_at: null })
      .where('hook_id', '=', found.hook_id)
      .where('event_seq', '=', found.seq),
  )
  const { seq, attempts, tries, excused, manual, body } = found
  return {
    hook,
    seq,
    ...claimedEvent(found),
    attempts,
    tries,
    excused,
    manual,
    body,
    lease,
    leaseUntil,
  }
}
