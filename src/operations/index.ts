export {
  type CheckName,
  type DoctorOptions,
  examine,
  type Finding,
  type FindingState,
} from './doctor/index.ts'
export { enable } from './enable.ts'
export { EventCatalog, type EventDescription } from './event-catalog.ts'
export { type HookHealth, hookHealth } from './health.ts'
export type { EnableOptions, Hooks } from './hooks.ts'
export { Keeper } from './keeper.ts'
export { type MigrateOptions, type MigrationReport, migrate } from './migrate.ts'
export { checkOptions } from './options.ts'
export { Portal, type PortalGrant, type PortalLink, type PortalOptions } from './portal/index.ts'
export { type Readiness, ReadinessCheck, type UnreadyReason } from './readiness.ts'
export { type Reencrypted, type ReencryptOptions, reencrypt } from './reencrypt.ts'
export { type Replayed, replay } from './replay.ts'
export type { ReplayOptions } from './replay-options.ts'
export {
  type Pruned,
  Pruner,
  type RetentionOptions,
  retentionSettings,
} from './retention/index.ts'
export { type RetryOutcome, retry } from './retry.ts'
export { sampleBodies } from './sample-bodies.ts'
export { clockOf, SEAMS, type Seams, transportOf } from './seams.ts'
export {
  type AttemptStatistics,
  BacklogReader,
  type CurrentStatistics,
  type Statistics,
  type StatisticsOptions,
  statistics,
} from './statistics/index.ts'
export { type TestEventOptions, testEvent } from './test-event.ts'
