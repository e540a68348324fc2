import { type Command, type CommandContext, UsageError } from '../command.ts'
import { openStore } from '../open-store.ts'
import { flagOf, textOf } from '../values.ts'

export const migrate: Command = {
  name: 'migrate',
  summary: 'Make or update the tables and triggers in the database',
  usage: 'hookwright migrate [--dry-run] [--no-triggers] [--database <url>]',
  examples: [
    ['hookwright migrate', 'Bring the database of your hooks file up to date'],
    [
      'hookwright migrate --dry-run > hookwright.sql',
      'Write what would be run into a file, and change nothing',
    ],
    [
      'hookwright migrate --database postgres://app@localhost/shop',
      "Only hookwright's own tables, without a hooks file",
    ],
  ],
  options: {
    'dry-run': { type: 'boolean', help: 'Change nothing, and print the SQL' },
    'no-triggers': {
      type: 'boolean',
      help: 'Leave the triggers alone: a migration of your own installs them',
    },
    database: {
      type: 'string',
      placeholder: '<url>',
      help: "postgres://…, sqlite:<path> or a path: hookwright's own tables there, and neither triggers nor columns of your own fields",
    },
  },
  notes: [
    'It is safe while everything runs, and when several do it at once. Nothing happens where nothing is to do.',
  ],
  async run(context) {
    const { values, out } = context
    const { hooks, triggers } = await hooksFor(context)
    if (flagOf(values, 'dry-run')) {
      const { statements } = await hooks.migrate({ dryRun: true, triggers })
      if (out.json) out.print({ statements }, () => '')
      else out.raw(statements.map((sql) => `${sql};\n`).join(''))
      if (statements.length === 0) out.note('Nothing to do: the database is up to date.')
      return 0
    }
    const { created, dropped, storeRestored, drift } = await hooks.migrate({ triggers })
    out.print({ created, dropped, storeRestored, drift }, () =>
      [
        'The database is up to date.',
        ...(created.length > 0 ? [`Triggers created: ${created.map(out.escape).join(', ')}`] : []),
        ...(dropped.length > 0 ? [`Triggers dropped: ${dropped.map(out.escape).join(', ')}`] : []),
      ].join('\n'),
    )
    for (const { message } of drift) out.note(`${out.escape(message)}`)
    return 0
  },
}

async function hooksFor({ values, loadHooks, openTables }: CommandContext) {
  const database = textOf(values, 'database')
  if (database === undefined)
    return { hooks: (await loadHooks()).hooks, triggers: !flagOf(values, 'no-triggers') }
  if (textOf(values, 'hooks') !== undefined)
    throw new UsageError('--database goes without --hooks: the hooks file names its own database.')
  // Without the catalog every trigger would look like one that nobody wants any more.
  return { hooks: await openTables(await openStore(database)), triggers: false }
}
