export { inCatalogOrder } from './event-names.ts'
export { ensureFieldColumns } from './field-columns.ts'
export { defineFields, type FieldDefinition, type FieldDefinitions, type FieldValue } from './fields.ts'
export {
  type Hook,
  type HookChanges,
  type HookColumns,
  type HookRow,
  hookFromRow,
  type NewHook,
} from './hook.ts'
export type { HookChange } from './hook-rows.ts'
export { type Owner, type OwnerScope, ownerText } from './owner.ts'
export { createHookRegistry, type HookRegistryOptions } from './registry.ts'
export type { HookCreation, HookRegistry, ListOptions, RotationOptions } from './registry-types.ts'
export { type SecretColumns, secretsAt } from './secrets.ts'
export { selectHooks } from './select.ts'
