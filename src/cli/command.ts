import type { HookFields } from '../catalog/index.ts'
import type { Hooks } from '../operations/index.ts'
import type { Store } from '../store/store.ts'
import type { Output } from './output.ts'

/** One thing that `hookwright` does. */
export interface Command {
  /** Words as they are typed: 'hooks list'. */
  readonly name: string
  /** One line for the overview, without a full stop. */
  readonly summary: string
  /** 'hookwright hooks list [--owner <id>] …' */
  readonly usage: string
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** By their long names; those that every command has are in arguments.ts. */
  readonly options: Readonly<Record<string, CommandOption>>
  readonly positionals?: readonly CommandPositional[]
  /** What is to be said beyond the options, as paragraphs. */
  readonly notes?: readonly string[]
  /**
   * It watches `signal` and ends by itself, in good order. Any other command is left as it is at the first signal, its hooks
   * are closed, and the process ends with 130, or 143 after SIGTERM.
   */
  readonly endsItself?: boolean | ((values: CommandContext['values']) => boolean)
  /** What the application logs to stdout stays there, unless `--json` prints JSON there. */
  readonly sharesStdout?: boolean
  /**
   * @returns the exit code: 0 done, 1 not done
   * @throws whatever keeps it from being done: the frame prints it, and ends with 1, or with 2 for a `UsageError`
   */
  run(context: CommandContext): Promise<number>
}

export interface CommandOption {
  readonly type: 'string' | 'boolean'
  /** One letter. */
  readonly short?: string
  /** What stands for the value in the help: '<url>'. */
  readonly placeholder?: string
  readonly help: string
  /** It may be given several times; its value is then a list. */
  readonly multiple?: boolean
}

export interface CommandPositional {
  readonly name: string
  readonly help: string
  readonly required?: boolean
  /** The last one only: there may be several. */
  readonly many?: boolean
}

export type OptionValue = string | boolean | string[] | undefined

export interface CommandContext {
  /** Of options: text, true, or a list for those that are `multiple`; undefined for what was not given. */
  readonly values: Readonly<Record<string, OptionValue>>
  readonly positionals: readonly string[]
  readonly out: Output
  /**
   * Finds the hooks file (`--hooks`, or by convention), imports and checks it. The frame closes the hooks when the command
   * has ended.
   */
  loadHooks(): Promise<LoadedHooks>
  /** hookwright's own tables in a database, with no catalog: for `--database` without a hooks file. The frame closes it. */
  openTables(database: Store): Promise<AnyHooks>
  /** Aborted by SIGINT and SIGTERM; a second one ends the process at once. */
  readonly signal: AbortSignal
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

export interface LoadedHooks {
  readonly hooks: AnyHooks
  /** Absolute path of the file that they come from. */
  readonly file: string
}

/** Hooks of any application: names are text, and data is whatever it is. It may be of another copy of this package. */
export type AnyHooks = Hooks<
  Record<string, unknown>,
  Record<string, unknown>,
  Record<string, unknown>,
  HookFields
>

/** The command line is wrong: it ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'usage'
}

/** It could not be done: it ends with 1. `code` is for scripts, in the error that `--json` prints. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** SIGINT came before it was done: it ends with 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly code = 'interrupted'

  constructor() {
    super('Broken off.')
  }
}
