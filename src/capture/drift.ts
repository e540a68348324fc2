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

/** Somebody else's trigger has the name that ours should have. */
export function nameTaken(
  about: Pick<CaptureDrift, 'model' | 'table'>,
  trigger: string,
  lost: string,
): CaptureDrift {
  const message = `A trigger of the application's is called ${trigger}, so ${lost}. Rename it.`
  return { ...about, problem: 'name_taken', message, repairable: false }
}

/** Another catalog's process installed the trigger, and says something else about some events of ours. */
export function conflict(
  about: Pick<CaptureDrift, 'model' | 'table'>,
  trigger: string,
  events: readonly string[],
): CaptureDrift {
  const message =
    `The trigger ${trigger} was installed with other options for ${events.join(', ')} than this process has. ` +
    'If this process has the newer ones, call hooks.migrate().'
  return { ...about, problem: 'conflict', message, repairable: false }
}

/** @param breaksWrites whether triggers of ours are left, that write into what is gone */
export function storeMissing(breaksWrites: boolean): CaptureDrift {
  return {
    problem: 'store_missing',
    model: null,
    table: null,
    message: breaksWrites
      ? `hookwright's own tables were dropped while its triggers stayed: writes to captured tables fail until the triggers are gone too.`
      : `hookwright's own tables are missing, so nothing is captured.`,
    repairable: true,
  }
}

export function faultError({ field, value, problem: what, cure }: Fault): HookwrightError {
  return problem('capture_failed', { field, value, problem: what, cure })
}
