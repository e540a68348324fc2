import { type Command, type CommandContext, UsageError } from '../command.ts'
import { hookText } from '../hook-text.ts'
import { jsonInput } from '../json-input.ts'
import { flagOf, listOf, textOf } from '../values.ts'

export const hooksCreate: Command = {
  name: 'hooks create',
  summary: 'Subscribe a URL to events, and show its secret',
  usage:
    "hookwright hooks create --owner <id> --event <name>… --target <url> [--header 'Name: value']… [--payload <form>] [--ordered] [--rate-limit <n>] [--filter <json>] [--field name=value]…",
  examples: [
    ['hookwright hooks create --owner 1 --event book.added --target https://example.com/target', 'One event'],
    [
      "hookwright hooks create --owner 1 --event book.added --event book.changed --target https://example.com/target --header 'Authorization: Bearer abc'",
      'Two events for one endpoint, with a header',
    ],
    [
      `hookwright hooks create --owner 1 --event book.added --target https://example.com/target --filter '{"fiction":true}' --ordered`,
      'Only some of them, one at a time',
    ],
  ],
  options: {
    owner: { type: 'string', placeholder: '<id>', help: 'Whose hook it is' },
    event: {
      type: 'string',
      placeholder: '<name>',
      multiple: true,
      help: 'What it listens to; several times for several',
    },
    target: { type: 'string', placeholder: '<url>', help: 'The URL that events are posted to' },
    header: {
      type: 'string',
      placeholder: "'Name: value'",
      multiple: true,
      help: 'Sent with every delivery; several times for several',
    },
    payload: {
      type: 'string',
      placeholder: '<form>',
      help: 'The form of its bodies: envelope, standard or thin',
    },
    ordered: { type: 'boolean', help: 'One delivery at a time, in the order of the events' },
    'rate-limit': {
      type: 'string',
      placeholder: '<n>',
      help: 'The most attempts in a second; 0.5 is one every two seconds',
    },
    filter: {
      type: 'string',
      placeholder: '<json>',
      help: "A condition on the event's data: JSON, or @file",
    },
    field: {
      type: 'string',
      placeholder: 'name=value',
      multiple: true,
      help: 'A field of your own; the value is JSON where it is some, and text otherwise',
    },
  },
  notes: [
    "Where an identical hook exists, that one comes back, is enabled again, and its secret is shown: whoever has the hooks file may see it, unlike the REST API's callers. Headers are not shown again by anything.",
  ],
  async run(context) {
    const { out } = context
    const hook = await hookOf(context)
    const { hooks } = await context.loadHooks()
    // What is wrong with it, the library tells, and names the field.
    const created = await hooks.create(hook as never)
    const [secret = ''] = await hooks.secrets(created.id)
    out.print({ ...created, secret }, () => {
      const lines = [
        hookText(created, undefined, out),
        '',
        `${out.style('bold', 'Secret')}  ${out.escape(secret)}`,
      ]
      return lines.join('\n')
    })
    out.note(`Its receiver verifies with the secret. Try it out: hookwright hooks test ${created.id}`)
    return 0
  },
}

async function hookOf(context: CommandContext): Promise<Record<string, unknown>> {
  const { values } = context
  const events = listOf(values, 'event')
  const headers = listOf(values, 'header').map(headerOf)
  const rate = textOf(values, 'rate-limit')
  const filter = textOf(values, 'filter')
  const payload = textOf(values, 'payload')
  return {
    ...Object.fromEntries(listOf(values, 'field').map(fieldOf)),
    owner: required(values, 'owner', 'whose hook it is'),
    target: required(values, 'target', 'the URL that events are posted to'),
    events: events.length > 0 ? events : [required(values, 'event', 'what it listens to')],
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
    ...(payload === undefined ? {} : { payload }),
    ...(flagOf(values, 'ordered') ? { ordered: true } : {}),
    ...(rate === undefined ? {} : { rateLimit: rateOf(rate) }),
    ...(filter === undefined ? {} : { filter: await jsonInput(filter, '--filter', context) }),
  }
}

function required(values: CommandContext['values'], name: string, what: string): string {
  const value = textOf(values, name)
  if (value !== undefined) return value
  throw new UsageError(`--${name} is missing: ${what}. See \`hookwright help hooks create\`.`)
}

function headerOf(header: string): [name: string, value: string] {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/s.exec(header) ?? []
  if (name !== undefined && value !== undefined) return [name, value]
  // It may hold a password, and is not shown.
  throw new UsageError("--header: write it as 'Name: value'.")
}

function fieldOf(field: string): [name: string, value: unknown] {
  const [, name, value = ''] = /^(\w+)=(.*)$/s.exec(field) ?? []
  if (name === undefined)
    throw new UsageError(`--field: write it as name=value (got ${JSON.stringify(field)}).`)
  try {
    return [name, JSON.parse(value)]
  } catch {
    return [name, value]
  }
}

function rateOf(text: string): number {
  const rate = Number(text)
  if (text.trim() !== '' && Number.isFinite(rate)) return rate
  throw new UsageError(`--rate-limit: it must be a number (got ${JSON.stringify(text)}).`)
}
