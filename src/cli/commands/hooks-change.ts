import type { Command } from '../command.ts'
import { lengthOfTime, timeOf } from '../times.ts'
import { hookIdOf, textOf } from '../values.ts'

const hookId = [{ name: 'id', help: 'The id of a hook', required: true }] as const

export const hooksEnable: Command = {
  name: 'hooks enable',
  summary: 'Let a hook have deliveries again',
  usage: 'hookwright hooks enable <id> [--replay-since <time>]',
  examples: [
    ['hookwright hooks enable 12', 'It gets what waits for it'],
    [
      'hookwright hooks enable 12 --replay-since 3d',
      'And whatever else it has missed in the last three days',
    ],
  ],
  options: {
    'replay-since': {
      type: 'string',
      placeholder: '<time>',
      help: 'Send what it has missed since: 2h, 7d, 2030-01-31T12:00Z',
    },
  },
  positionals: hookId,
  async run({ positionals, values, out, loadHooks }) {
    const id = hookIdOf(positionals[0] ?? '')
    const since = textOf(values, 'replay-since')
    const options = since === undefined ? {} : { replaySince: timeOf(since, 'replay-since') }
    const { hooks } = await loadHooks()
    const hook = await hooks.enable(id, options)
    out.print(hook, () => `Hook ${id} is enabled.`)
    return 0
  },
}

export const hooksDisable: Command = {
  name: 'hooks disable',
  summary: "Hold a hook's deliveries back until it is enabled",
  usage: 'hookwright hooks disable <id> [--reason <text>]',
  examples: [['hookwright hooks disable 12 --reason "moves to another server"', 'Its deliveries wait']],
  options: { reason: { type: 'string', placeholder: '<text>', help: 'Why: its owner sees it' } },
  positionals: hookId,
  async run({ positionals, values, out, loadHooks }) {
    const id = hookIdOf(positionals[0] ?? '')
    const { hooks } = await loadHooks()
    const hook = await hooks.disable(id, textOf(values, 'reason'))
    out.print(
      hook,
      () => `Hook ${id} is disabled. Its deliveries wait until \`hookwright hooks enable ${id}\`.`,
    )
    return 0
  },
}

export const hooksRotateSecret: Command = {
  name: 'hooks rotate-secret',
  summary: 'Give a hook another secret, and show it',
  usage: 'hookwright hooks rotate-secret <id> [--overlap <time>]',
  examples: [
    ['hookwright hooks rotate-secret 12', 'The one before signs as well for a day'],
    ['hookwright hooks rotate-secret 12 --overlap 7d', 'For a week'],
    ['hookwright hooks rotate-secret 12 --overlap 0', 'It has leaked: from now on it signs nothing'],
  ],
  options: {
    overlap: {
      type: 'string',
      placeholder: '<time>',
      help: 'How long the one before signs as well: 12h, 7d, 0; a day unless told',
    },
  },
  positionals: hookId,
  async run({ positionals, values, out, loadHooks }) {
    const id = hookIdOf(positionals[0] ?? '')
    const overlap = textOf(values, 'overlap')
    const overlapMs =
      overlap === undefined ? undefined : overlap === '0' ? 0 : lengthOfTime(overlap, 'overlap')
    const { hooks } = await loadHooks()
    const secret = await hooks.rotateSecret(id, overlapMs === undefined ? {} : { overlapMs })
    out.print({ id, secret }, () => out.escape(secret))
    return 0
  },
}

export const hooksTest: Command = {
  name: 'hooks test',
  summary: 'Try a hook out with an event for it alone',
  usage: 'hookwright hooks test <id> [--event <name>]',
  examples: [
    ['hookwright hooks test 12', 'Its first event, with data of the newest one or made up'],
    ['hookwright hooks test 12 --event book.changed', 'Another of its events'],
  ],
  options: {
    event: { type: 'string', placeholder: '<name>', help: 'One of its events; its first unless told' },
  },
  positionals: hookId,
  notes: ['A running worker or application delivers it.'],
  async run({ positionals, values, out, loadHooks }) {
    const id = hookIdOf(positionals[0] ?? '')
    const event = textOf(values, 'event')
    const { hooks } = await loadHooks()
    const test = await hooks.test(id, event === undefined ? {} : { event })
    out.print(test, () => `Sent: ${test.id}`)
    out.note(`See what becomes of it: hookwright deliveries ${test.id}`)
    return 0
  },
}
