import type { HookFields, OperationalData } from '../catalog/index.ts'
import type { Hooks } from '../operations/index.ts'

/** What a receiver is typed from: `typeof hooks` of the sender, or a map from the names of events to their data. */
export type Sender = object

/**
 * The data of each event of a sender, by its name.
 *
 * @example
 * ```ts
 * type Data = EventsOf<typeof hooks> // { 'book.added': { title: string; pages: number } }
 * ```
 */
export type EventsOf<From extends Sender> =
  // biome-ignore lint/suspicious/noExplicitAny: only the first of its types is of interest
  From extends Hooks<infer Data, any, any, HookFields> ? Data : From

/** What a message holds, whatever the form of its body. */
export interface Message<Name extends string, Data> {
  /** The `webhook-id`: the same for every attempt of a delivery. */
  readonly id: string
  readonly event: Name
  /** In its JSON form: dates are text, bigints numbers. */
  readonly data: Data
  /** What of the data was different before an update, where the sender says so. */
  readonly previous: Partial<Data> | undefined
  /** The hook that it was sent for; undefined where the sender is not hookwright. */
  readonly hook: ReceivedHook | undefined
  /** When this attempt was made. */
  readonly sentAt: Date
  /** When the event happened; undefined where the body does not say so, as in drf-hooks' form. */
  readonly occurredAt: Date | undefined
}

export interface ReceivedHook {
  readonly id: number
  /** Where the body names it, as in drf-hooks' form. */
  readonly target: string | undefined
}

/** A message of any of these events: it narrows by `event`. */
export type Received<Data extends object, Names extends keyof Data & string = keyof Data & string> =
  | { [Name in Names]: Message<Name, Data[Name]> }[Names]
  | ReceivedOperational

/** Likewise, of the events that hookwright makes itself. */
export type ReceivedOperational = {
  [Name in keyof OperationalData]: Message<Name, OperationalData[Name]>
}[keyof OperationalData]
