import { constants } from 'node:os'
import { loadEnvFile } from 'node:process'
import { parseCommandLine } from './arguments.ts'
import {
  type AnyHooks,
  type Command,
  type CommandContext,
  CommandError,
  Interrupted,
  UsageError,
} from './command.ts'
import { reportFailure } from './failure.ts'
import { commandHelp, groupHelp, overview, type Section } from './help.ts'
import { helpCommand, versionCommand } from './help-command.ts'
import { loadHooks } from './load-hooks.ts'
import { createOutput } from './output.ts'

/** What the program stands in: the process. */
export interface ProgramOptions {
  /** Without node and the program. */
  args: readonly string[]
  sections: readonly Section[]
  openTables: CommandContext['openTables']
  version: () => string
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  env: NodeJS.ProcessEnv
  cwd: string
  /**
   * From now on what anything else in this process writes to stdout goes to stderr: what a hooks file logs, as dotenv does,
   * must not come between the results.
   */
  divertStdout: () => void
  /** Aborted by the first signal, with its name as the reason; or with an error that nobody has caught. */
  signal: AbortSignal
  /** Aborted when nobody reads stdout any more. */
  gone: AbortSignal
}

/** How long hooks may take to close: what hangs there must not keep the terminal. */
const LONGEST_CLOSE_MS = 10_000
/** Once it was told to end. */
const LONGEST_GOODBYE_MS = 1_000

/** Runs what was typed. @returns the exit code */
export async function runProgram(options: ProgramOptions): Promise<number> {
  const { args, sections, stdout, stderr, gone, version } = options
  const commands = [
    ...sections.flatMap((section) => section.commands),
    helpCommand(sections),
    versionCommand(version),
  ]
  // An error in the options is printed in the form that they ask for.
  const outFor = (json: boolean) => createOutput({ stdout, stderr, json, gone })
  let out = outFor(args.includes('--json') && !args.slice(0, args.indexOf('--json')).includes('--'))
  try {
    const { command, words, values, positionals } = parseCommandLine(args, commands)
    if (command === undefined) {
      if (values.version === true) {
        out.print({ version: version() }, version)
        return 0
      }
      if (values.json === true && values.help !== true)
        throw new UsageError('Name a command: `hookwright help` shows what there is.')
      if (words.length === 0) {
        out.raw(`${overview(sections, out)}\n`)
        return 0
      }
      out.raw(`${groupHelp(words, commands, out)}\n`)
      return values.help === true ? 0 : 2
    }
    if (values.help === true) {
      out.raw(`${commandHelp(command, out)}\n`)
      return 0
    }
    out = outFor(values.json === true)
    if (typeof values['env-file'] === 'string') readEnvFile(values['env-file'])
    return await runCommand(command, { ...options, out, values, positionals })
  } catch (error) {
    return reportFailure(error, out)
  }
}

interface RunOptions extends ProgramOptions, Pick<CommandContext, 'out' | 'values' | 'positionals'> {}

async function runCommand(command: Command, options: RunOptions): Promise<number> {
  const { out, values, positionals, signal, cwd, env } = options
  const { sharesStdout = false, endsItself = false } = command
  if (!sharesStdout || out.json) options.divertStdout()
  const crashed = () => signal.reason instanceof Error
  signal.addEventListener('abort', () => {
    if (crashed()) reportFailure(signal.reason, out)
  })
  let loading: ReturnType<typeof loadHooks> | undefined
  const opened: AnyHooks[] = []
  const context: CommandContext = {
    values,
    positionals,
    out,
    signal,
    cwd,
    env,
    loadHooks() {
      const named = typeof values.hooks === 'string' ? values.hooks : undefined
      loading ??= loadHooks({ named, cwd, env }).then((loaded) => {
        opened.push(loaded.hooks)
        return loaded
      })
      // It may hang: a command that watches the signal has nothing to put in order yet.
      return untilSignal(loading, signal)
    },
    async openTables(database) {
      const hooks = await options.openTables(database)
      opened.push(hooks)
      return hooks
    },
  }
  try {
    const watches = typeof endsItself === 'function' ? endsItself(values) : endsItself
    const code = await (watches ? command.run(context) : untilSignal(command.run(context), signal))
    return crashed() ? 1 : code
  } catch (error) {
    if (error instanceof Interrupted && crashed()) return 1
    const code = reportFailure(error, out)
    return error instanceof Interrupted ? codeOf(signal) : code
  } finally {
    out.progress('')
    await closeAll(opened, signal.aborted ? LONGEST_GOODBYE_MS : LONGEST_CLOSE_MS)
  }
}

/** What it gives; from the first signal on, nobody waits for it. @throws Interrupted */
async function untilSignal<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>()
  const interrupt = () => reject(new Interrupted())
  if (signal.aborted) interrupt()
  signal.addEventListener('abort', interrupt)
  // What it throws after it was left is nobody's concern.
  running.catch(() => {})
  try {
    return await Promise.race([running, interrupted])
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
}

/** As shells count: 130 after SIGINT, 143 after SIGTERM. */
function codeOf({ reason }: AbortSignal): number {
  const signals: Readonly<Record<string, number>> = constants.signals
  return 128 + (signals[String(reason)] ?? constants.signals.SIGINT)
}

async function closeAll(opened: readonly AnyHooks[], longestMs: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, longestMs)
  await Promise.race([Promise.allSettled(opened.map((hooks) => hooks.close())), late])
  clearTimeout(timer)
}

function readEnvFile(file: string): void {
  try {
    loadEnvFile(file)
  } catch (cause) {
    throw new CommandError('env_file_unreadable', `--env-file: ${file} cannot be read: ${String(cause)}`, {
      cause,
    })
  }
}
