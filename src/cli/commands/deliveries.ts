import { type Command, type CommandContext, UsageError } from '../command.ts'
import { deliveryText } from '../delivery-details.ts'
import { DELIVERY_COLUMNS, deliveryRow } from '../delivery-text.ts'
import { followDeliveries } from '../follow-deliveries.ts'
import { timeOf } from '../times.ts'
import { choiceOf, countOf, flagOf, hookIdOf, textOf } from '../values.ts'

const STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const
const DEFAULT_LIMIT = 50
const FOLLOWED_BEFORE = 10

export const deliveries: Command = {
  name: 'deliveries',
  summary: 'What is sent and what became of it; one of them whole; or live',
  usage:
    'hookwright deliveries [<id>] [--follow] [--hook <id>] [--owner <id>] [--event <name>] [--status <status>] [--since <time>] [--until <time>] [--limit <n>]',
  examples: [
    [
      'hookwright deliveries --status failed --since 2h',
      'What has failed in the last two hours, the newest first',
    ],
    ['hookwright deliveries --follow', 'Live, the newest last, until Ctrl-C'],
    ['hookwright deliveries --follow --hook 12', 'Live, of one hook'],
    ['hookwright deliveries 0192f1c4-…_12', 'One of them: the request, and every attempt with its answer'],
    [
      "hookwright deliveries --status failed --json | jq -r '.[].id' | xargs hookwright retry",
      'Send them again',
    ],
  ],
  options: {
    follow: { type: 'boolean', short: 'f', help: 'Go on: show new ones and what becomes of them' },
    hook: { type: 'string', placeholder: '<id>', help: 'Only those to this hook' },
    owner: { type: 'string', placeholder: '<id>', help: "Only those to an owner's hooks" },
    event: { type: 'string', placeholder: '<name>', help: 'Only those of this event' },
    status: { type: 'string', placeholder: '<status>', help: STATUSES.join(', ') },
    since: { type: 'string', placeholder: '<time>', help: 'Of events since: 2h, 7d, 2030-01-31T12:00Z' },
    until: { type: 'string', placeholder: '<time>', help: 'Of events before' },
    limit: {
      type: 'string',
      placeholder: '<n>',
      help: `The most to show, ${DEFAULT_LIMIT} unless told; with --follow, to begin with, ${FOLLOWED_BEFORE}`,
    },
  },
  positionals: [{ name: 'id', help: 'One delivery, by the webhook-id that its receiver sees' }],
  endsItself: (values) => flagOf(values, 'follow'),
  async run(context) {
    const { positionals, values, out } = context
    const [id] = positionals
    const filters = filtersOf(values)
    const limit = countOf(values, 'limit')
    const isFollowing = flagOf(values, 'follow')
    if (id !== undefined && (isFollowing || Object.keys(filters).length > 0))
      throw new UsageError('deliveries: one delivery by its id goes without other options.')
    const { hooks } = await context.loadHooks()
    if (id !== undefined) {
      const delivery = await hooks.delivery(id)
      const hook = await hooks.get(delivery.hookId)
      out.print(delivery, () => deliveryText(delivery, hook, out))
      return 0
    }
    if (isFollowing) return await followDeliveries(hooks, filters, limit ?? FOLLOWED_BEFORE, context)
    const most = limit ?? DEFAULT_LIMIT
    // One more, to know whether there are more.
    const found = await hooks.deliveries({ ...filters, limit: most + 1 })
    const shown = found.slice(0, most)
    out.print(shown, () =>
      shown.length === 0
        ? 'There is no such delivery.'
        : out.table(
            DELIVERY_COLUMNS,
            shown.map((delivery) => deliveryRow(delivery)),
          ),
    )
    if (found.length > most) out.note(`There are more: --limit ${most * 10}, or --until the last one's time.`)
    return 0
  },
}

function filtersOf(values: CommandContext['values']) {
  const hook = textOf(values, 'hook')
  const owner = textOf(values, 'owner')
  const event = textOf(values, 'event')
  const status = choiceOf(values, 'status', STATUSES)
  const since = textOf(values, 'since')
  const until = textOf(values, 'until')
  return {
    ...(hook === undefined ? {} : { hookId: hookIdOf(hook, '--hook') }),
    ...(owner === undefined ? {} : { owner }),
    ...(event === undefined ? {} : { event }),
    ...(status === undefined ? {} : { status }),
    ...(since === undefined ? {} : { since: timeOf(since, 'since') }),
    ...(until === undefined ? {} : { until: timeOf(until, 'until') }),
  }
}
