export type { Pruned } from './prune.ts'
export { Pruner } from './pruner.ts'
export { type RetentionOptions, retentionSettings } from './settings.ts'
