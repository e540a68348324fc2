export type { Hooks } from './hooks.ts'
export { Keeper } from './keeper.ts'
export { checkOptions } from './options.ts'
export { clockOf, SEAMS, type Seams, transportOf } from './seams.ts'
