import { type HookwrightError, problem } from '../core/errors.ts'

/**
 * What is not as the catalog wants it.
 *
 * hookwright repairs by itself:
 * - `store_missing`: its own tables are gone and its triggers still write into them, so the application's writes fail
 * - `missing`: a trigger is not there
 * - `outdated`: a trigger does not fit its table or the catalog any more
 *
 * Somebody has to look at these:
 * - `conflict`: another catalog installed the trigger, and says something else about one of our events
 * - `name_taken`: a trigger of the application's has the name of one of ours
 * - `table_missing`, `table_unusable`, `owner_missing`, `key_missing`, `soft_delete_missing`: the model does not fit the database
 */
export type DriftKind =
  | 'store_missing'
  | 'missing'
  | 'outdated'
  | 'conflict'
  | 'name_taken'
  | 'table_missing'
  | 'table_unusable'
  | 'owner_missing'
  | 'key_missing'
  | 'soft_delete_missing'

export interface CaptureDrift {
  readonly problem: DriftKind
  /** The model, or several, with a comma between; null where it concerns all. */
  readonly model: string | null
  readonly table: string | null
  /** A sentence or two for people: what is wrong, and what to do where hookwright cannot. */
  readonly message: string
  /** Whether `repair()` puts it right. */
  readonly repairable: boolean
}

/** What is wrong with a model's table, in the parts of an error message. */
export interface Fault {
  readonly kind: 'table_missing' | 'table_unusable' | 'owner_missing' | 'key_missing' | 'soft_delete_missing'
  readonly field: string
  readonly value: unknown
  readonly problem: string
  readonly cure: string
}

export function faultError({ field, value, problem: what, cure }: Fault): HookwrightError {
  return problem('capture_failed', { field, value, problem: what, cure })
}
