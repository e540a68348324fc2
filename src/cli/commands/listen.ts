import type { Command, CommandContext } from '../command.ts'
import type { Arrival } from '../listen/arrival.ts'
import { checkArrival } from '../listen/check.ts'
import { type Answer, createForwarder, detail, type Forwarder } from '../listen/forward.ts'
import { watchForIdleness } from '../listen/idle-watch.ts'
import { startServer } from '../listen/server.ts'
import { checkSecret, DEFAULT_PORT, type ListenSettings, settingsOf } from '../listen/settings.ts'
import { exchangeJson, exchangeText } from '../listen/show.ts'
import { makeTemporaryHook } from '../listen/temporary-hook.ts'

/** hookwright's own patience, unless `dispatch.timeoutMs` says otherwise. */
const FORWARD_MS = 15_000
/** How often each of so many messages has come is remembered. */
const MOST_IDS = 10_000

/** Receives on this machine what hooks send, shows it, and hands it on. */
export const listen: Command = {
  name: 'listen',
  summary: 'Receive what hooks send on this machine: verify it, show it and forward it',
  usage:
    'hookwright listen [--event <name>… --owner <id>] [--secret <key>] [--forward <url>] [--port <n>] [--count <n> | --once] [--deliver]',
  examples: [
    ['hookwright listen --event book.added --owner 1', 'Make a temporary hook to here and show what it gets'],
    [
      'hookwright listen --event book.added --owner 1 --forward http://localhost:3000/webhooks',
      'Hand it on to your receiver, whose answer counts',
    ],
    [
      'hookwright listen --port 4600 --secret whsec_…',
      'Without a hooks file: for a hook that leads to http://127.0.0.1:4600',
    ],
    [
      'hookwright listen --event order.paid --owner 1 --deliver --once --json',
      'In a script: one message, as JSON',
    ],
  ],
  options: {
    event: {
      type: 'string',
      placeholder: '<name>',
      multiple: true,
      help: 'Make a temporary hook for this event; may be repeated',
    },
    owner: { type: 'string', placeholder: '<id>', help: 'Whose the temporary hook is' },
    deliver: {
      type: 'boolean',
      help: 'Also run the dispatcher in this process. It delivers everything that is due, to all hooks and not to this one alone',
    },
    secret: {
      type: 'string',
      placeholder: '<key>',
      multiple: true,
      help: 'What to verify with: whsec_…, or the public key whpk_…; may be repeated. With --event, what the hook signs with',
    },
    forward: {
      type: 'string',
      placeholder: '<url>',
      help: 'Post each message there as it came, and give its answer back',
    },
    port: {
      type: 'string',
      placeholder: '<n>',
      help: `Listen there: ${DEFAULT_PORT} unless told, any with a temporary hook; 0 for any`,
    },
    count: { type: 'string', placeholder: '<n>', help: 'End after so many messages' },
    once: { type: 'boolean', help: 'End after one message' },
  },
  notes: [
    'It listens on 127.0.0.1 alone. With --event it needs the hooks file, makes a hook for --owner, and deletes it in the end, also after Ctrl-C. Somebody has to deliver: your application, `hookwright worker`, or --deliver. Where nobody does, it says so after some seconds.',
    'Without --forward it answers 204, and 401 to what --secret does not verify. With it, the answer is that of your application, and 502 where there is none: retries go as in production.',
  ],
  endsItself: true,
  async run(context) {
    const settings = settingsOf(context)
    // Before anything is opened.
    if (settings.events.length === 0) for (const secret of settings.secrets) await checkSecret(secret)
    const forwarder =
      settings.forward === undefined ? undefined : await createForwarder(settings.forward, FORWARD_MS)
    try {
      await receiveUntilEnd(context, settings, forwarder)
    } finally {
      await forwarder?.close()
    }
    return 0
  },
}

async function receiveUntilEnd(
  { out, signal, loadHooks }: CommandContext,
  { events, owner, secrets, forward, port, count, deliver }: ListenSettings,
  forwarder: Forwarder | undefined,
): Promise<void> {
  const loaded = events.length > 0 ? await loadHooks() : undefined
  const ended = Promise.withResolvers<void>()
  const end = () => ended.resolve()
  for (const each of [signal, out.gone]) each.aborted ? end() : each.addEventListener('abort', end)
  const keys = Promise.withResolvers<readonly string[]>()
  keys.promise.catch(() => {})
  let left = count
  const seen = new Map<string, number>()

  async function receive(arrival: Arrival): Promise<Answer> {
    const checked = await checkArrival(arrival, await keys.promise)
    const own =
      checked.verdict === 'refused'
        ? detail(401, checked.reason ?? '')
        : { status: 204, headers: [], body: Buffer.alloc(0) }
    const answer = forwarder === undefined ? own : await forwarder.forward(arrival)
    const times = checked.id === undefined ? 1 : (seen.get(checked.id) ?? 0) + 1
    if (seen.size >= MOST_IDS) seen.clear()
    if (checked.id !== undefined) seen.set(checked.id, times)
    const exchange = { arrival, checked, answer, times }
    out.live(exchangeJson(exchange), () => exchangeText(exchange, out))
    left -= 1
    if (left <= 0) end()
    return answer
  }

  const server = await startServer(port, receive)
  const address = `http://127.0.0.1:${server.port}/`
  const to = forward === undefined ? '' : `, forwarding to ${out.escape(shownUrl(forward))}`
  try {
    if (loaded === undefined || owner === undefined) {
      out.note(`Listening at ${address}${to}. Point a hook there: its target is ${address}`)
      keys.resolve(secrets)
      if (secrets.length === 0) out.note('Nothing is verified: give --secret whsec_… for that.')
      await ended.promise
      return
    }
    const { hooks, file } = loaded
    const [secret] = secrets
    const hook = await makeTemporaryHook(hooks, { events, owner, address, secret, file })
    keys.resolve(hook.secrets)
    const stopWatching = watchForIdleness(hooks, hook.id, () =>
      out.note(
        'Messages wait, and nobody delivers them: start your application or `hookwright worker`, or listen with --deliver.',
      ),
    )
    try {
      out.note(
        `Hook ${hook.id} of owner ${out.escape(owner)} leads ${events.map(out.escape).join(', ')} to ${address}${to}, until Ctrl-C.`,
      )
      if (forward !== undefined) out.note(`Your receiver verifies with ${hook.secrets.join(' or ')}`)
      if (deliver) await hooks.start()
      await ended.promise
      // Who breaks it off may do so again, and does not wait for attempts under way: the hook must be gone before.
      if (deliver && !signal.aborted) await hooks.stop()
    } finally {
      stopWatching()
      await hook.remove()
    }
  } finally {
    // What came before there was a hook to know it by.
    keys.reject(new Error('no hook was made'))
    await server.close()
    for (const each of [signal, out.gone]) each.removeEventListener('abort', end)
  }
}

/** A password in it belongs to nobody who looks on. */
function shownUrl(url: URL): string {
  const shown = new URL(url)
  if (shown.password !== '') shown.password = 'hidden'
  return shown.href
}
