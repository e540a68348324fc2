import { isOperational } from '../../catalog/operational.ts'
import { nearest } from '../../catalog/suggest.ts'
import type { EventDescription } from '../../operations/index.ts'
import { type Command, CommandError } from '../command.ts'
import { escapeJson } from '../escape.ts'
import type { Output } from '../output.ts'

export const events: Command = {
  name: 'events',
  summary: 'The events that hooks can subscribe to, with schema and example',
  usage: 'hookwright events [<name>]',
  examples: [
    ['hookwright events', 'All of them'],
    [
      'hookwright events book.added',
      'One of them: where it comes from, the schema of its data, and an example',
    ],
  ],
  options: {},
  positionals: [{ name: 'name', help: 'One event' }],
  async run({ positionals, out, loadHooks }) {
    const { hooks, file } = await loadHooks()
    const catalog = await hooks.catalog()
    const [name] = positionals
    if (name === undefined) {
      out.print(catalog.map(parsed), () => listText(catalog, out))
      return 0
    }
    const event = catalog.find((each) => each.name === name)
    if (event === undefined) throw unknownEvent(name, catalog, file)
    out.print(parsed(event), () => eventText(event, out))
    return 0
  },
}

/** The example as JSON has it, instead of as text. */
function parsed(event: EventDescription) {
  return { ...event, example: event.example === null ? null : JSON.parse(event.example) }
}

function unknownEvent(name: string, catalog: readonly EventDescription[], file: string): CommandError {
  const meant = nearest(
    name,
    catalog.map((event) => event.name),
  )
  const cure = meant === undefined ? 'See `hookwright events`.' : `Did you mean ${JSON.stringify(meant)}?`
  return new CommandError('event_unknown', `${file} has no event ${JSON.stringify(name)}. ${cure}`)
}

function listText(catalog: readonly EventDescription[], out: Output): string {
  return out.table(
    [{ title: 'EVENT' }, { title: 'FROM' }, { title: 'DESCRIPTION', shrinks: true }],
    catalog.map((event) => [event.name, originOf(event), event.description]),
  )
}

function originOf({ name, model, action, everyone }: EventDescription): string {
  if (isOperational(name)) return 'hookwright itself'
  return model === null ? 'hooks.send' : `${model}.${action}${everyone ? '+' : ''}`
}

const SOURCES = {
  schema: 'as it was declared',
  columns: 'from the columns of the table',
  example: 'guessed from made-up rows',
  events: 'guessed from events that have happened',
} as const

function eventText(event: EventDescription, out: Output): string {
  const { name, description, everyone, previous, schema, schemaFrom, example } = event
  return [
    out.style('bold', name),
    ...(description === null ? [] : [out.escape(description)]),
    '',
    `From     ${out.escape(originOf(event))}`,
    ...(everyone ? ['Heard by the hooks of every owner'] : []),
    ...(previous ? ['Bodies say what was different before'] : []),
    '',
    `${out.style('bold', 'Schema of its data')}${schemaFrom === null ? ': nothing is known of it' : ` (${SOURCES[schemaFrom]})`}`,
    ...(schemaFrom === null ? [] : [escapeJson(schema, 2)]),
    ...(example === null ? [] : ['', out.style('bold', 'Example'), escapeJson(JSON.parse(example), 2)]),
  ].join('\n')
}
