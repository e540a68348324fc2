#!/usr/bin/env node
/**
 * The program `hookwright`: from the source, `node --import ./scripts/source.ts src/cli/main.ts`. It stands beside
 * src/index.ts, as the one file of this room that may import it.
 */
import { createRequire } from 'node:module'
import { sections } from './commands.ts'
import { runProgram } from './program.ts'

const ended = new AbortController()
const gone = new AbortController()

// An application whose package.json has no "type" is told so by Node at each start; here it is nobody's concern.
const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void
process.emitWarning = (...args: unknown[]) => {
  const [, options] = args as [unknown, { code?: unknown } | undefined]
  if (options?.code !== 'MODULE_TYPELESS_PACKAGE_JSON') emitWarning(...args)
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // Who asks twice does not want to wait.
    if (ended.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143)
    ended.abort(name)
  })
}
for (const stream of [process.stdout, process.stderr]) {
  // `| head` has seen enough: what is printed from now on goes nowhere, and what was begun is finished.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (stream === process.stdout) gone.abort()
  })
}

const code = await runProgram({
  args: process.argv.slice(2),
  sections,
  async openTables(database) {
    const { createHooks } = await import('../index.ts')
    return createHooks({ database, events: {} }) as never
  },
  version: () => createRequire(import.meta.url)('hookwright/package.json').version as string,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: ended.signal,
  gone: gone.signal,
})
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))),
)
// Whatever the hooks file keeps open, such as a pool of the application's, would keep the process alive.
process.exit(code)
