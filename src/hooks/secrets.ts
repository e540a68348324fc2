import { problem } from '../core/errors.ts'
import { isSecret } from '../signature/standard-webhooks.ts'
import type { HookRow } from './hook.ts'

/** How long the secret before a rotation stays valid unless told: a day, in milliseconds. */
export const DEFAULT_OVERLAP_MS = 24 * 60 * 60 * 1000

/** What is kept of a hook's secrets. */
export type SecretColumns = Pick<HookRow, 'secret' | 'old_secret' | 'old_secret_until'>

/**
 * The secrets that sign at a moment, newest first: one, or two while they are being rotated.
 *
 * @param now milliseconds since the Unix epoch
 */
export function secretsAt({ secret, old_secret, old_secret_until }: SecretColumns, now: number): string[] {
  return old_secret === null || (old_secret_until ?? 0) <= now ? [secret] : [secret, old_secret]
}

/** The columns after a rotation. Rotating to the secret that is valid already changes nothing. */
export function rotated(before: SecretColumns, next: string, now: number, overlapMs: number): SecretColumns {
  const { secret, old_secret, old_secret_until } = before
  if (next === secret) return { secret, old_secret, old_secret_until }
  if (overlapMs === 0) return { secret: next, old_secret: null, old_secret_until: null }
  return { secret: next, old_secret: secret, old_secret_until: now + overlapMs }
}

/** @throws `hook_invalid` unless it is a number of milliseconds */
export function checkOverlap(overlapMs: unknown): number {
  if (Number.isSafeInteger(overlapMs) && (overlapMs as number) >= 0) return overlapMs as number
  throw problem('hook_invalid', {
    field: 'overlapMs',
    value: overlapMs,
    problem: 'it must be a whole number of milliseconds, 0 or more',
    cure: 'Leave it out for a day',
  })
}

/** @throws `secret_invalid`; the secret itself stays out of the message, for errors end up in logs */
export function checkSecret(secret: unknown): string {
  if (typeof secret === 'string' && isSecret(secret)) return secret
  throw problem('secret_invalid', {
    field: 'secret',
    problem: 'it is not `whsec_` followed by 24 to 64 bytes in standard base64',
    cure: 'Leave it out to have one made',
  })
}
