import { claimDue } from '../../src/dispatch/claim.ts'
import { claimParked } from '../../src/dispatch/claim-parked.ts'
import { listDeliveries } from '../../src/dispatch/deliveries.ts'
import { getDelivery } from '../../src/dispatch/delivery.ts'
import { LaneChanges } from '../../src/dispatch/lanes.ts'
import type { ClaimContext } from '../../src/dispatch/parking.ts'
import { type AttemptResult, giveBack, keyOf, record, renew } from '../../src/dispatch/record.ts'
import { releaseParked, reopenLanes } from '../../src/dispatch/release.ts'
import { deliveryId } from '../../src/dispatch/request.ts'
import { waiting } from '../../src/dispatch/waiting.ts'
import { fanOut } from '../../src/events/fan-out.ts'
import { listEvents } from '../../src/events/list.ts'
import {
  dueEvents,
  giveEventsBack,
  leaseEvents,
  type PendingEvent,
  renewEvents,
} from '../../src/events/pending.ts'
import type { Prepared } from '../../src/events/prepare.ts'
import type { Store } from '../../src/store/store.ts'
import { BLOCKED_HOOK } from './fill.ts'
import { retentionOperations } from './retention.ts'

/** Something that the product does with the database. */
export interface Operation {
  purpose: string
  run(store: Store): Promise<unknown>
}

const ROOM = { free: 200, perHook: 20, underWay: new Map<number, number>() }
/** As after attempts that brought no response: one at a time. */
const NARROW_ROOM = { free: 400, perHook: 1, underWay: new Map<number, number>() }
const MINUTE = 60_000

function claimContext(store: Store): ClaimContext {
  const now = store.clock.now()
  return { store, fields: new Map(), now, lease: 'bench', leaseUntil: now + MINUTE, probeUntil: now + MINUTE }
}

export function claim(store: Store) {
  return claimDue(claimContext(store), ROOM, new LaneChanges())
}

/** In the order in which a dispatcher does it: each finds what the one before has left. */
export function operationsOf(): Operation[] {
  let events: PendingEvent[] = []
  let claimed: Awaited<ReturnType<typeof claimNow>>['claimed'] = []
  const options = (store: Store) => ({
    now: store.clock.now(),
    limit: 200,
    except: [1, 2, 3],
    unknown: ['a.b'],
  })
  const soon = (store: Store) => store.clock.now() + MINUTE
  const claimNow = (store: Store) => store.write(() => claim(store))

  return [
    {
      purpose: 'Each turn looks whether anything is due, and when something will be',
      run: (store) => store.read(() => waiting(store, store.clock.now(), dueEvents(store, options(store)))),
    },
    {
      purpose: 'Take pending events under a lease',
      run: async (store) => {
        events = await store.write(() => leaseEvents(store, options(store), soon(store)))
      },
    },
    {
      purpose: 'Prolong the leases of events',
      run: async (store) => {
        const until = soon(store) + 1
        const renewed = await store.write(() => renewEvents(store, events, until))
        for (const event of events) if (renewed.includes(event.seq)) event.fanout_due_at = until
      },
    },
    {
      purpose: 'Fan out events, those of one owner and those for everybody',
      run: (store) =>
        store.write(() => fanOut(store, events.slice(0, 100).map(ready), store.clock.now(), 1_000)),
    },
    {
      purpose: 'Fan out a part of one event that is for many hooks',
      run: (store) => {
        const broadcast = events.slice(100).filter((event) => event.broadcast === 1)
        return store.write(() => fanOut(store, broadcast.slice(0, 1).map(ready), store.clock.now(), 500))
      },
    },
    {
      purpose: 'Give events back',
      run: (store) => store.write(() => giveEventsBack(store, events.slice(150))),
    },
    {
      purpose: 'Claim what is due',
      run: async (store) => {
        claimed = await store.write(function* () {
          const lanes = new LaneChanges()
          const found = yield* claimDue(claimContext(store), ROOM, lanes)
          yield* lanes.write(store, store.clock.now())
          return found.claimed
        })
      },
    },
    {
      purpose: 'Claim what is due, and park what is beyond its hook’s share',
      run: (store) =>
        store.write(function* () {
          const lanes = new LaneChanges()
          yield* claimDue(claimContext(store), NARROW_ROOM, lanes)
          yield* lanes.write(store, store.clock.now())
        }),
    },
    {
      purpose: 'Claim what is parked: the blocked hook’s lane is due',
      run: async (store) => {
        await store.db.updateTable('lane').set({ next_at: 0 }).where('hook_id', '=', BLOCKED_HOOK).execute()
        await store.write(() => claimParked(claimContext(store), ROOM))
      },
    },
    {
      purpose: 'Prolong the leases of attempts under way',
      run: (store) => store.write(() => renew(store, claimed.map(keyOf), soon(store))),
    },
    {
      purpose: 'Write the results of attempts',
      run: (store) => {
        const results = claimed.slice(0, 100).map((one) => resultOf(one, store.clock.now()))
        return store.write(function* () {
          const lanes = new LaneChanges()
          yield* record(store, results, lanes)
          yield* lanes.write(store, store.clock.now())
        })
      },
    },
    {
      purpose: 'Give claimed deliveries back',
      run: (store) => store.write(() => giveBack(store, claimed.slice(100).map(keyOf), store.clock.now())),
    },
    {
      purpose: 'At the start: lanes for parked deliveries that have none',
      run: (store) => store.write(() => reopenLanes(store, store.clock.now())),
    },
    {
      purpose: 'A hook is enabled',
      run: (store) => {
        const change = { kind: 'enabled', ids: [BLOCKED_HOOK] } as Parameters<typeof releaseParked>[1]
        return store.write(() => releaseParked(store, change, store.clock.now()))
      },
    },
    { purpose: 'List the newest deliveries', run: (store) => listDeliveries(store) },
    {
      purpose: 'List the newest deliveries of an owner',
      run: (store) => listDeliveries(store, { owner: 'owner 7' }),
    },
    {
      purpose: 'List deliveries of a hook that has many',
      run: (store) => listDeliveries(store, { hookId: 1 }),
    },
    {
      purpose: 'List deliveries of a hook that has few',
      run: (store) => listDeliveries(store, { hookId: 900 }),
    },
    {
      purpose: 'List deliveries of a hook that has none',
      run: (store) => listDeliveries(store, { hookId: 10_001 }),
    },
    {
      purpose: 'List deliveries of a hook by a status that none has',
      run: (store) => listDeliveries(store, { hookId: 1, status: 'failed' }),
    },
    {
      purpose: 'List deliveries by a status that none has',
      run: (store) => listDeliveries(store, { status: 'failed' }),
    },
    {
      purpose: 'List pending deliveries',
      run: (store) => listDeliveries(store, { status: 'pending' }),
    },
    {
      purpose: 'One delivery with its attempts',
      run: async (store) => {
        const { uid } = await store.db
          .selectFrom('event')
          .select('uid')
          .where('seq', '=', 1)
          .executeTakeFirstOrThrow()
        await getDelivery(store, deliveryId(uid, 1))
      },
    },
    { purpose: 'List the newest events', run: (store) => listEvents(store) },
    { purpose: 'List events of a name', run: (store) => listEvents(store, { name: 'book.added' }) },
    {
      purpose: 'List events of a name that has none',
      run: (store) => listEvents(store, { name: 'no.such' }),
    },
    { purpose: 'List events of an owner', run: (store) => listEvents(store, { owner: 'owner 7' }) },
    {
      purpose: 'List events of an owner who has none',
      run: (store) => listEvents(store, { owner: 'nobody' }),
    },
    { purpose: 'List events that fail', run: (store) => listEvents(store, { failing: true }) },
    ...retentionOperations(),
  ]
}

function ready(event: PendingEvent): Prepared {
  return {
    event,
    outcome: 'ready',
    data: '{"title":"The Two Towers"}',
    key_json: null,
    previous_data: null,
    found: undefined,
  }
}

const DELIVERED: AttemptResult['verdict'] = {
  status: 'delivered',
  tries: 1,
  excused: 0,
  delayMs: undefined,
  reason: null,
  bearing: 'well',
  holdMs: undefined,
  fault: undefined,
}

type Claimed = Parameters<typeof keyOf>[0]

function resultOf(claimed: Claimed, now: number): AttemptResult {
  const { hook, seq, lease, attempts } = claimed
  return {
    claimed,
    verdict: DELIVERED,
    hook_id: hook.id,
    event_seq: seq,
    number: attempts + 1,
    started_at: now,
    duration_ms: 20,
    status: 200,
    error_code: null,
    error: null,
    response_headers: '[]',
    response_body: '',
    response_truncated: 0,
    request: '["https://example.com/hooks","content-type","application/json"]',
    manual: 0,
    lease,
    next_status: 'delivered',
    next_due_at: null,
    tries: attempts + 1,
    excused: 0,
    finished_at: now,
    reason: null,
    body: null,
  }
}
