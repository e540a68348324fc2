export type { Pruned } from './prune.ts'
export { type PruneOptions, Pruner } from './pruner.ts'
export { type RetentionOptions, retentionSettings } from './settings.ts'
