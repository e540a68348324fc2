import { everyone } from '../../events/everyone.ts'
import { type Command, type CommandContext, UsageError } from '../command.ts'
import { jsonInput } from '../json-input.ts'
import { flagOf, textOf } from '../values.ts'

export const send: Command = {
  name: 'send',
  summary: 'Send an event',
  usage: 'hookwright send <event> [<payload>] (--owner <id> | --everyone) [--idempotency-key <key>]',
  examples: [
    [
      `hookwright send user.logged_in '{"username":"ada"}' --owner 1`,
      "To the hooks of an owner's that listen to it",
    ],
    ['hookwright send report.ready @report.json --owner 1', 'With the payload from a file'],
    [
      "jq -n '{at: now}' | hookwright send maintenance.planned - --everyone",
      'From another program, to all owners',
    ],
  ],
  options: {
    owner: { type: 'string', placeholder: '<id>', help: 'Whose hooks hear of it' },
    everyone: { type: 'boolean', help: 'The hooks of all owners hear of it' },
    'idempotency-key': {
      type: 'string',
      placeholder: '<key>',
      help: 'Events of one name and owner with the same key are one event',
    },
  },
  positionals: [
    { name: 'event', help: 'Its name', required: true },
    { name: 'payload', help: 'JSON, @file, or - for stdin; null if left out' },
  ],
  notes: ['What is sent is delivered by a running worker or application.'],
  async run(context) {
    const { values, positionals, out } = context
    const [name = '', given] = positionals
    const owner = audienceOf(values)
    const { hooks } = await context.loadHooks()
    const payload = given === undefined ? null : await jsonInput(given, '<payload>', context)
    const key = textOf(values, 'idempotency-key')
    const { id } = await hooks.send(name, payload, {
      owner,
      ...(key === undefined ? {} : { idempotencyKey: key }),
    })
    out.print({ id }, () => `Sent ${out.escape(name)}: ${id}`)
    return 0
  },
}

/** @throws UsageError unless there is one, and one only: nothing is broadcast by accident */
function audienceOf(values: CommandContext['values']): string | typeof everyone {
  const owner = textOf(values, 'owner')
  const isForAll = flagOf(values, 'everyone')
  if (owner !== undefined && !isForAll) return owner
  if (owner === undefined && isForAll) return everyone
  throw new UsageError('Say either --owner <id>, whose hooks hear of it, or --everyone.')
}
