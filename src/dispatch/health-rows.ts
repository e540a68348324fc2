import type { Random } from '../core/random.ts'
import { givenRows, isGiven } from '../store/given-rows.ts'
import { locking } from '../store/lock-rows.ts'
import type { Store } from '../store/store.ts'
import type { HealthTable } from '../store/tables.ts'
import { exec, rows, type Work } from '../store/work.ts'
import {
  afterFailure,
  afterSuccess,
  course,
  type Health,
  type HealthSettings,
  type Warning,
  WELL,
} from './health.ts'
import type { LaneChanges } from './lanes.ts'
import type { AttemptResult } from './record.ts'

/** Something about a hook that its owner wants to hear of, and where it ends, must be disabled for. */
export type HookNotice = { hook: AttemptResult['claimed']['hook']; health: Health } & (
  | { kind: 'failing'; percent: Warning; disableAt: number }
  | { kind: 'recovered'; before: Health }
  /** Its breaker has opened: nothing goes to it until then. */
  | { kind: 'opened'; until: number }
  /** It is over with the hook: it is to be disabled. */
  | { kind: 'gone' }
  | { kind: 'given_up' }
)

const COLUMNS = [
  'hook_id',
  'failures',
  'failing_since',
  'warned',
  'opens',
  'open_until',
  'recovered_at',
] as const satisfies readonly (keyof HealthTable)[]

/**
 * Keeps what attempts say about the health of their hooks. Hooks that are well have no row, so for most of what is delivered
 * this is one look.
 */
export function* noteHealth(
  store: Store,
  results: readonly AttemptResult[],
  { health: settings, random, now }: { health: HealthSettings; random: Random; now: number },
  lanes: LaneChanges,
): Work<HookNotice[]> {
  const byHook = Map.groupBy(
    results.filter(({ verdict }) => verdict.bearing !== 'none'),
    ({ hook_id }) => hook_id,
  )
  if (byHook.size === 0) return []
  if (store.locks === 'rows') yield* makeRows(store, byHook)
  const found = yield* rows(
    locking(
      store,
      store.db
        .selectFrom('health')
        .select(COLUMNS)
        .where(isGiven(store, 'health.hook_id', byHook.keys()))
        .orderBy('hook_id'),
    ),
  )
  const known = new Map<number, Health>(found.map(({ hook_id, ...health }) => [hook_id, health]))
  const changed: HealthTable[] = []
  const well: number[] = []
  const notices: HookNotice[] = []
  for (const [hookId, ofHook] of byHook) {
    const before = known.get(hookId)
    const after = fold(before, ofHook, settings, { random, now }, notices)
    if (after !== undefined) changed.push({ hook_id: hookId, ...after })
    else if (before !== undefined) well.push(hookId)
    const openUntil = after?.open_until ?? null
    if (openUntil !== (before?.open_until ?? null)) lanes.hold(hookId, openUntil ?? 0)
  }
  yield* write(store, changed, well)
  return notices
}

/**
 * Makes rows for hooks that have just failed, to be locked: of two workers that both find none, the one that writes last would
 * undo what the other has counted, and close the breaker that it has opened. It comes before any lock, and in the order of the
 * hooks, so that no two wait for each other.
 */
function* makeRows(store: Store, byHook: ReadonlyMap<number, readonly AttemptResult[]>): Work<void> {
  const failed = [...byHook].filter(([, ofHook]) => ofHook.some(({ verdict }) => verdict.bearing !== 'well'))
  if (failed.length === 0) return
  const made = failed.map(([hook_id]) => ({ hook_id, ...WELL }))
  yield* exec(insertHealth(store, made).onConflict((conflict) => conflict.column('hook_id').doNothing()))
}

function fold(
  before: Health | undefined,
  results: readonly AttemptResult[],
  settings: HealthSettings,
  { random, now }: { random: Random; now: number },
  notices: HookNotice[],
): Health | undefined {
  let health = before
  let end: HookNotice | undefined
  for (const { claimed, verdict } of results) {
    const { hook } = claimed
    if (verdict.bearing === 'well') {
      if (health === undefined) continue
      const was = health
      health = afterSuccess(was, now)
      if (was.warned > 0 || was.open_until !== null) {
        notices.push({ kind: 'recovered', hook, before: was, health: health ?? WELL })
      }
      continue
    }
    const wasOpen = (health?.open_until ?? null) !== null
    health = afterFailure(health, settings, { now, holdMs: verdict.holdMs, random })
    // Not each time that the attempt which is to find out fails too.
    if (!wasOpen && health.open_until !== null)
      notices.push({ kind: 'opened', hook, health, until: health.open_until })
    if (verdict.bearing === 'gone') end = { kind: 'gone', hook, health }
    const { percent, isOver, disableAt } = course(health, settings, now) ?? {}
    if (isOver === true) end ??= { kind: 'given_up', hook, health }
    if (percent === undefined || percent <= health.warned) continue
    health = { ...health, warned: percent }
    notices.push({ kind: 'failing', hook, health, percent, disableAt: disableAt ?? now })
  }
  if (end !== undefined) notices.push(end)
  return health
}

function* write(store: Store, changed: readonly HealthTable[], well: readonly number[]): Work<void> {
  if (changed.length > 0) {
    yield* exec(
      insertHealth(store, changed).onConflict((conflict) =>
        conflict.column('hook_id').doUpdateSet(({ ref }) => ({
          failures: ref('excluded.failures'),
          failing_since: ref('excluded.failing_since'),
          warned: ref('excluded.warned'),
          opens: ref('excluded.opens'),
          open_until: ref('excluded.open_until'),
          recovered_at: ref('excluded.recovered_at'),
        })),
      ),
    )
  }
  yield* forgetHealth(store, well)
}

function insertHealth(store: Store, given: readonly HealthTable[]) {
  const sorted = given.toSorted((a, b) => a.hook_id - b.hook_id)
  return store.db
    .insertInto('health')
    .columns([...COLUMNS])
    .expression(
      store.db
        .selectFrom(givenRows(store, sorted, COLUMNS).as('given'))
        .select(COLUMNS.map((column) => `given.${column}` as const))
        .where(({ lit }) => lit(true)),
    )
}

/** These hooks are well, or begin anew. */
export function* forgetHealth(store: Store, hookIds: readonly number[]): Work<void> {
  if (hookIds.length === 0) return
  yield* exec(store.db.deleteFrom('health').where(isGiven(store, 'health.hook_id', hookIds)))
}
