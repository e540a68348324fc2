export type { PayloadEvent } from './body.ts'
export type { AttemptOutcome } from './by-id.ts'
export { attemptById } from './by-id.ts'
export {
  type Attempt,
  type Delivery,
  type DeliveryListOptions,
  dateOrNull,
  getDelivery,
  listDeliveries,
} from './deliveries.ts'
export { Dispatcher } from './dispatcher.ts'
export type { Drained } from './drain.ts'
export type { BreakerOptions } from './health-options.ts'
export { type DispatchOptions, dispatchSettings } from './options.ts'
export { releaseParked, reopenLanes } from './release.ts'
export { type FailedAttempt, type RetryOptions, standardDelaysMs } from './retry.ts'
