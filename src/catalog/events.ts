import type { StandardSchemaV1 } from '@standard-schema/spec'
import { problem } from '../core/errors.ts'
import { meantAction } from './actions.ts'
import {
  hasControlCharacter,
  isOptions,
  type Options,
  refuseUnknown,
  requireOptions,
} from './check-option.ts'
import type { Model } from './models.ts'
import { parseNotation } from './notation.ts'
import { isOperational } from './operational.ts'
import type { EventObject, PayloadObject, Row, When } from './options.ts'
import { entry, member } from './place.ts'
import { isSchema } from './schema.ts'
import { cureFor } from './suggest.ts'

/** An event that the application knows. */
export interface EventDefinition {
  readonly name: string
  /** Whether the hooks of every owner hear of it (`+`). */
  readonly everyone: boolean
  /** The model and action that it comes from; null for an event that only `send` makes. */
  readonly source: EventSource | null
  /** Checks the payload of an event without a model, where it has one. */
  readonly schema: StandardSchemaV1<unknown, unknown> | undefined
  /** What it means, for those who may subscribe to it. */
  readonly description?: string | undefined
}

export interface EventSource {
  readonly model: Model
  readonly action: string
  /** Whether a change is the event; undefined where all are. */
  readonly when: When | undefined
  /** Whether the event has, beside its data, what of that was different before the update. */
  readonly previous: boolean
}

const LONGEST_NAME = 128

const FORMS =
  "Write 'Model.action', 'Model.action+', { on: 'Model.action', when, description }, null for an event with any payload, a Standard Schema, or { payload, description }"

const objectOptions = [
  'on',
  'when',
  'previous',
  'description',
] as const satisfies readonly (keyof EventObject<string, Row, Row, boolean>)[]
const payloadOptions = ['payload', 'description'] as const satisfies readonly (keyof PayloadObject<null>)[]

/** Checks the option `events` against the models. @throws `option_invalid` */
export function defineEvents(
  events: unknown,
  models: ReadonlyMap<string, Model>,
): Map<string, EventDefinition> {
  const options = requireOptions(events, 'events', "Write { 'book.added': 'Book.created' }")
  const definitions = new Map<string, EventDefinition>()
  const nameByNotation = new Map<string, string>()
  for (const [name, option] of Object.entries(options)) {
    checkName(name)
    const definition = defineEvent(name, option, models)
    if (typeof option === 'string') refuseSecond(definition, option, nameByNotation)
    definitions.set(name, definition)
  }
  for (const model of models.values()) requireOwner(model, definitions)
  return definitions
}

function checkName(name: string): void {
  if (isOperational(name)) {
    throw problem('option_invalid', {
      field: entry('events', name),
      problem: "this event is hookwright's own, and every catalog has it",
      cure: 'Leave it out, or give yours another name',
    })
  }
  const fault = faultOfName(name)
  if (fault === undefined) return
  throw problem('option_invalid', {
    field: 'events',
    value: name,
    problem: `the name of an event ${fault}`,
    cure: 'Call it what happened: "book.added"',
  })
}

function faultOfName(name: string): string | undefined {
  if (name === '') return 'must not be empty'
  if (name.length > LONGEST_NAME) return `must not be longer than ${LONGEST_NAME} characters`
  if (hasControlCharacter(name)) return 'must not hold control characters'
  if (!name.isWellFormed()) return 'must be well-formed Unicode'
  if (name !== name.trim()) return 'must not begin or end with a space'
  return undefined
}

function defineEvent(name: string, option: unknown, models: ReadonlyMap<string, Model>): EventDefinition {
  const place = entry('events', name)
  if (option === null) return { name, everyone: false, source: null, schema: undefined }
  if (isSchema(option)) return { name, everyone: false, source: null, schema: option }
  if (typeof option === 'string') {
    const { everyone, ...source } = sourceOf(option, models, place)
    return { name, everyone, source: { ...source, when: undefined, previous: false }, schema: undefined }
  }
  if (!isOptions(option))
    throw problem('option_invalid', { field: place, value: option, problem: 'it is no event', cure: FORMS })
  if (Object.hasOwn(option, 'payload')) return definePayloadEvent(name, option, place)
  refuseUnknown(option, objectOptions, place)
  const { on, when, previous = false } = option
  const description = descriptionOption(option, place)
  if (typeof on !== 'string') {
    throw problem('option_invalid', {
      field: member(place, 'on'),
      value: on,
      problem: 'it names no model and action',
      cure: FORMS,
    })
  }
  if (when !== undefined && typeof when !== 'function') {
    throw problem('option_invalid', {
      field: member(place, 'when'),
      value: when,
      problem: 'it must be a function',
      cure: 'Write (row, before) => true or false, or leave it out',
    })
  }
  const { everyone, ...source } = sourceOf(on, models, member(place, 'on'))
  checkPrevious(previous, source, member(place, 'previous'))
  // What a user writes takes the row by its own type, which nobody can check.
  return {
    name,
    everyone,
    source: { ...source, when: when as When | undefined, previous },
    schema: undefined,
    description,
  }
}

function checkPrevious(
  previous: unknown,
  { model, action }: Pick<EventSource, 'model' | 'action'>,
  field: string,
): asserts previous is boolean {
  if (typeof previous !== 'boolean') {
    throw problem('option_invalid', { field, value: previous, problem: 'it must be true or false' })
  }
  if (!previous || action === 'updated') return
  throw problem('option_invalid', {
    field,
    value: previous,
    problem: `only an update has values before it, and the event is on ${JSON.stringify(`${model.name}.${action}`)}`,
    cure: `Leave it out, or put the event on "${model.name}.updated"`,
  })
}

function definePayloadEvent(name: string, option: Options, place: string): EventDefinition {
  refuseUnknown(option, payloadOptions, place)
  const { payload } = option
  if (payload !== null && !isSchema(payload)) {
    throw problem('option_invalid', {
      field: member(place, 'payload'),
      value: payload,
      problem: 'it is neither null nor a Standard Schema',
      cure: 'Write null for an event with any payload; for one of a model, `on` in place of `payload`',
    })
  }
  const description = descriptionOption(option, place)
  return { name, everyone: false, source: null, schema: payload ?? undefined, description }
}

const LONGEST_DESCRIPTION = 2_000

function descriptionOption({ description }: Options, place: string): string | undefined {
  if (description === undefined) return undefined
  if (
    typeof description === 'string' &&
    description.length <= LONGEST_DESCRIPTION &&
    description.isWellFormed()
  ) {
    return description
  }
  throw problem('option_invalid', {
    field: member(place, 'description'),
    problem: `it must be text of at most ${LONGEST_DESCRIPTION} characters`,
    cure: 'Say in a sentence what has happened: "A book was added"',
  })
}

function sourceOf(text: string, models: ReadonlyMap<string, Model>, field: string) {
  const { model: modelName, action, everyone } = parseNotation(text, field)
  const model = models.get(modelName)
  if (model === undefined) {
    throw problem('option_invalid', {
      field,
      value: text,
      problem: `there is no model ${JSON.stringify(modelName)} in models`,
      cure: cureFor(modelName, models.keys(), 'Add it to the option `models`'),
    })
  }
  const meant = meantAction(action)
  if (meant !== undefined) {
    throw problem('option_invalid', {
      field,
      value: text,
      problem: `no change of a row is called ${JSON.stringify(action)}, and as a custom action it is easily mistaken`,
      cure: `Did you mean "${modelName}.${meant}${everyone ? '+' : ''}"? Otherwise choose another word`,
    })
  }
  return { model, action, everyone }
}

/** As in drf-hooks, one event in string form for each model action; several in object form. */
function refuseSecond(event: EventDefinition, text: string, nameByNotation: Map<string, string>): void {
  if (event.source === null) return
  const notation = `${event.source.model.name}.${event.source.action}`
  const other = nameByNotation.get(notation)
  nameByNotation.set(notation, event.name)
  if (other === undefined) return
  throw problem('option_invalid', {
    field: entry('events', event.name),
    value: text,
    problem: `${JSON.stringify(other)} is on "${notation}" already`,
    cure: `Keep one of them, or write { on: ${JSON.stringify(text)}, when: … } to tell the two apart`,
  })
}

function requireOwner(model: Model, events: ReadonlyMap<string, EventDefinition>): void {
  if (model.owner !== undefined) return
  const owned = [...events.values()].filter((event) => event.source?.model === model && !event.everyone)
  if (owned.length === 0) return
  const names = owned.map((event) => JSON.stringify(event.name)).join(', ')
  throw problem('option_invalid', {
    field: member(entry('models', model.name), 'owner'),
    value: undefined,
    problem: `nobody would hear of ${names}: "${model.name}" does not say whose its rows are`,
    cure: `Name the column of the owner, owner: 'user_id', or let every owner hear of it: "${model.name}.created+"`,
  })
}

/**
 * Whether a change of a row is the event: what its `when` says, and true where it has none.
 *
 * @param row renamed; see `renameRow`
 * @param before the row before an update, renamed; undefined for every other action
 * @throws `option_invalid` when `when` answers anything but true or false; whatever `when` throws
 */
export function accepts(event: EventDefinition, row: Row, before: Row | undefined): boolean {
  const when = event.source?.when
  if (when === undefined) return true
  const answer: unknown = when(row, before)
  if (typeof answer === 'boolean') return answer
  // A promise is truthy: `async` would let every change through.
  throw problem('option_invalid', {
    field: member(entry('events', event.name), 'when'),
    value: answer,
    problem: 'it must answer true or false',
    cure:
      answer instanceof Promise
        ? 'It cannot be async: it sees the row and the row before'
        : 'Write Boolean(…) around it',
  })
}
