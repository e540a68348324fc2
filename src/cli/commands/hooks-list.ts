import type { Command } from '../command.ts'
import { HOOK_COLUMNS, hookRow } from '../hook-text.ts'
import { choiceOf, countOf, hookIdOf, textOf } from '../values.ts'

const STATES = ['enabled', 'disabled', 'failing'] as const
const DEFAULT_LIMIT = 100

export const hooksList: Command = {
  name: 'hooks list',
  summary: 'The hooks, in the order of their ids',
  usage:
    'hookwright hooks list [--owner <id>] [--event <name>] [--state enabled|disabled|failing] [--search <text>] [--limit <n>] [--after <id>]',
  examples: [
    ['hookwright hooks list', 'The first hundred'],
    ['hookwright hooks list --owner 1 --event book.added', "An owner's that listen to an event"],
    ['hookwright hooks list --state failing', 'Those whose last attempt brought no success'],
    ["hookwright hooks list --state disabled --json | jq '.[].id'", 'Their ids, for a script'],
  ],
  options: {
    owner: { type: 'string', placeholder: '<id>', help: "Only an owner's" },
    event: { type: 'string', placeholder: '<name>', help: 'Only those that listen to it' },
    state: { type: 'string', placeholder: '<state>', help: `${STATES.join(', ')}` },
    search: { type: 'string', placeholder: '<text>', help: 'Only those whose target has this in it' },
    limit: { type: 'string', placeholder: '<n>', help: `The most to show, ${DEFAULT_LIMIT} unless told` },
    after: { type: 'string', placeholder: '<id>', help: 'Only those with a higher id' },
  },
  async run({ values, out, loadHooks }) {
    const owner = textOf(values, 'owner')
    const event = textOf(values, 'event')
    const state = choiceOf(values, 'state', STATES)
    const search = textOf(values, 'search')
    const after = textOf(values, 'after')
    const limit = countOf(values, 'limit') ?? DEFAULT_LIMIT
    const filters = {
      ...(owner === undefined ? {} : { owner }),
      ...(event === undefined ? {} : { event }),
      ...(search === undefined ? {} : { search }),
      ...(after === undefined ? {} : { after: hookIdOf(after, '--after') }),
      // One more, to know whether there are more.
      limit: limit + 1,
    }
    const { hooks } = await loadHooks()
    const found = await hooks.list({ ...filters, ...(state === undefined ? {} : { state }) })
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    const failing = out.json || last === undefined ? [] : await hooks.list({ ...filters, state: 'failing' })
    const failingIds = new Set(failing.map(({ id }) => id))
    out.print(shown, () =>
      last === undefined
        ? 'There is no such hook.'
        : out.table(
            HOOK_COLUMNS,
            shown.map((hook) => hookRow(hook, failingIds.has(hook.id))),
          ),
    )
    if (found.length > limit && last !== undefined) out.note(`There are more: --after ${last.id}`)
    return 0
  },
}
