import { TABLE_PREFIX } from '../../store/table-names.ts'

/** hookwright's tables, as triggers name them. */
export const EVENT_TABLE = `${TABLE_PREFIX}event`
export const LISTENING_TABLE = `${TABLE_PREFIX}listening`
export const HOOK_TABLE = `${TABLE_PREFIX}hook`
export const SUBSCRIPTION_TABLE = `${TABLE_PREFIX}subscription`
export const DELIVERY_TABLE = `${TABLE_PREFIX}delivery`
export const LANE_TABLE = `${TABLE_PREFIX}lane`
export const DEPARTED_TABLE = `${TABLE_PREFIX}departed`

/** Without any of these a trigger of ours fails, and the application's statement with it. */
export const TABLES_OF_TRIGGERS: readonly string[] = [
  EVENT_TABLE,
  LISTENING_TABLE,
  HOOK_TABLE,
  SUBSCRIPTION_TABLE,
  DELIVERY_TABLE,
  LANE_TABLE,
  DEPARTED_TABLE,
]

export const TRIGGER_PREFIX = 'hookwright_'
