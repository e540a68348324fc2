import { createReceiver } from '../../receiver/index.ts'
import { type CommandContext, UsageError } from '../command.ts'
import { countOf, flagOf, listOf, textOf } from '../values.ts'

export const DEFAULT_PORT = 4_600

export interface ListenSettings {
  events: readonly string[]
  owner: string | undefined
  secrets: readonly string[]
  forward: URL | undefined
  port: number
  count: number
  deliver: boolean
}

/** What was typed. @throws UsageError */
export function settingsOf({ values }: CommandContext): ListenSettings {
  const events = listOf(values, 'event')
  const owner = textOf(values, 'owner')
  const secrets = listOf(values, 'secret')
  const deliver = flagOf(values, 'deliver')
  if (events.length > 0 && owner === undefined)
    throw new UsageError('listen: --event wants --owner <id>, whose the temporary hook is.')
  if (events.length === 0 && owner !== undefined)
    throw new UsageError('listen: --owner is of the temporary hook, which --event <name> makes.')
  if (events.length > 0 && (secrets.length > 1 || secrets[0]?.startsWith('whpk_') === true))
    throw new UsageError(
      'listen: with --event, --secret is the one that the temporary hook signs with: whsec_… or whsk_….',
    )
  if (events.length === 0 && deliver) throw new UsageError('listen: --deliver goes with --event and --owner.')
  const count = flagOf(values, 'once') ? 1 : (countOf(values, 'count') ?? Number.POSITIVE_INFINITY)
  return {
    events,
    owner,
    secrets,
    deliver,
    count,
    forward: forwardOf(values),
    port: portOf(values, events.length > 0),
  }
}

function forwardOf(values: CommandContext['values']): URL | undefined {
  const text = textOf(values, 'forward')
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url
  throw new UsageError(
    `--forward: it must be an http:// or https:// address (got ${JSON.stringify(text)}), such as http://localhost:3000/webhooks.`,
  )
}

function portOf(values: CommandContext['values'], isTemporary: boolean): number {
  const text = textOf(values, 'port')
  if (text === undefined) return isTemporary ? 0 : DEFAULT_PORT
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new UsageError(`--port: it must be a number from 0 to 65535 (got ${JSON.stringify(text)}).`)
}

/** A key that is malformed would fail at each message. @throws UsageError */
export async function checkSecret(secret: string): Promise<void> {
  const nothing = { 'webhook-id': '-', 'webhook-timestamp': '0', 'webhook-signature': '-' }
  const error = await createReceiver({ secret })
    .verify({ headers: nothing, body: '' })
    .catch((thrown: { code?: string; message: string }) => thrown)
  if ('code' in error && error.code === 'secret_invalid')
    throw new UsageError(`--${(error as Error).message}`)
}
