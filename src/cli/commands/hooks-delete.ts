import { agreed, yesOption } from '../ask.ts'
import type { Command } from '../command.ts'
import { hookIdOf } from '../values.ts'

export const hooksDelete: Command = {
  name: 'hooks delete',
  summary: 'Delete hooks; their deliveries stay to be looked at',
  usage: 'hookwright hooks delete <id>… [--yes]',
  examples: [
    ['hookwright hooks delete 12', 'It shows the hook, and asks'],
    ['hookwright hooks delete 12 13 --yes', 'Two of them, in a script'],
  ],
  options: { yes: yesOption },
  positionals: [{ name: 'id', help: 'Hooks by their ids', required: true, many: true }],
  async run(context) {
    const { positionals, out, loadHooks } = context
    const ids = [...new Set(positionals.map((id) => hookIdOf(id)))]
    const { hooks } = await loadHooks()
    const found = await Promise.all(ids.map(async (id) => ({ id, hook: await hooks.get(id) })))
    const there = found.flatMap(({ hook }) => (hook === undefined ? [] : [hook]))
    const question = there.map(({ id, owner, target }) => `hook ${id} of ${owner} (${target})`).join(', ')
    if (there.length > 0 && !(await agreed(context, `Delete ${question}?`))) {
      out.note('Nothing was deleted.')
      return 1
    }
    const results: { id: number; deleted: boolean }[] = []
    for (const id of ids) results.push({ id, deleted: await hooks.delete(id) })
    out.print(results, () =>
      results
        .map(({ id, deleted }) => `Hook ${id}: ${deleted ? 'deleted' : 'there is no such hook'}`)
        .join('\n'),
    )
    return results.every(({ deleted }) => deleted) ? 0 : 1
  },
}
