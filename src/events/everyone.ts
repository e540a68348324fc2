import { problem } from '../core/errors.ts'
import { type Owner, ownerText } from '../hooks/index.ts'

/**
 * The owner of an event that is for the hooks of all owners. Nothing is broadcast without it.
 *
 * @example
 * ```ts
 * await hooks.send('maintenance.planned', { at }, { owner: everyone })
 * ```
 */
export const everyone: unique symbol = Symbol.for('hookwright.everyone')

export type Audience = Owner | typeof everyone

/** Whom an event is for, as the table of events has it. */
export interface AudienceColumns {
  owner: string | null
  broadcast: 0 | 1
}

/** @throws `owner_missing` for null and undefined, `hook_invalid` for what cannot be an owner */
export function audienceColumns(audience: unknown): AudienceColumns {
  if (audience === everyone) return { owner: null, broadcast: 1 }
  if (audience === undefined || audience === null) {
    throw problem('owner_missing', {
      field: 'owner',
      value: audience,
      problem: 'an event needs an owner, whose hooks hear of it',
      cure: 'Pass the id of a user or organisation, or `everyone` to broadcast',
    })
  }
  return { owner: ownerText(audience, 'owner'), broadcast: 0 }
}
