export {
  type DataDescription,
  type DescribeContext,
  describeData,
  guessed,
  type SchemaSource,
} from './describe.ts'
export type { EventData } from './event-data.ts'
export { type Audience, everyone } from './everyone.ts'
export { fanOut } from './fan-out.ts'
export { type EventListOptions, listEvents, type StoredEvent } from './list.ts'
export { Listeners, type OperationalListener } from './listeners.ts'
export {
  insertOperational,
  type OperationalEvent,
  operationalEvent,
  operationalEventsOf,
  operationalListened,
  operationalMask,
  operationalOfMask,
} from './operational.ts'
export {
  dueEvents,
  giveEventsBack,
  leaseEvents,
  type PendingEvent,
  type PendingOptions,
  pendingEvents,
  renewEvents,
} from './pending.ts'
export { type FindContext, learnKeys, type PrepareContext, type Prepared, prepare } from './prepare.ts'
export {
  madeSample,
  type SampleContext,
  type StoredSample,
  storedSample,
  storedSamples,
  withoutKey,
} from './samples.ts'
export { type SendOptions, type SentEvent, send } from './send.ts'
export { firstSince, spanOf } from './span.ts'
export { type TriggerOptions, trigger } from './trigger.ts'
export { dataOfEvent, isFound, type Unheard, unheard } from './unheard.ts'
