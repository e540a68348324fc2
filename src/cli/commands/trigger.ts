import { everyone } from '../../events/everyone.ts'
import { type Command, UsageError } from '../command.ts'
import { jsonInput } from '../json-input.ts'
import { flagOf, textOf } from '../values.ts'

export const trigger: Command = {
  name: 'trigger',
  summary: "Fire a model's action for a row, as if it had happened now",
  usage: 'hookwright trigger <Model.action> <key> [--owner <id> | --everyone]',
  examples: [
    ['hookwright trigger Book.read 7', 'A custom action, for the row with this key'],
    [
      `hookwright trigger Line.created '{"orderId":7,"number":1}'`,
      'A built-in action again; its key has two columns',
    ],
  ],
  options: {
    owner: {
      type: 'string',
      placeholder: '<id>',
      help: 'Whose hooks hear of it, instead of the owner that the row names',
    },
    everyone: { type: 'boolean', help: 'The hooks of all owners hear of it' },
  },
  positionals: [
    { name: 'Model.action', help: 'The model and the action', required: true },
    { name: 'key', help: 'The primary key of the row; JSON where it has several columns', required: true },
  ],
  async run(context) {
    const { values, positionals, out } = context
    const [action = '', given = ''] = positionals
    const owner = textOf(values, 'owner')
    const isForAll = flagOf(values, 'everyone')
    if (owner !== undefined && isForAll) throw new UsageError('Say either --owner <id> or --everyone.')
    const { hooks } = await context.loadHooks()
    const key = given.startsWith('{') ? await jsonInput(given, '<key>', context) : given
    await hooks.trigger(action, key, {
      ...(owner === undefined ? {} : { owner }),
      ...(isForAll ? { owner: everyone } : {}),
    })
    out.print({ action, key }, () => `Triggered ${out.escape(action)} for ${out.escape(given)}.`)
    return 0
  },
}
