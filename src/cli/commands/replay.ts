import { agreed, yesOption } from '../ask.ts'
import { type Command, UsageError } from '../command.ts'
import { timeOf } from '../times.ts'
import { choiceOf, flagOf, hookIdOf, textOf } from '../values.ts'

export const replay: Command = {
  name: 'replay',
  summary: 'Send again what has failed, or what a hook has missed',
  usage:
    'hookwright replay --since <time> [--until <time>] [--hook <id> | --owner <id>] [--what failed|missed] [--dry-run] [--yes]',
  examples: [
    ['hookwright replay --since 2h', 'Everything that has failed in the last two hours; it counts, and asks'],
    [
      'hookwright replay --since 2030-01-31T09:00Z --until 2030-01-31T11:00Z --hook 12 --yes',
      'Of one hook, between two times, without asking',
    ],
    ['hookwright replay --since 7d --hook 12 --what missed --dry-run', 'How much a hook has missed'],
  ],
  options: {
    since: { type: 'string', placeholder: '<time>', help: 'Events since: 2h, 7d, or 2030-01-31T12:00Z' },
    until: { type: 'string', placeholder: '<time>', help: 'Events before; to the newest unless told' },
    hook: { type: 'string', placeholder: '<id>', help: 'One hook; all unless told' },
    owner: { type: 'string', placeholder: '<id>', help: "An owner's hooks" },
    what: {
      type: 'string',
      placeholder: '<what>',
      help: 'failed, unless told; missed, for one hook: whatever it did not get, cancelled deliveries and events it had none of',
    },
    'dry-run': { type: 'boolean', help: 'Only count' },
    yes: yesOption,
  },
  async run(context) {
    const { values, out } = context
    const since = textOf(values, 'since')
    if (since === undefined) throw new UsageError('--since is missing: since when, for example --since 2h.')
    const until = textOf(values, 'until')
    const hook = textOf(values, 'hook')
    const owner = textOf(values, 'owner')
    const options = {
      since: timeOf(since, 'since'),
      what: choiceOf(values, 'what', ['failed', 'missed']) ?? 'failed',
      ...(until === undefined ? {} : { until: timeOf(until, 'until') }),
      ...(hook === undefined ? {} : { hookId: hookIdOf(hook, '--hook') }),
      ...(owner === undefined ? {} : { owner }),
    }
    if (options.what === 'missed' && hook === undefined)
      throw new UsageError('--what missed is for one hook: say --hook <id>.')
    const { hooks } = await context.loadHooks()
    out.progress('Counting…')
    const { deliveries: count } = await hooks.replay({ ...options, dryRun: true })
    out.progress('')
    if (flagOf(values, 'dry-run') || count === 0) {
      out.print({ deliveries: count, dryRun: flagOf(values, 'dry-run') }, () =>
        count === 0 ? 'There is nothing to send again.' : `${deliveries(count)} would be sent again.`,
      )
      return 0
    }
    if (!(await agreed(context, `Send ${deliveries(count)} again?`))) {
      out.note('Nothing was sent.')
      return 1
    }
    out.progress(`Sending ${deliveries(count)} again…`)
    const replayed = await hooks.replay(options)
    out.print(
      { ...replayed, dryRun: false },
      () => `${deliveries(replayed.deliveries)} are due again; a running worker sends them.`,
    )
    return 0
  },
}

function deliveries(count: number): string {
  return `${count} ${count === 1 ? 'delivery' : 'deliveries'}`
}
