import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { messageOf } from '../core/errors.ts'
import { parseExact } from '../core/json.ts'
import { type CommandContext, CommandError, UsageError } from './command.ts'

/**
 * JSON as it was typed, or from `@file`, or from stdin where it is `-`. Integers keep all their digits.
 *
 * @param what how errors call it: '<payload>'
 * @throws UsageError unless it is JSON
 */
export async function jsonInput(
  given: string,
  what: string,
  { cwd }: Pick<CommandContext, 'cwd'>,
): Promise<unknown> {
  const json = await read(given, what, cwd)
  try {
    return parseExact(json)
  } catch (cause) {
    const hint = given === json ? ' In a shell, put it in single quotes.' : ''
    throw new UsageError(`${what} is no JSON: ${messageOf(cause)}.${hint}`)
  }
}

async function read(given: string, what: string, cwd: string): Promise<string> {
  if (given === '-') return await text(process.stdin)
  if (!given.startsWith('@')) return given
  try {
    return await readFile(resolve(cwd, given.slice(1)), 'utf8')
  } catch (cause) {
    throw new CommandError(
      'file_unreadable',
      `${what}: ${given.slice(1)} cannot be read: ${messageOf(cause)}`,
      { cause },
    )
  }
}
