import { type Command, CommandError } from '../command.ts'
import { lengthOfTime, stampOf } from '../times.ts'
import { flagOf, textOf } from '../values.ts'

/** What `hooks.portal` gives; a copy of hookwright that does not have it is asked to be renewed. */
interface WithPortal {
  portal?(options: {
    owner: string
    readOnly?: boolean
    expiresInMs?: number
    url?: string
  }): Promise<{ token: string; url: string; expiresAt: Date }>
}

export const portal: Command = {
  name: 'portal',
  summary: 'Make a link that opens the dashboard for one owner, for a while',
  usage: 'hookwright portal <owner> [--url <url>] [--expires <time>] [--read-only]',
  examples: [
    [
      'hookwright portal 1 --url https://app.example.com/api/hooks',
      'A link for an hour; the URL is where the API is mounted',
    ],
    [
      'hookwright portal 1 --url https://app.example.com/api/hooks --expires 15m --read-only',
      'Only to look, for a quarter of an hour',
    ],
  ],
  options: {
    url: {
      type: 'string',
      placeholder: '<url>',
      help: 'Where the REST API is mounted, as a browser reaches it',
    },
    expires: {
      type: 'string',
      placeholder: '<time>',
      help: 'How long it is good for: 30m, 2h; an hour unless told',
    },
    'read-only': { type: 'boolean', help: 'Whoever has it can look, and change nothing' },
  },
  positionals: [{ name: 'owner', help: 'Whose hooks it shows', required: true }],
  notes: ['Whoever has the link is let in as this owner until it ends.'],
  async run({ positionals, values, out, loadHooks }) {
    const [owner = ''] = positionals
    const expires = textOf(values, 'expires')
    const url = textOf(values, 'url')
    const expiresInMs = expires === undefined ? undefined : lengthOfTime(expires, 'expires')
    const hooks = (await loadHooks()).hooks as WithPortal
    if (hooks.portal === undefined)
      throw new CommandError(
        'portal_missing',
        'The hookwright of your hooks file makes no links to the dashboard: update it.',
      )
    const link = await hooks.portal({
      owner,
      ...(flagOf(values, 'read-only') ? { readOnly: true } : {}),
      ...(expiresInMs === undefined ? {} : { expiresInMs }),
      ...(url === undefined ? {} : { url }),
    })
    out.print(link, () => out.escape(link.url))
    if (!/^https?:/.test(link.url))
      out.note('It begins where the REST API is mounted: --url <url> makes it whole.')
    out.note(`It ends at ${stampOf(link.expiresAt)}.`)
    return 0
  },
}
