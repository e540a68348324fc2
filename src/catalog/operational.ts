import type { DisabledCause } from '../store/tables.ts'
import type { EventDefinition } from './events.ts'
import type { JsonForm } from './json-form.ts'

/**
 * Events that hookwright makes itself, about hooks and deliveries: part of every catalog, after the application's own. They
 * are for the owner of the hook that they speak of.
 */
export const operationalNames = [
  'hook.disabled',
  'hook.failing',
  'hook.recovered',
  'delivery.delivered',
  'delivery.exhausted',
] as const

export type OperationalName = (typeof operationalNames)[number]

const names: ReadonlySet<string> = new Set(operationalNames)

/** Whether an event of this name is hookwright's own. No delivery of such a one makes a `delivery.*` event: it would never end. */
export function isOperational(name: string): name is OperationalName {
  return names.has(name)
}

/** The definitions of these events, by their names. */
export function operationalEvents(): [name: string, definition: EventDefinition][] {
  return operationalNames.map((name) => [name, { name, everyone: false, source: null, schema: undefined }])
}

/** The hook that an event is about. */
export interface HookReference {
  readonly id: number
  readonly owner: string
  readonly target: string
}

/** Likewise, and what it listens to. */
export interface HookWithEvents extends HookReference {
  /** The first of its events. */
  readonly event: string
  /** All its events, in the order of the catalog. */
  readonly events: readonly string[]
}

/** A hook gets no deliveries any more: they wait until it is enabled, or are cancelled where its target is gone. */
export interface HookDisabled {
  readonly hook: HookWithEvents
  /** `manual`: by a call; `gone`: the target answered 410; `failing`: no success for too long. */
  readonly cause: DisabledCause
  readonly reason: string | null
  readonly disabledAt: Date
}

/** A hook only fails, and is going to be disabled unless an attempt succeeds. */
export interface HookFailing {
  readonly hook: HookWithEvents
  /** When the first of the failures was. */
  readonly failingSince: Date
  /** In a row. */
  readonly failures: number
  /** How much of the time until it is disabled is over. */
  readonly percent: 50 | 70 | 90
  readonly disableAt: Date
}

/** An attempt succeeded of a hook that was failing. */
export interface HookRecovered {
  readonly hook: HookWithEvents
  /** When the first of the failures was; null where that is not known any more. */
  readonly failingSince: Date | null
  /** In a row, before the success. */
  readonly failures: number
}

/** The target has accepted a delivery. */
export interface DeliveryDelivered {
  readonly hook: HookReference
  readonly delivery: {
    /** Its `webhook-id`. */
    readonly id: string
    /** The name of its event. */
    readonly event: string
    /** How many attempts were made in all. */
    readonly attempts: number
  }
  /** The last of them. */
  readonly attempt: {
    /** Counted from 1. */
    readonly number: number
    /** The HTTP status; null when no response came. */
    readonly status: number | null
    /** In milliseconds. */
    readonly durationMs: number
    /** Whether somebody asked for it by hand. */
    readonly manual: boolean
  }
}

/** A delivery has failed for good: no further attempt will be made by itself. */
export interface DeliveryExhausted extends DeliveryDelivered {
  readonly reason: string
}

/** What a listener gets, by the name of the event. */
export interface OperationalPayloads {
  'hook.disabled': HookDisabled
  'hook.failing': HookFailing
  'hook.recovered': HookRecovered
  'delivery.delivered': DeliveryDelivered
  'delivery.exhausted': DeliveryExhausted
}

/** What a hook gets that subscribes to them: the same as JSON, with dates in ISO 8601. */
export type OperationalData = JsonForm<OperationalPayloads>
