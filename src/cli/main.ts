#!/usr/bin/env node
/**
 * The program `hookwright`: from the source, `node --import ./scripts/source.ts src/cli/main.ts`. It stands beside
 * src/index.ts, as the one file of this room that may import it.
 */
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { sections } from './commands.ts'
import { runProgram } from './program.ts'

/** What starts programs, such as npm, hands on the signal that the terminal has sent already: the two are one. */
const SAME_SIGNAL_MS = 250
/** After an error that nobody caught: then the process ends, whatever it still waits for. */
const LONGEST_AFTER_CRASH_MS = 40_000

const ended = new AbortController()
let endedAt = 0
const gone = new AbortController()

// An application whose package.json has no "type" is told so by Node at each start; here it is nobody's concern.
const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void
process.emitWarning = (...args: unknown[]) => {
  const [, options] = args as [unknown, { code?: unknown } | undefined]
  if (options?.code !== 'MODULE_TYPELESS_PACKAGE_JSON') emitWarning(...args)
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!ended.signal.aborted) {
      endedAt = performance.now()
      ended.abort(name)
    } else if (performance.now() - endedAt > SAME_SIGNAL_MS) {
      // Who asks twice does not want to wait.
      process.exit(128 + constants.signals[name])
    }
  })
}
// An error of the application's that nobody has caught: what the command has begun is put in order all the same.
process.on('uncaughtException', (error: unknown) => {
  ended.abort(error instanceof Error ? error : new Error(String(error)))
  setTimeout(() => process.exit(1), LONGEST_AFTER_CRASH_MS).unref()
})
for (const stream of [process.stdout, process.stderr]) {
  // `| head` has seen enough, or the terminal was closed: what is printed from now on goes nowhere, and what was begun is
  // finished.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
    if (stream === process.stdout) gone.abort()
  })
}

/** For the results alone; what it inherits is the stream's. */
const stdout: NodeJS.WriteStream = Object.create(process.stdout, {
  write: { value: process.stdout.write.bind(process.stdout) },
})

const code = await runProgram({
  args: process.argv.slice(2),
  sections,
  async openTables(database) {
    const { createHooks } = await import('../index.ts')
    return createHooks({ database, events: {} }) as never
  },
  version: () => createRequire(import.meta.url)('hookwright/package.json').version as string,
  stdout,
  divertStdout() {
    process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write
  },
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: ended.signal,
  gone: gone.signal,
})
await Promise.all(
  [stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))),
)
// Whatever the hooks file keeps open, such as a pool of the application's, would keep the process alive.
process.exit(code)
