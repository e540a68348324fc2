export type { CaptureDrift, CaptureReport, DriftKind, OwnersTable } from './capture/index.ts'
export {
  type DeliveryDelivered,
  type DeliveryExhausted,
  type DjangoData,
  type DjangoOptions,
  djangoSerializer,
  type FieldsOption,
  type HookDisabled,
  type HookFailing,
  type HookRecovered,
  type HookReference,
  type HookWithEvents,
  type ModelOption,
  type ModelsOption,
  type OperationalData,
  type OperationalName,
  type OperationalPayloads,
  type OwnerRelation,
  type Payload,
  rowType,
  type SerializerContext,
} from './catalog/index.ts'
export { type ErrorCode, errorTable, HookwrightError } from './core/errors.ts'
export { consoleLogger, type Logger, silentLogger } from './core/logger.ts'
export type { DeadlineOptions } from './core/options.ts'
export type {
  Attempted,
  Attempting,
  AttemptOperation,
  AttemptOutcomeName,
  Backlog,
  FanningOut,
  Observed,
  ObservedState,
  Operation,
  Sending,
  Telemetry,
} from './core/telemetry.ts'
export { createHooks } from './create-hooks.ts'
export {
  type Attempt,
  type AttemptOutcome,
  type BreakerOptions,
  type Delivery,
  type DeliveryDetails,
  type DeliveryListOptions,
  type DispatchOptions,
  type Drained,
  type FailedAttempt,
  type PayloadEvent,
  type RetryOptions,
  standardDelaysMs,
} from './dispatch/index.ts'
export {
  type Audience,
  type EventListOptions,
  everyone,
  type FindContext,
  type OperationalListener,
  type SendOptions,
  type SentEvent,
  type StoredEvent,
  type TriggerOptions,
} from './events/index.ts'
export type {
  Filter,
  FilterOperators,
  FilterValue,
  Hook,
  HookChanges,
  HookState,
  ListOptions,
  NewHook,
  Owner,
  OwnerScope,
  PayloadForm,
  RotationOptions,
  SignatureOptions,
} from './hooks/index.ts'
export type {
  Action,
  ApiOptions,
  Authenticate,
  Authorize,
  Caller,
  CallerObject,
  CorsOptions,
} from './http/index.ts'
export type {
  AttemptStatistics,
  CurrentStatistics,
  EnableOptions,
  EventDescription,
  HookHealth,
  Hooks,
  MigrateOptions,
  MigrationReport,
  Pruned,
  Readiness,
  Reencrypted,
  ReencryptOptions,
  Replayed,
  ReplayOptions,
  RetentionOptions,
  RetryOutcome,
  Statistics,
  StatisticsOptions,
  TestEventOptions,
  UnreadyReason,
} from './operations/index.ts'
export type { HookOptions, HooksOptions } from './options.ts'
export type { ConnectionOption } from './outbound/index.ts'
export type { SignatureScheme } from './signature/keys.ts'
