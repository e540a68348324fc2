import { problem } from '../core/errors.ts'
import { sameText } from '../core/same-text.ts'
import {
  isSecret,
  SIGNATURE_SCHEMES,
  type SignatureScheme,
  schemeOf,
  secretInvalid,
  verificationKey,
} from '../signature/keys.ts'
import type { HookRow } from './hook.ts'

/** How long the secret before a rotation stays valid unless told: a day, in milliseconds. */
export const DEFAULT_OVERLAP_MS = 24 * 60 * 60 * 1000

/** Secrets before the present one that sign as well. Each makes the header longer, and the receiver's work more. */
const MOST_OLD_SECRETS = 8

/** What is kept of a hook's secrets, decrypted. */
export type SecretColumns = Pick<HookRow, 'secret' | 'old_secret' | 'old_secret_until' | 'old_secrets'>

interface OldSecret {
  secret: string
  /** Milliseconds since the Unix epoch. */
  until: number
}

/**
 * The secrets that sign at a moment, newest first: one, or several while they are being rotated.
 *
 * @param columns decrypted: see `opened`
 * @param now milliseconds since the Unix epoch
 */
export function secretsAt(columns: SecretColumns, now: number): string[] {
  return [columns.secret, ...oldSecretsAt(columns, now).map(({ secret }) => secret)]
}

/** What a receiver verifies with at a moment, newest first. No private key is among them. @throws `secret_invalid` */
export function verificationKeysAt(columns: SecretColumns, now: number): string[] {
  return secretsAt(columns, now).map(verificationKey)
}

function oldSecretsAt(
  { old_secret, old_secret_until, old_secrets }: SecretColumns,
  now: number,
): OldSecret[] {
  const kept: OldSecret[] = old_secrets === null ? [] : JSON.parse(old_secrets)
  // Of a rotation by a version that knew of one only.
  if (old_secret !== null) kept.push({ secret: old_secret, until: old_secret_until ?? 0 })
  return kept.filter(({ until }) => until > now)
}

/**
 * The columns after a rotation. Each secret signs until the time that it was promised; with no overlap, none of them does any
 * more. Rotating to the secret that is valid already changes nothing.
 *
 * @param before decrypted; undefined where it cannot be, and nothing of it is to be kept
 * @throws `hook_invalid` when too many secrets would sign
 */
export function rotated(
  before: SecretColumns | undefined,
  next: string,
  now: number,
  overlapMs: number,
): SecretColumns {
  const none = { old_secret: null, old_secret_until: null }
  if (before !== undefined && sameSecret(before.secret, next)) {
    return { ...none, secret: before.secret, old_secrets: textOf(oldSecretsAt(before, now)) }
  }
  if (before === undefined || overlapMs === 0) return { ...none, secret: next, old_secrets: null }
  const old = [{ secret: before.secret, until: now + overlapMs }, ...oldSecretsAt(before, now)]
  // One that is valid anew does not sign twice; with one that other hands have written, nothing could be signed.
  const kept = old.filter(({ secret }) => isSecret(secret) && !sameSecret(secret, next))
  if (kept.length > MOST_OLD_SECRETS) {
    throw problem('hook_invalid', {
      field: 'overlapMs',
      problem: `${MOST_OLD_SECRETS} secrets of earlier rotations sign as well, and there may not be more`,
      cure: 'Wait until the time of one is over, or end all of them with overlapMs: 0',
    })
  }
  return { ...none, secret: next, old_secrets: textOf(kept) }
}

/** The columns with what a version has written that knew of one old secret only, in their present form. */
export function modern(columns: SecretColumns): SecretColumns {
  if (columns.old_secret === null) return columns
  const old_secrets = textOf(oldSecretsAt(columns, Number.NEGATIVE_INFINITY))
  return { secret: columns.secret, old_secret: null, old_secret_until: null, old_secrets }
}

function textOf(old: readonly OldSecret[]): string | null {
  return old.length === 0 ? null : JSON.stringify(old)
}

/** Whether two secrets sign the same: a private key may stand alone or with its public one. */
export function sameSecret(a: string, b: string): boolean {
  const comparable = (secret: string) => (isSecret(secret) ? verificationKey(secret) : secret)
  return sameText(comparable(a), comparable(b))
}

/** The scheme of a rotation that names none: the receiver goes on with what it has. */
export function schemeAfter(before: SecretColumns | undefined, fallback: SignatureScheme): SignatureScheme {
  return before !== undefined && isSecret(before.secret) ? schemeOf(before.secret) : fallback
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
  throw secretInvalid()
}

/**
 * What a rotation asks for.
 *
 * @throws `secret_invalid`, `hook_invalid`
 */
export function checkRotation({ secret, scheme }: { secret?: unknown; scheme?: unknown }) {
  if (scheme !== undefined && !SIGNATURE_SCHEMES.includes(scheme as SignatureScheme)) {
    throw problem('hook_invalid', {
      field: 'scheme',
      value: scheme,
      problem: "it must be 'v1' or 'v1a'",
      cure: 'Leave it out for that of the secret before',
    })
  }
  const given = secret === undefined ? undefined : checkSecret(secret)
  if (given !== undefined && scheme !== undefined && schemeOf(given) !== scheme) {
    throw problem('hook_invalid', {
      field: 'scheme',
      value: scheme,
      problem: 'the secret that is given is of the other scheme',
      cure: 'Leave out one of the two',
    })
  }
  return { given, scheme: scheme as SignatureScheme | undefined }
}
