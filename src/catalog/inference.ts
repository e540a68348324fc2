import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { BuiltInAction, MisnamedAction, misnamedActions } from './actions.ts'
import type { JsonForm } from './json-form.ts'
import type { KeyValue } from './key.ts'
import type { CamelCase } from './naming.ts'
import type { ActionPart, ModelPart, WithoutPlus } from './notation.ts'
import type { OperationalName } from './operational.ts'
import type {
  EventObject,
  FieldOption,
  FieldsOption,
  ModelOption,
  PayloadObject,
  Row,
  RowWithoutType,
} from './options.ts'
import type { RowType } from './row-type.ts'

/**
 * How `createHooks` knows its types without annotations.
 *
 * Two maps are inferred. `Models` is the option `models` as it stands. `Events` is not the option `events` but what it
 * says: each event's notation, null or schema; `{ on, when }` is taken in as its `on`, `{ payload }` as its payload. So a `when` finds the type of its row
 * by the notation beside it, and what is computed of `Events` never meets a function.
 *
 * Mistakes are found by the constraint of `Events`, which gives the event's notation back if it is right and a sentence
 * otherwise; the compiler then prints the sentence beside the value.
 *
 * ```ts
 * export function createHooks<
 *   const Models extends ModelsOption = Record<never, never>,
 *   const Events extends CheckedEvents<Models, Events> = Record<never, never>,
 *   const Fields extends FieldsOption = Record<never, never>,
 * >(options: HooksOptions<Models, Events, Fields>):
 *   Hooks<DataOf<Models, Events>, SendsOf<Models, Events>, TriggersOf<Models, Events>, FieldsOf<Fields>>
 *
 * interface HooksOptions<Models, Events, Fields extends FieldsOption> {
 *   models?: CheckedModels<Models>
 *   events: EventsOption<Models, Events>
 *   hook?: { fields?: Fields; … }
 * }
 * ```
 *
 * `Hooks` takes the computed maps, not the options: the maps are flat, and 500 events cost a third.
 *
 * One order matters: where a serializer takes its context without annotation, `models` must stand before `events`, for the
 * compiler then reads the options from top to bottom. Otherwise the rows of `when` are of no known type.
 */
export type EventsOption<Models, Events> = {
  readonly [Name in keyof Events]:
    | Events[Name]
    | EventObject<
        Events[Name],
        RowFor<Models, Events[Name]>,
        BeforeFor<Models, Events[Name]>,
        PreviousFor<Events[Name]>
      >
    | PayloadObject<Events[Name]>
}

/** The models, with a sentence as the type of every option that does not exist. */
export type CheckedModels<Models> = Models & {
  readonly [Name in keyof Models]: {
    readonly [Key in Exclude<keyof Models[Name], keyof ModelOption>]: `no such option: "${Key & string}"`
  }
}

/** The events, with a sentence instead of everything that is wrong. */
export type CheckedEvents<Models, Events> = {
  readonly [Name in keyof Events]: Name extends OperationalName
    ? `hookwright makes "${Name}" itself: give yours another name`
    : CheckedEvent<Models, Events[Name]>
}

type CheckedEvent<Models, Event> = Event extends string
  ? CheckedNotation<Models, Event>
  : Event extends null | StandardSchemaV1
    ? Event
    : 'an event is "Model.action", "Model.action+", { on, when }, null, a Standard Schema or { payload }'

type CheckedNotation<Models, Text extends string> = string extends Text
  ? Text
  : Text extends `${string} ${string}`
    ? `there is a space in "${Text}"`
    : ModelPart<Text> extends keyof Models
      ? CheckedAction<Text, ActionPart<Text>>
      : '' extends ModelPart<Text>
        ? `not "Model.action": "${Text}"`
        : `no such model: "${Text}"`

type CheckedAction<Text extends string, Action extends string> = Action extends '' | `${string}+${string}`
  ? `not "Model.action": "${Text}"`
  : Action extends BuiltInAction
    ? Text
    : Lowercase<Action> extends BuiltInAction
      ? `did you mean "${ModelPart<Text>}.${Lowercase<Action>}"? not "${Text}"`
      : Lowercase<Action> extends MisnamedAction
        ? `did you mean "${ModelPart<Text>}.${(typeof misnamedActions)[Lowercase<Action>]}"? not "${Text}"`
        : Text

/** The type of a model's rows: of `row`, or of the serializer's parameter. */
export type RowOf<Model> = Model extends { readonly row: RowType<infer ModelRow> }
  ? ModelRow
  : Model extends { readonly serialize: (row: infer ModelRow, ...rest: never[]) => unknown }
    ? unknown extends ModelRow
      ? Row
      : RowWithoutType extends ModelRow
        ? Row
        : ModelRow
    : Model extends { readonly serialize: StandardSchemaV1<infer Input, unknown> }
      ? unknown extends Input
        ? Row
        : Input
      : Row

/** What a model's serializer gives, before it is JSON; without one, the row. */
export type OutputOf<Model> = Model extends { readonly serialize: (...args: never[]) => infer Output }
  ? Awaited<Output>
  : Model extends { readonly serialize: infer Schema extends StandardSchemaV1 }
    ? StandardSchemaV1.InferOutput<Schema>
    : RowOf<Model>

type ModelFor<Models, Event> = Event extends string ? Models[ModelPart<Event> & keyof Models] : never

type RowFor<Models, Event> = RowOf<ModelFor<Models, Event>>

type BeforeFor<Models, Event> = Event extends string
  ? ActionPart<Event> extends 'updated'
    ? RowFor<Models, Event>
    : undefined
  : undefined

/** A sentence where there is no row before. */
type PreviousFor<Event> = Event extends string
  ? ActionPart<WithoutPlus<Event>> extends 'updated'
    ? boolean
    : false | 'only an update has values before it'
  : never

/** Each event's data as it arrives: its JSON form. Of an event with any payload, nothing is known. */
export type DataOf<Models, Events> = {
  [Name in keyof Events & string]: Events[Name] extends string
    ? JsonForm<OutputOf<ModelFor<Models, Events[Name]>>>
    : Events[Name] extends StandardSchemaV1
      ? JsonForm<StandardSchemaV1.InferOutput<Events[Name]>>
      : unknown
}

/** What `send` takes for each event: what its serializer would give, what its schema reads, or any payload. */
export type SendsOf<Models, Events> = {
  [Name in keyof Events & string]: Events[Name] extends string
    ? OutputOf<ModelFor<Models, Events[Name]>>
    : Events[Name] extends StandardSchemaV1
      ? StandardSchemaV1.InferInput<Events[Name]>
      : Payload
}

/** A payload of an event without a schema: whatever JSON can hold, dates and bigints included. `send` checks it. */
export type Payload = string | number | bigint | boolean | null | object

/** What `trigger` takes: every action that an event is on and the built-in ones of every model, with the key of a row. */
export type TriggersOf<Models, Events> = {
  [Action in WithoutPlus<Events[keyof Events] & string> | `${keyof Models & string}.${BuiltInAction}`]: KeyOf<
    ModelFor<Models, Action>
  >
}

/** The key of a model's rows: an object by the names of user code where there are several columns. */
export type KeyOf<Model> = Model extends { readonly key: infer Key }
  ? Key extends readonly [string] | string
    ? KeyValue
    : Key extends readonly string[]
      ? { readonly [Column in Key[number] as NameOf<Model, Column>]: KeyValue }
      : never
  : KeyValue | { readonly [name: string]: KeyValue }

/** A column's name in user code, by `columns` and `naming`. */
type NameOf<Model, Column extends string> = Model extends { readonly columns: infer Columns }
  ? [NameIn<Columns, Column>] extends [never]
    ? NameByRule<Model, Column>
    : NameIn<Columns, Column>
  : NameByRule<Model, Column>

type NameIn<Columns, Column> = {
  [Name in keyof Columns & string]: Columns[Name] extends Column ? Name : never
}[keyof Columns & string]

type NameByRule<Model, Column extends string> = Model extends { readonly naming: 'camel' }
  ? CamelCase<Column>
  : Column

/** The application's own fields of a hook: as they are read, and as they are given at its creation. */
export interface HookFields {
  values: object
  inputs: object
}

export type FieldsOf<Fields extends FieldsOption> = {
  values: FieldValues<Fields>
  inputs: FieldInputs<Fields>
}

/** The fields of a hook, as they are read. */
export type FieldValues<Fields extends FieldsOption> = {
  -readonly [Name in keyof Fields & string]: FieldValue<Fields[Name]>
}

/** The fields of a hook, as they are given: one with a default, or that may be null, may be left out. */
export type FieldInputs<Fields extends FieldsOption> = {
  -readonly [Name in keyof Fields & string as MayBeLeftOut<Fields[Name]> extends true
    ? never
    : Name]: FieldValue<Fields[Name]>
} & {
  -readonly [Name in keyof Fields & string as MayBeLeftOut<Fields[Name]> extends true
    ? Name
    : never]?: FieldValue<Fields[Name]>
}

interface FieldTypes {
  boolean: boolean
  integer: number
  number: number
  string: string
}

type FieldValue<Field extends FieldOption> =
  | FieldTypes[Field['type']]
  | (Field extends { readonly nullable: true } ? null : never)

type MayBeLeftOut<Field extends FieldOption> = Field extends { readonly nullable: true }
  ? true
  : Field extends { readonly default: unknown }
    ? true
    : false
