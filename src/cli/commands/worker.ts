import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { relative } from 'node:path'
import { inTime } from '../../core/in-time.ts'
import { type AnyHooks, type Command, CommandError, UsageError } from '../command.ts'
import { lengthOfTime } from '../times.ts'
import { textOf } from '../values.ts'

const STOPS_WITHIN = '30s'
/** How often it looks whether the dispatcher lives. */
const CHECK_MS = 5_000

export const worker: Command = {
  name: 'worker',
  summary: 'Deliver what is due, in this process, until it is stopped',
  usage: 'hookwright worker [--port <n>] [--stop-within <time>]',
  examples: [
    ['hookwright worker', 'Beside an application that does not call hooks.start(); any number of them'],
    ['hookwright worker --port 9090', 'With GET /health for an orchestrator'],
  ],
  options: {
    port: {
      type: 'string',
      placeholder: '<n>',
      help: 'Answer GET /health here: 200, or 503 with the reasons; 0 takes a free one',
    },
    'stop-within': {
      type: 'string',
      placeholder: '<time>',
      help: `How long attempts under way may take after SIGTERM or SIGINT; ${STOPS_WITHIN} unless told`,
    },
  },
  notes: [
    'The first SIGTERM or SIGINT ends it in good order, with 0: what is under way is finished and written down, the rest is left to the next start. A second one ends it at once. It logs by the logger of your hooks file.',
  ],
  endsItself: true,
  sharesStdout: true,
  async run({ values, out, cwd, signal, loadHooks }) {
    const port = portOf(textOf(values, 'port'))
    const stopMs = lengthOfTime(textOf(values, 'stop-within') ?? STOPS_WITHIN, 'stop-within')
    const { hooks, file } = await loadHooks()
    await mustBeMigrated(hooks)
    if (signal.aborted) return 0
    const server = port === undefined ? undefined : await listen(port, hooks)
    try {
      await hooks.start()
      const address = server?.address() as AddressInfo | null | undefined
      const started = { file, pid: process.pid, port: address?.port ?? null }
      out.live({ started }, () => {
        const health = started.port === null ? '' : `, GET /health on port ${started.port}`
        return `Delivering for ${out.escape(relative(cwd, file) || file)}${health}. Ctrl-C ends it.`
      })
      await untilStopped(hooks, signal)
      const stopped = await inTime(
        hooks.stop().then(() => true),
        stopMs,
        false,
      )
      out.live({ stopped }, () =>
        stopped ? 'Stopped.' : 'Stopped, with attempts still under way: they are made again.',
      )
      return stopped ? 0 : 1
    } finally {
      server?.closeAllConnections()
      server?.close()
    }
  },
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new UsageError(`--port: it must be a number up to 65535 (got ${JSON.stringify(text)}).`)
}

async function mustBeMigrated(hooks: AnyHooks): Promise<void> {
  const { reasons } = await hooks.readiness()
  if (reasons.includes('database_outdated')) {
    throw new CommandError(
      'database_outdated',
      "hookwright's tables are missing in the database, or of another version. Run `hookwright migrate` before.",
    )
  }
  // One that does not answer yet is start()'s to tell of, with all it knows.
}

/** @throws CommandError where the dispatcher ends without being told: whoever runs the worker shall start it anew */
async function untilStopped(hooks: AnyHooks, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setInterval(() => {
    void hooks.readiness().then(({ reasons }) => {
      if (reasons.includes('dispatcher_stopped') && !signal.aborted)
        reject(new CommandError('dispatcher_stopped', 'The dispatcher has stopped; the log tells why.'))
    })
  }, CHECK_MS)
  const stop = () => resolve()
  signal.addEventListener('abort', stop)
  if (signal.aborted) resolve()
  try {
    await promise
  } finally {
    clearInterval(timer)
    signal.removeEventListener('abort', stop)
  }
}

async function listen(port: number, hooks: AnyHooks): Promise<Server> {
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?')
    if (path !== '/health') {
      response.writeHead(404).end()
      return
    }
    void hooks.readiness().then(({ ready, reasons }) => {
      const body = JSON.stringify(ready ? { status: 'ok' } : { status: 'unavailable', reasons })
      response.writeHead(ready ? 200 : 503, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
      })
      response.end(body)
    })
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (cause) =>
    reject(new CommandError('port_unavailable', `--port ${port}: ${cause.message}`, { cause })),
  )
  server.listen(port, resolve)
  await promise
  return server
}
