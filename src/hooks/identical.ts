import { rows, type Work } from '../store/work.ts'
import type { ChoiceColumns } from './choices.ts'
import type { FieldValue } from './field.ts'
import { sameFilter } from './filter.ts'
import { sameHeaders } from './headers.ts'
import type { HookRow } from './hook.ts'
import type { HookContext } from './hook-rows.ts'
import type { GivenLimits } from './limits.ts'
import { opened } from './sealed.ts'
import { sameSecret } from './secrets.ts'
import { selectHooks } from './select.ts'
import { eventsOf } from './subscriptions.ts'

/** What a hook is asked for: checked, and without what was left out. */
export interface WantedHook {
  owner: string
  events: readonly string[]
  target: string
  headers: Readonly<Record<string, string>> | undefined
  secret: string | undefined
  limits: GivenLimits
  choices: Partial<ChoiceColumns>
  fields: ReadonlyMap<string, FieldValue>
}

/**
 * The oldest hook that is what is wanted: of the same owner, the same events, the same target, and equal in everything else
 * that was given. What was left out may be anything, as in drf-hooks.
 *
 * @throws `decryption_failed` where it cannot be told: a second hook would stay
 */
export function* identicalHook(
  { store, fields, cipher }: HookContext,
  wanted: WantedHook,
): Work<HookRow | undefined> {
  let query = selectHooks(store, fields)
    .where('owner', '=', wanted.owner)
    .where('target', '=', wanted.target)
    .orderBy('id')
  for (const [name, value] of wanted.fields) {
    const column = store.db.dynamic.ref<never>(name)
    query = value === null ? query.where(column, 'is', null) : query.where(column, '=', value as never)
  }
  const { ordered, rate_limit: rate } = wanted.limits
  if (ordered !== undefined) query = query.where('ordered', '=', ordered)
  if (rate !== undefined) query = query.where('rate_limit', rate === null ? 'is' : '=', rate)
  const { payload, filter } = wanted.choices
  if (payload !== undefined) query = query.where('payload', payload === null ? 'is' : '=', payload)
  const candidates = yield* rows(query)
  const { headers, secret } = wanted
  const alike = candidates.filter((row) => {
    if (filter !== undefined && !areSame(row.filter, filter)) return false
    if (headers === undefined && secret === undefined) return true
    const hook = opened(cipher, row)
    if (headers !== undefined && !sameHeaders(JSON.parse(hook.headers), headers)) return false
    return secret === undefined || sameSecret(hook.secret, secret)
  })
  const events = yield* eventsOf(
    store,
    alike.map(({ id }) => id),
  )
  return alike.find(({ id }) => sameNames(events.get(id) ?? [], wanted.events))
}

function areSame(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : sameFilter(a, b)
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name))
}
