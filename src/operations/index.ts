export type { Hooks } from './hooks.ts'
export { Keeper } from './keeper.ts'
export { type MigrateOptions, type MigrationReport, migrate } from './migrate.ts'
export { checkOptions } from './options.ts'
export {
  type Pruned,
  type PruneOptions,
  Pruner,
  type RetentionOptions,
  retentionSettings,
} from './retention/index.ts'
export { clockOf, SEAMS, type Seams, transportOf } from './seams.ts'
