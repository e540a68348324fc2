import { problem } from '../core/errors.ts'

/** Whose hook it is: the id of a user or an organisation of the application. It is kept and compared as text: 7 is '7'. */
export type Owner = string | number | bigint

/** Part of a key, which MySQL wants short. */
const LONGEST_OWNER = 255

/**
 * An owner as text, as the database keeps it.
 *
 * @param field what the owner is called where it was given, for the error
 * @throws `owner_missing` for null, undefined and the empty string, `hook_invalid` for what cannot be an owner
 * @example
 * ```ts
 * ownerText(7, 'owner') // '7'
 * ```
 */
export function ownerText(owner: unknown, field: string): string {
  if (owner === undefined || owner === null || owner === '') {
    throw problem('owner_missing', {
      field,
      value: owner,
      problem: 'there is no owner',
      cure: 'Pass the id of the user or organisation whose hook it is',
    })
  }
  const fault = faultOf(owner)
  if (fault !== undefined) {
    throw problem('hook_invalid', {
      field,
      value: owner,
      problem: fault,
      cure: 'Pass the id of the user or organisation whose hook it is: a string, an integer or a bigint',
    })
  }
  return String(owner)
}

function faultOf(owner: unknown): string | undefined {
  if (typeof owner === 'bigint') return undefined
  if (typeof owner === 'number') return Number.isSafeInteger(owner) ? undefined : 'it is no exact integer'
  if (typeof owner !== 'string') return 'it is neither text nor a number'
  if (owner.length > LONGEST_OWNER) return `it is longer than ${LONGEST_OWNER} characters`
  if (!owner.isWellFormed() || owner.includes('\0')) return 'it holds a character that databases cannot keep'
  return undefined
}

/** An option that narrows a call to the hooks of one owner. */
export interface OwnerScope {
  /** Another owner's hook is then as good as missing. */
  owner?: Owner
}

/**
 * The owner that a call is narrowed to, as text; undefined where the option was left out. An option that is there without
 * a value is an error: it comes from a session that has no user, and would open everybody's hooks.
 *
 * @throws `owner_missing`, `hook_invalid`
 */
export function scopeOf(options: OwnerScope): string | undefined {
  return 'owner' in options ? ownerText(options.owner, 'owner') : undefined
}
