import { cureFor } from '../catalog/suggest.ts'
import { problem } from '../core/errors.ts'
import type { HookState } from './registry-types.ts'

/** What came from outside, before it is checked. */
export type Given = Readonly<Record<string, unknown>>

/**
 * @param what what it is, for the message
 * @throws `hook_invalid` for a property that a hook does not have: it may be misspelt
 */
export function refuseUnknown(
  given: unknown,
  known: readonly string[],
  what = 'hook',
): asserts given is Given {
  if (typeof given !== 'object' || given === null) {
    // It stays out of the message: it may be a secret, or a target with one.
    throw problem('hook_invalid', { field: what, problem: 'it must be an object' })
  }
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw problem('hook_invalid', {
    field: unknown,
    problem: 'there is no such field here',
    cure: cureFor(unknown, known, ''),
  })
}

/** @throws `target_invalid` unless it is text; whether it may be called is the address policy's to say */
export function requireTarget(target: unknown): string {
  if (typeof target === 'string' && target.isWellFormed()) return target
  // Not shown: the query of a URL, or of an object of that class, is often a secret.
  throw problem('target_invalid', {
    field: 'target',
    problem: 'it must be a URL, as text',
    cure: "For example 'https://example.com/target'",
  })
}

/** @throws `hook_invalid` for an id of another type, such as a part of a path that was not made a number */
export function checkId(id: unknown): number {
  if (typeof id === 'number') return id
  throw problem('hook_invalid', {
    field: 'id',
    value: id,
    problem: "a hook's id is a number",
    cure: 'Pass Number(id)',
  })
}

/** @throws `hook_invalid` */
export function checkListing(listing: {
  event?: unknown
  limit?: unknown
  after?: unknown
  state?: unknown
  search?: unknown
}) {
  const { event, limit, after, state, search } = listing
  if (event !== undefined && typeof event !== 'string') throw wrong('event', event, 'the name of an event')
  if (limit !== undefined && !(Number.isSafeInteger(limit) && (limit as number) > 0)) {
    throw wrong('limit', limit, 'a whole number above 0')
  }
  if (after !== undefined && !Number.isSafeInteger(after)) throw wrong('after', after, 'the id of a hook')
  if (search !== undefined && !isKeepable(search)) throw wrong('search', search, 'text')
  return {
    event,
    limit: limit as number | undefined,
    after: after as number | undefined,
    states: state === undefined ? undefined : checkStates(state),
    search,
  }
}

const STATES: readonly unknown[] = ['enabled', 'disabled', 'failing'] satisfies HookState[]

function checkStates(state: unknown): HookState[] {
  const states: unknown[] = Array.isArray(state) ? state : [state]
  for (const one of states) {
    if (!STATES.includes(one)) throw wrong('state', one, "'enabled', 'disabled' or 'failing'")
  }
  return states as HookState[]
}

/** Text that every database takes. */
function isKeepable(text: unknown): text is string {
  return typeof text === 'string' && text.isWellFormed() && !text.includes('\0')
}

function wrong(field: string, value: unknown, right: string): Error {
  return problem('hook_invalid', {
    field,
    value,
    problem: `it must be ${right}`,
    cure: 'Leave it out for all hooks',
  })
}
