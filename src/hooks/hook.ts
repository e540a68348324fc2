import type { Selectable } from 'kysely'
import type { DisabledCause, HookTable } from '../store/tables.ts'
import { choicesFromRow, type HookChoices } from './choices.ts'
import type { FieldDefinitions } from './field.ts'
import { fieldFromColumn } from './field-values.ts'
import { type HookLimits, limitsFromRow } from './limits.ts'
import type { Owner } from './owner.ts'

/**
 * A subscription. Its headers and its secret are not on it, because hooks are logged and sent to browsers.
 *
 * `Fields` are the application's own, from the option `hook.fields`.
 */
export type Hook<Event extends string = string, Fields extends object = object> = HookBase<Event> & Fields

interface HookBase<Event extends string> extends HookLimits, HookChoices {
  /** Never used twice. */
  id: number
  owner: string
  /** The first of its events. */
  event: Event
  /** All its events, in the order of the catalog. */
  events: Event[]
  target: string
  createdAt: Date
  updatedAt: Date
  /** Since when it gets no deliveries; null while it does. */
  disabledAt: Date | null
  disabledReason: string | null
  /** Who or what disabled it: a call, an answer of 410, or no success for too long. Null while it is not. */
  disabledCause: DisabledCause | null
}

/** What a hook is created from. */
export type NewHook<Event extends string = string, Inputs extends object = object> = {
  owner: Owner
  /** The URL that events are posted to. */
  target: string
  /** Sent with every delivery; `{ 'Content-Type': 'application/json' }` if left out. */
  headers?: Readonly<Record<string, string>>
  /** What its deliveries are signed with, `whsec_…` or `whsk_…`, such as another sender has signed with; made here if left out. */
  secret?: string
} & Partial<HookLimits> &
  Partial<HookChoices> &
  (
    | { event: Event; events?: never }
    /** Several events for one endpoint: one secret, and one breaker. */
    | { events: readonly Event[]; event?: never }
  ) &
  Inputs

/** What of a hook can be changed; what is left out stays as it is. */
export type HookChanges<Event extends string = string, Inputs extends object = object> = {
  target?: string
  headers?: Readonly<Record<string, string>>
} & Partial<HookLimits> &
  Partial<HookChoices> &
  ({ event?: Event; events?: never } | { events?: readonly Event[]; event?: never }) &
  Partial<Inputs>

/** A row of the table of hooks, with the columns of the application's fields. */
export type HookRow = Selectable<HookTable> & { readonly [field: string]: unknown }

/** What {@link hookFromRow} reads of a row. */
export type HookColumns = Pick<
  HookRow,
  | 'id'
  | 'owner'
  | 'target'
  | 'created_at'
  | 'updated_at'
  | 'disabled_at'
  | 'disabled_reason'
  | 'ordered'
  | 'rate_limit'
  | 'disabled_cause'
  | 'payload'
  | 'filter'
> & { readonly [field: string]: unknown }

/**
 * A hook, from its row and the names of its events.
 *
 * @param events in the order of the catalog
 */
export function hookFromRow(row: HookColumns, events: readonly string[], fields: FieldDefinitions): Hook {
  const hook: Hook & Record<string, unknown> = {
    id: row.id,
    owner: row.owner,
    event: events[0] ?? '',
    events: [...events],
    target: row.target,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    disabledAt: row.disabled_at === null ? null : new Date(row.disabled_at),
    disabledReason: row.disabled_reason,
    ...limitsFromRow(row),
    ...choicesFromRow(row),
    disabledCause: row.disabled_cause,
  }
  for (const field of fields.values()) hook[field.name] = fieldFromColumn(field, row[field.name])
  return hook
}
