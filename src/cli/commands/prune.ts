import type { Command } from '../command.ts'

export const prune: Command = {
  name: 'prune',
  summary: 'Remove events, deliveries and attempts that are too old',
  usage: 'hookwright prune',
  examples: [['hookwright prune', "Remove what is older than your hooks file's `retention` says, now"]],
  options: {},
  notes: [
    'A running worker does so by itself. Beside it, this may find that the work is being done already.',
  ],
  async run({ out, loadHooks }) {
    const { hooks } = await loadHooks()
    const total = { events: 0, deliveries: 0, attempts: 0, hooks: 0, cancelled: 0 }
    const names = ['events', 'deliveries', 'attempts', 'hooks', 'cancelled'] as const
    for (;;) {
      out.progress(`Removed so far: ${total.events} events, ${total.deliveries} deliveries`)
      const pruned = await hooks.prune({ deadlineMs: 5_000 })
      for (const name of names) total[name] += pruned[name]
      const isIdle = names.every((name) => pruned[name] === 0)
      if (!pruned.finished && !isIdle) continue
      out.print({ ...total, finished: pruned.finished }, () => {
        const removed = `Removed ${total.events} events, ${total.deliveries} deliveries, ${total.attempts} attempts and ${total.hooks} deleted hooks.`
        return pruned.finished ? removed : `${removed} Another process is at the rest.`
      })
      return 0
    }
  },
}
