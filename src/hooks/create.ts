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
): Work<{ hook: Hook; secret: string | undefined }> {
  const identical = yield* identicalHook(context, wanted)
  // Who subscribes anew wants events.
  if (identical !== undefined) {
    return { hook: yield* hookOf(context, yield* enableRow(context, identical, now)), secret: undefined }
  }
  const row = yield* insertHook(context, wanted, secret, now)
  return { hook: yield* hookOf(context, row), secret: verificationKey(secret) }
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
