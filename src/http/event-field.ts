import type { Catalog } from '../catalog/index.ts'
import { Invalid, NULL, notAChoice, REQUIRED } from './invalid.ts'
import type { RequestData } from './parse-body.ts'
import { pythonType } from './python-type.ts'

/** The one event that a request asks for; undefined where it names none, which is an error if it has to. */
export function readEvent({ fields }: RequestData, catalog: Catalog, required: boolean): string | undefined {
  const { event } = fields
  if (event === undefined && required) throw new Invalid(REQUIRED)
  return event === undefined ? undefined : choice(event, catalog)
}

/**
 * The events of a request that names several, which drf-hooks does not have; undefined where it does not. `event` is then
 * one of them, so that a hook may be sent back as it came.
 */
export function readEvents({ fields, form, all }: RequestData, catalog: Catalog): string[] | undefined {
  const events = form && fields.events !== undefined ? all('events') : fields.events
  if (events === undefined) return undefined
  if (events === null) throw new Invalid(NULL)
  if (!Array.isArray(events)) {
    throw new Invalid(`Expected a list of items but got type "${pythonType(events)}".`)
  }
  if (events.length === 0) throw new Invalid('This selection may not be empty.')
  const names = events.map((event) => choice(event, catalog))
  if (fields.event === undefined || names.includes(fields.event as string)) return names
  throw new Invalid('`event` is none of them: leave it out.')
}

function choice(event: unknown, catalog: Catalog): string {
  if (event === null) throw new Invalid(NULL)
  if (typeof event === 'string' && catalog.events.has(event)) return event
  throw notAChoice(event)
}
