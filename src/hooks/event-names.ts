import { type Catalog, findEvent } from '../catalog/index.ts'
import { problem } from '../core/errors.ts'

/** The events that a hook is asked for, in either of two ways. */
export interface EventChoice {
  readonly event?: unknown
  readonly events?: unknown
}

/**
 * The names of the events that a hook is given, each once and in the order of the catalog; undefined where none are given.
 *
 * @throws `event_unknown` for a name that is not in the catalog, `hook_invalid` for anything else that is wrong
 */
export function chosenEvents(catalog: Catalog, { event, events }: EventChoice): string[] | undefined {
  if (event !== undefined && events !== undefined) {
    throw problem('hook_invalid', {
      field: 'events',
      value: events,
      problem: '`event` is given as well',
      cure: 'Pass one of them',
    })
  }
  if (event !== undefined) return [checkedName(catalog, event, 'event')]
  if (events === undefined) return undefined
  if (!Array.isArray(events) || events.length === 0) {
    throw problem('hook_invalid', {
      field: 'events',
      value: events,
      problem: 'it must be a list of at least one event',
      cure: "For example ['book.added', 'book.removed']",
    })
  }
  const names = events.map((name, index) => checkedName(catalog, name, `events[${index}]`))
  return inCatalogOrder(catalog, names)
}

/** @throws `hook_invalid` where no events are given */
export function requireEvents(events: string[] | undefined): string[] {
  if (events !== undefined) return events
  throw problem('hook_invalid', {
    field: 'event',
    problem: 'it is missing',
    cure: 'Pass `event`, or several as `events`',
  })
}

function checkedName(catalog: Catalog, name: unknown, field: string): string {
  if (typeof name === 'string') return findEvent(catalog, name, field).name
  throw problem('hook_invalid', {
    field,
    problem: 'it must be the name of an event, as text',
    cure: "For example 'book.added'",
  })
}

/** Each name once, in the order of the catalog; those that have left the catalog come last. */
export function inCatalogOrder(catalog: Catalog, names: Iterable<string>): string[] {
  const left = new Set(names)
  if (left.size < 2) return [...left]
  const known = [...catalog.events.keys()].filter((name) => left.delete(name))
  return [...known, ...[...left].sort()]
}
