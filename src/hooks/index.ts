export { isPayloadForm, PAYLOAD_FORMS, type PayloadForm } from './choices.ts'
export { inCatalogOrder } from './event-names.ts'
export type { FieldDefinition, FieldDefinitions, FieldValue } from './field.ts'
export { ensureFieldColumns, planFieldColumns } from './field-columns.ts'
export { defineFields } from './fields.ts'
export { type Accepts, checkFilter, type Filter, parseData, readFilter } from './filter.ts'
export type { FilterOperators, FilterValue } from './filter-operators.ts'
export {
  type Hook,
  type HookChanges,
  type HookRow,
  hookFromRow,
  type NewHook,
} from './hook.ts'
export { type HookChange, referencesTo } from './hook-rows.ts'
export { HIGHEST_RATE, isLimited, type LimitColumns, LOWEST_RATE } from './limits.ts'
export { type Owner, type OwnerScope, ownerText, scopeOf } from './owner.ts'
export { createHookRegistry } from './registry.ts'
export type {
  HookRegistry,
  HookState,
  ListOptions,
  RotationOptions,
} from './registry-types.ts'
export { isSealed, opened, sealed } from './sealed.ts'
export { modern, secretsAt } from './secrets.ts'
export { selectHooks } from './select.ts'
export {
  type SignatureOptions,
  type SignatureSettings,
  signatureSettings,
} from './signature-settings.ts'
export { eventsOf, forgetUnheard } from './subscriptions.ts'
