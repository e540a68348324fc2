import { type Command, CommandError } from '../command.ts'
import { hookText } from '../hook-text.ts'
import { hookIdOf } from '../values.ts'

export const hooksShow: Command = {
  name: 'hooks show',
  summary: 'All about one hook, and how it fares',
  usage: 'hookwright hooks show <id>',
  examples: [['hookwright hooks show 12', 'Its events, its target, and whether its attempts succeed']],
  options: {},
  positionals: [{ name: 'id', help: 'The id of a hook', required: true }],
  async run({ positionals, out, loadHooks }) {
    const id = hookIdOf(positionals[0] ?? '')
    const { hooks } = await loadHooks()
    const hook = await hooks.get(id)
    if (hook === undefined) throw new CommandError('hook_missing', `There is no hook ${id}.`)
    const health = await hooks.health(id)
    out.print({ ...hook, health }, () => hookText(hook, health, out))
    return 0
  },
}
