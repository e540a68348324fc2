import type { CommandContext } from './command.ts'
import { UsageError } from './command.ts'

type Values = CommandContext['values']

/** An option's text; undefined when it was not given. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

/** Whether an option was given. */
export function flagOf(values: Values, name: string): boolean {
  return values[name] === true
}

/** What an option that may be given several times was given. */
export function listOf(values: Values, name: string): readonly string[] {
  const value = values[name]
  return Array.isArray(value) ? value : []
}

/** @throws UsageError unless it is a whole number above 0, or was not given */
export function countOf(values: Values, name: string): number | undefined {
  const text = textOf(values, name)
  if (text === undefined) return undefined
  const count = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count
  throw new UsageError(`--${name}: it must be a whole number above 0 (got ${JSON.stringify(text)}).`)
}

/** The id of a hook. @throws UsageError unless it is a number */
export function hookIdOf(text: string, what = '<id>'): number {
  const id = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(id)) return id
  throw new UsageError(
    `${what}: the id of a hook is a number (got ${JSON.stringify(text)}). \`hookwright hooks list\` shows them.`,
  )
}

/** One of several words. @throws UsageError */
export function choiceOf<Choice extends string>(
  values: Values,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textOf(values, name)
  if (text === undefined) return undefined
  const choice = choices.find((each) => each === text)
  if (choice !== undefined) return choice
  throw new UsageError(`--${name}: it must be ${choices.join(', ')} (got ${JSON.stringify(text)}).`)
}
