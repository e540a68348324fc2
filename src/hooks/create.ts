import { problem } from '../core/errors.ts'
import { verificationKey } from '../signature/keys.ts'
import { first, type Work } from '../store/work.ts'
import { NO_CHOICES } from './choices.ts'
import { withDefaults } from './field-values.ts'
import { DEFAULT_HEADERS } from './headers.ts'
import type { Hook, HookRow } from './hook.ts'
import { type HookContext, hookOf } from './hook-rows.ts'
import { identicalHook, type WantedHook } from './identical.ts'
import { NO_LIMITS } from './limits.ts'
import { sealed } from './sealed.ts'
import { enableRow } from './state.ts'
import { subscribe } from './subscriptions.ts'

/**
 * Creates a hook with this secret, or gives the identical one that exists, which then has no secret to tell. What is told is
 * what the receiver verifies with.
 */
export function* createHook(
  context: HookContext,
  wanted: WantedHook,
  secret: string,
  now: number,
  maxHooksPerOwner?: number,
): Work<{ hook: Hook; secret: string | undefined }> {
  const identical = yield* identicalHook(context, wanted)
  // Who subscribes anew wants events.
  if (identical !== undefined) {
    return { hook: yield* hookOf(context, yield* enableRow(context, identical, now)), secret: undefined }
  }
  if (maxHooksPerOwner !== undefined) yield* requireRoom(context, wanted.owner, maxHooksPerOwner)
  const row = yield* insertHook(context, wanted, secret, now)
  return { hook: yield* hookOf(context, row), secret: verificationKey(secret) }
}

/**
 * Whether there is one already, or room for another.
 *
 * @throws `hooks_exhausted`; `decryption_failed` where it cannot be told
 */
export function* checkRoom(
  context: HookContext,
  wanted: WantedHook,
  maxHooksPerOwner: number | undefined,
): Work<void> {
  const identical = yield* identicalHook(context, wanted)
  if (identical === undefined && maxHooksPerOwner !== undefined) {
    yield* requireRoom(context, wanted.owner, maxHooksPerOwner)
  }
}

/** The caller lets nobody else create a hook meanwhile. @throws `hooks_exhausted` */
function* requireRoom({ store }: HookContext, owner: string, most: number): Work<void> {
  const found = yield* first(
    store.db
      .selectFrom('hook')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('owner', '=', owner)
      .where('deleted_at', 'is', null),
  )
  if (Number(found?.count ?? 0) < most) return
  throw problem('hooks_exhausted', {
    problem: `there may be ${most} hooks and no more`,
    cure: 'Delete one that is not needed any more, or give one of them several events',
  })
}

function* insertHook(
  { store, fields, cipher }: HookContext,
  wanted: WantedHook,
  secret: string,
  now: number,
): Work<HookRow> {
  const columns = sealed(cipher, wanted.owner, {
    owner: wanted.owner,
    target: wanted.target,
    headers: JSON.stringify(wanted.headers ?? DEFAULT_HEADERS),
    secret,
    old_secret: null,
    old_secret_until: null,
    old_secrets: null,
    created_at: now,
    updated_at: now,
    disabled_at: null,
    disabled_reason: null,
    disabled_cause: null,
    ...NO_LIMITS,
    ...wanted.limits,
    ...NO_CHOICES,
    ...wanted.choices,
    deleted_at: null,
    ...Object.fromEntries(withDefaults(fields, wanted.fields)),
  })
  const inserted = yield* first(store.db.insertInto('hook').values(columns).returning('id'))
  const row = { ...columns, ...(inserted as { id: number }) }
  yield* subscribe(store, row, wanted.events)
  return row
}
