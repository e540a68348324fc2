import { problem } from '../core/errors.ts'
import { builtInActions } from './actions.ts'
import { defineEvents, type EventDefinition } from './events.ts'
import { defineModels, type Model } from './models.ts'
import { splitAction } from './notation.ts'
import { operationalEvents } from './operational.ts'
import { cureFor } from './suggest.ts'

/** What exists in the application: its models and its events. */
export interface Catalog {
  readonly models: ReadonlyMap<string, Model>
  /** In the order in which they were written, and then hookwright's own. */
  readonly events: ReadonlyMap<string, EventDefinition>
}

/**
 * Checks the options `models` and `events`, and makes the catalog of them. It opens nothing.
 *
 * @throws `option_invalid` for the first mistake, with the option, the value and the cure
 * @example
 * ```ts
 * const catalog = defineCatalog({
 *   models: { Book: { table: 'book', owner: 'user_id' } },
 *   events: { 'book.added': 'Book.created', 'user.logged_in': null },
 * })
 * catalog.events.get('book.added')?.source?.model.table // 'book'
 * ```
 */
export function defineCatalog(options: { readonly models?: unknown; readonly events: unknown }): Catalog {
  const models = defineModels(options.models === undefined ? {} : options.models)
  const own = defineEvents(options.events, models)
  return { models, events: new Map([...own, ...operationalEvents()]) }
}

/** The events that may come of an action on a model, whatever their `when` will say. */
export function eventsOn(catalog: Catalog, model: string, action: string): EventDefinition[] {
  return [...catalog.events.values()].filter(
    ({ source }) => source !== null && source.model.name === model && source.action === action,
  )
}

/** The model of a name. @throws `action_unknown` */
function findModel(catalog: Catalog, name: string, field: string, value: string): Model {
  const model = catalog.models.get(name)
  if (model !== undefined) return model
  throw problem('action_unknown', {
    field,
    value,
    problem: `there is no model ${JSON.stringify(name)} in the catalog`,
    cure: cureFor(name, catalog.models.keys(), 'Add it to the option `models` of createHooks'),
  })
}

/**
 * The model and action that `'Book.read'` names: a built-in action of a model, or one that an event is on.
 *
 * @param field what the name is to the caller, for the error
 * @throws `action_unknown`
 */
export function findAction(catalog: Catalog, name: string, field: string): { model: Model; action: string } {
  const { model: modelName, action } = splitAction(name)
  const model = findModel(catalog, modelName, field, name)
  const actions = actionsOf(catalog, model.name)
  if (actions.has(action)) return { model, action }
  const names = [...actions].map((known) => `${model.name}.${known}`)
  throw problem('action_unknown', {
    field,
    value: name,
    problem: `no event is on the action ${JSON.stringify(action)} of "${model.name}"`,
    cure: cureFor(name, names, ''),
  })
}

/** The actions of a model: the built-in ones, and those that events are on. */
export function actionsOf(catalog: Catalog, model: string): ReadonlySet<string> {
  const actions = new Set<string>(builtInActions)
  for (const { source } of catalog.events.values()) {
    if (source?.model.name === model) actions.add(source.action)
  }
  return actions
}

/**
 * The event of a name.
 *
 * @param field what the name is to the caller, for the error
 * @throws `event_unknown`
 */
export function findEvent(catalog: Catalog, name: string, field: string): EventDefinition {
  const event = catalog.events.get(name)
  if (event !== undefined) return event
  throw problem('event_unknown', {
    field,
    value: name,
    problem: 'there is no such event in the catalog',
    cure: cureFor(name, catalog.events.keys(), 'Add it to the option `events` of createHooks'),
  })
}
