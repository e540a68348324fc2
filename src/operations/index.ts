export { checkHookOption } from './hook-option.ts'
export type { Hooks } from './hooks.ts'
export { Keeper } from './keeper.ts'
export { clockOf, SEAMS, type Seams, transportOf } from './seams.ts'
