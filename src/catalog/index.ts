export { type BuiltInAction, builtInActions, isBuiltInAction } from './actions.ts'
export { actionsOf, type Catalog, defineCatalog, eventsOn, findAction, findEvent } from './catalog.ts'
export { type DjangoData, type DjangoOptions, djangoSerializer } from './django.ts'
export { accepts, type EventDefinition, type EventSource } from './events.ts'
export type {
  CheckedEvents,
  CheckedModels,
  DataOf,
  EventsOption,
  FieldInputs,
  FieldsOf,
  FieldValues,
  HookFields,
  KeyOf,
  OutputOf,
  Payload,
  RowOf,
  SendsOf,
  TriggersOf,
} from './inference.ts'
export { inferredSchema } from './inferred-schema.ts'
export type { JsonForm } from './json-form.ts'
export { type JsonSchema, jsonSchemaOf } from './json-schema.ts'
export { type KeyValue, keyOf } from './key.ts'
export { type Model, renameRow } from './models.ts'
export {
  type DeliveryDelivered,
  type DeliveryExhausted,
  type HookDisabled,
  type HookFailing,
  type HookRecovered,
  type HookReference,
  type HookWithEvents,
  isOperational,
  type OperationalData,
  type OperationalName,
  type OperationalPayloads,
  operationalNames,
} from './operational.ts'
export { operationalDescriptions } from './operational-schemas.ts'
export type {
  EventObject,
  FieldOption,
  FieldsOption,
  FieldType,
  ModelOption,
  ModelsOption,
  OwnerRelation,
  Row,
  RowWithoutType,
  Serializer,
  SerializerContext,
  When,
} from './options.ts'
export { type Change, serializeRow, validatePayload } from './payload.ts'
export { type RowType, rowType } from './row-type.ts'
export { exampleOf } from './schema-example.ts'
