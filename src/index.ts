export type { CaptureDrift, CaptureReport, DriftKind, OwnersTable } from './capture/index.ts'
export {
  type DjangoData,
  type DjangoOptions,
  djangoSerializer,
  type FieldsOption,
  type ModelOption,
  type ModelsOption,
  type OwnerRelation,
  type Payload,
  rowType,
  type SerializerContext,
} from './catalog/index.ts'
export { type ErrorCode, errorTable, HookwrightError } from './core/errors.ts'
export { consoleLogger, type Logger, silentLogger } from './core/logger.ts'
export { createHooks, type HookOptions, type HooksOptions } from './create-hooks.ts'
export {
  type Attempt,
  type AttemptOutcome,
  type Delivery,
  type DeliveryListOptions,
  type DispatchOptions,
  type Drained,
  type DrainOptions,
  type PayloadEvent,
  type RetryOptions,
  standardDelaysMs,
} from './dispatch/index.ts'
export {
  type Audience,
  type EventListOptions,
  everyone,
  type FindContext,
  type SendOptions,
  type SentEvent,
  type StoredEvent,
  type TriggerOptions,
} from './events/index.ts'
export type {
  Hook,
  HookChanges,
  ListOptions,
  NewHook,
  Owner,
  OwnerScope,
  RotationOptions,
} from './hooks/index.ts'
export type { Authenticate, Caller } from './http/index.ts'
export type {
  Hooks,
  MigrateOptions,
  MigrationReport,
  Pruned,
  PruneOptions,
  RetentionOptions,
} from './operations/index.ts'
