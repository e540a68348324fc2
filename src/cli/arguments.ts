import { parseArgs } from 'node:util'
import { nearest } from '../catalog/suggest.ts'
import { type Command, type CommandOption, type OptionValue, UsageError } from './command.ts'

/** Options that every command has. */
export const commonOptions = {
  hooks: {
    type: 'string',
    placeholder: '<file>',
    help: 'The file that exports your hooks; found by itself otherwise',
  },
  'env-file': { type: 'string', placeholder: '<file>', help: 'Environment variables to set before: .env' },
  json: { type: 'boolean', help: 'Print JSON alone' },
  help: { type: 'boolean', short: 'h', help: 'Show this, with examples' },
} as const satisfies Record<string, CommandOption>

/** What was typed. */
export interface Invocation {
  /** Undefined where no command was named: then `words` may be the beginning of some. */
  readonly command: Command | undefined
  /** The words of the command as they were typed. */
  readonly words: readonly string[]
  readonly values: Readonly<Record<string, OptionValue>>
  readonly positionals: readonly string[]
}

/**
 * Takes the command line apart.
 *
 * @param args without node and the program
 * @throws UsageError that names what is wrong, and what was probably meant
 */
export function parseCommandLine(args: readonly string[], commands: readonly Command[]): Invocation {
  const { words, rest } = splitWords(args, commands)
  const command = commands.find(({ name }) => name === words.join(' '))
  if (command === undefined) return withoutCommand(words, rest, commands)
  const { values, positionals } = parseOptions(rest, { ...command.options, ...commonOptions }, command.name)
  if (values.help !== true) checkPositionals(command, positionals)
  return { command, words, values, positionals }
}

/** The words that a command's name has, and the rest. Options that every command has may stand before and between. */
function splitWords(args: readonly string[], commands: readonly Command[]) {
  const words: string[] = []
  const rest: string[] = []
  let index = 0
  for (; index < args.length; index++) {
    const arg = args[index] ?? ''
    const option = commonOption(arg)
    if (option !== undefined) {
      rest.push(arg)
      if (option.type === 'string' && !arg.includes('=') && index + 1 < args.length)
        rest.push(args[++index] ?? '')
      continue
    }
    const name = [...words, arg].join(' ')
    if (!commands.some((command) => command.name === name || command.name.startsWith(`${name} `))) break
    words.push(arg)
  }
  return { words, rest: [...rest, ...args.slice(index)] }
}

function commonOption(arg: string): CommandOption | undefined {
  const all: Readonly<Record<string, CommandOption>> = commonOptions
  const [name = ''] = arg.replace(/^--/, '').split('=')
  if (arg.startsWith('--')) return Object.hasOwn(all, name) ? all[name] : undefined
  return Object.values(all).find(({ short }) => arg === `-${short}`)
}

function withoutCommand(
  words: readonly string[],
  rest: readonly string[],
  commands: readonly Command[],
): Invocation {
  const { values, positionals } = parseOptions(
    rest,
    { ...commonOptions, version: VERSION },
    words.join(' '),
    true,
  )
  const [unknown] = positionals
  if (unknown !== undefined) throw unknownCommand([...words, ...positionals], commands)
  return { command: undefined, words, values, positionals }
}

const VERSION: CommandOption = { type: 'boolean', short: 'v', help: 'Show the version' }

/** @param typed words that are no command, the first of them perhaps the beginning of one */
export function unknownCommand(typed: readonly string[], commands: readonly Command[]): UsageError {
  const names = commands.map(({ name }) => name)
  const candidates = [...new Set([...names, ...names.map((name) => name.split(' ')[0] ?? '')])]
  const meant = nearest(typed.slice(0, 2).join(' '), candidates) ?? nearest(typed[0] ?? '', candidates)
  const cure = meant === undefined ? 'See `hookwright help`.' : `Did you mean \`hookwright ${meant}\`?`
  return new UsageError(`There is no command ${JSON.stringify(typed.slice(0, 2).join(' '))}. ${cure}`)
}

function parseOptions(
  args: readonly string[],
  options: Readonly<Record<string, CommandOption>>,
  name: string,
  isLenient = false,
) {
  const known = Object.entries(options).map(([long, { type, short, multiple }]) => [
    long,
    { type, ...(short === undefined ? {} : { short }), multiple: multiple === true },
  ])
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(known),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const values: Record<string, OptionValue> = {}
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
    // A command that there is not is worth more words than its options.
    if (option === undefined && isLenient && positionals.length > 0) continue
    if (option === undefined) throw unknownOption(token.rawName, options, name)
    values[token.name] = added(values[token.name], option, token)
  }
  return { values, positionals }
}

interface OptionToken {
  rawName: string
  value: string | undefined
  inlineValue: boolean | undefined
}

function added(before: OptionValue, option: CommandOption, token: OptionToken): OptionValue {
  const { rawName, value, inlineValue } = token
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value (got ${JSON.stringify(value)}).`)
    return true
  }
  // Nothing begins with a dash but options: what is left out would otherwise swallow the next one.
  if (value === undefined || (inlineValue !== true && /^-./.test(value))) {
    const example = `${rawName}${rawName.startsWith('--') ? '=' : ' '}${option.placeholder ?? '<value>'}`
    throw new UsageError(`${rawName} wants a value: ${example}`)
  }
  if (option.multiple === true) return [...(Array.isArray(before) ? before : []), value]
  if (before !== undefined) throw new UsageError(`${rawName} was given twice.`)
  return value
}

function unknownOption(
  typed: string,
  options: Readonly<Record<string, CommandOption>>,
  name: string,
): UsageError {
  const meant = nearest(typed.replace(/^-+/, ''), Object.keys(options))
  const cure =
    meant === undefined ? `See \`${`hookwright help ${name}`.trim()}\`.` : `Did you mean --${meant}?`
  return new UsageError(`${name === '' ? 'hookwright' : name}: there is no option ${typed}. ${cure}`)
}

function checkPositionals({ name, positionals = [], usage }: Command, given: readonly string[]): void {
  const missing = positionals[given.length]
  if (missing?.required === true)
    throw new UsageError(`${name}: <${missing.name}> is missing: ${missing.help}.\n${usage}`)
  const last = positionals.at(-1)
  if (given.length <= positionals.length || last?.many === true) return
  const extra = given[positionals.length] ?? ''
  throw new UsageError(`${name}: ${JSON.stringify(extra)} is one too many.\n${usage}`)
}
