import { course } from '../../dispatch/health.ts'
import type { Store } from '../../store/store.ts'
import { first, rows, type Work } from '../../store/work.ts'
import type { Examination } from './context.ts'
import { cureOf, kindOf } from './failure-kinds.ts'
import { countText, type Found, spanText } from './finding.ts'

/** They are ordered by how long they fail; of more than these it is not asked why. */
const MOST_ASKED = 100
const MOST_NAMED = 10
/** The newest deliveries of a hook that are looked at for its last attempt. */
const NEWEST_ATTEMPTS = 20
/** A hook is spoken of as about to be disabled once so much of its time is over, in per cent. */
const NEARLY_OVER = 70

interface Failing {
  id: number
  owner: string
  target: string
  failures: number
  failing_since: number | null
  open_until: number | null
  warned: number
  opens: number
  recovered_at: number | null
}

/** Which hooks do not arrive, and why. */
export async function checkHooks({ store, clock, health, scan }: Examination): Promise<Found[]> {
  const now = clock.now()
  const failing = await failingHooks(store)
  const asked = failing.slice(0, MOST_ASKED)
  const kinds = await store.read(() => lastFailures(store, asked))
  const named = asked.map((hook) => ({ hook, kind: kinds.get(hook.id) ?? 'unknown' }))
  const found: Found[] = []
  for (const [kind, ofKind] of [...Map.groupBy(named, (one) => one.kind)].sort(
    ([, a], [, b]) => b.length - a.length,
  )) {
    const worst = ofKind.slice(0, MOST_NAMED)
    const open = ofKind.filter(({ hook }) => hook.open_until !== null).length
    const waiting = open === 0 ? '' : ` ${open} of them wait for their circuit breaker.`
    found.push({
      code: 'failing',
      state: 'warning',
      message: `${countText(ofKind.length, 'hook fails', 'hooks fail')} with ${kind}.${waiting} The longest: ${worst.map(({ hook }) => nameOf(hook, now)).join('; ')}.`,
      cure: cureOf(kind),
      details: {
        kind,
        hooks: ofKind.length,
        open,
        worst: worst.map(({ hook }) => ({
          id: hook.id,
          owner: hook.owner,
          target: hook.target,
          failures: hook.failures,
          failingSince: dateText(hook.failing_since),
          nextAttemptAt: dateText(hook.open_until),
        })),
      },
    })
  }
  if (failing.length > asked.length) {
    const message = `${countText(failing.length - asked.length, 'more hook fails', 'more hooks fail')}, for a shorter time.`
    found.push({
      code: 'more_failing',
      state: 'warning',
      message,
      cure: 'See `hooks.stats()`, or the dashboard.',
    })
  }
  const ending = failing.flatMap((hook) => {
    const at = course(hook, health, now)
    return at !== undefined && (at.percent ?? 0) >= NEARLY_OVER ? [{ hook, disableAt: at.disableAt }] : []
  })
  if (ending.length > 0) {
    const list = ending
      .slice(0, MOST_NAMED)
      .map(
        ({ hook, disableAt }) =>
          `${hook.id} (${disableAt > now ? `in ${spanText(disableAt - now)}` : 'at its next failure'})`,
      )
    found.push({
      code: 'nearly_disabled',
      state: 'warning',
      message: `${countText(ending.length, 'hook is', 'hooks are')} about to be disabled, for lack of any success: ${list.join(', ')}.`,
      cure: 'Tell their owners now. dispatch.disableAfterMs says how long hookwright tries.',
      details: {
        hooks: ending.map(({ hook, disableAt }) => ({ id: hook.id, disableAt: dateText(disableAt) })),
      },
    })
  }
  const { disabled } = await scan()
  found.push(...ofDisabled(disabled))
  if (found.length > 0) return found
  return [{ code: 'well', state: 'ok', message: 'No hook fails.' }]
}

function ofDisabled(disabled: { failing: number[]; gone: number[] }): Found[] {
  const found: Found[] = []
  const { failing, gone } = disabled
  const ids = (of: number[]) => of.slice(0, MOST_NAMED).join(', ')
  if (failing.length > 0) {
    found.push({
      code: 'disabled_failing',
      state: 'warning',
      message: `${countText(failing.length, 'hook was', 'hooks were')} disabled because nothing had arrived for too long; the newest: ${ids(failing)}.`,
      cure: 'Once the target is mended: `await hooks.enable(id, { replaySince: hook.disabledAt })`. Or delete the hook.',
      details: { hooks: failing.length, newest: failing.slice(0, MOST_NAMED) },
    })
  }
  if (gone.length > 0) {
    found.push({
      code: 'disabled_gone',
      state: 'ok',
      message: `${countText(gone.length, 'hook was', 'hooks were')} disabled because the target answered 410 Gone, which is how a target unsubscribes; the newest: ${ids(gone)}.`,
      details: { hooks: gone.length, newest: gone.slice(0, MOST_NAMED) },
    })
  }
  return found
}

/** Hooks that are well have no row there, so there are few; those that recover have succeeded. */
async function failingHooks(store: Store): Promise<Failing[]> {
  const query = store.db
    .selectFrom('health as i')
    .innerJoin('hook as h', 'h.id', 'i.hook_id')
    .select([
      'h.id',
      'h.owner',
      'h.target',
      'i.failures',
      'i.failing_since',
      'i.open_until',
      'i.warned',
      'i.opens',
      'i.recovered_at',
    ])
    .where('h.disabled_at', 'is', null)
    .where('h.deleted_at', 'is', null)
    .where('i.failing_since', 'is not', null)
    .orderBy('i.failing_since')
    .orderBy('h.id')
    .limit(10 * MOST_ASKED)
  return await store.read(() => rows(query))
}

/** What each hook's last failed attempt came to. */
function* lastFailures(store: Store, hooks: readonly Failing[]): Work<Map<number, string>> {
  const kinds = new Map<number, string>()
  for (const { id } of hooks) {
    const newest = store.db
      .selectFrom('attempt')
      .select(['id', 'status', 'error_code'])
      .where('hook_id', '=', id)
      .orderBy('event_seq', 'desc')
      .orderBy('number', 'desc')
      .limit(NEWEST_ATTEMPTS)
    const last = yield* first(
      store.db.selectFrom(newest.as('a')).selectAll().orderBy('a.id', 'desc').limit(1),
    )
    if (last !== undefined) kinds.set(id, kindOf(last))
  }
  return kinds
}

function nameOf({ id, target, failures, failing_since }: Failing, now: number): string {
  const since = failing_since === null ? '' : ` for ${spanText(now - failing_since)}`
  return `${id} at ${hostOf(target)} (${countText(failures, 'failure')}${since})`
}

/** A path or a query may be a secret of the target's. */
function hostOf(target: string): string {
  return URL.canParse(target) ? new URL(target).host : 'an address that is none'
}

function dateText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
