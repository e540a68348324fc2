import { createInterface } from 'node:readline/promises'
import { type CommandContext, Interrupted, UsageError } from './command.ts'
import { flagOf } from './values.ts'

/**
 * Asks before something is done that cannot be undone, or that reaches many. `--yes` answers it beforehand, and must where
 * nobody can be asked: in a script, and with `--json`.
 *
 * @returns whether it shall be done
 * @throws UsageError where nobody can be asked
 */
export async function agreed({ values, out, signal }: CommandContext, question: string): Promise<boolean> {
  if (flagOf(values, 'yes')) return true
  if (!process.stdin.isTTY || out.json) {
    throw new UsageError(`${question} There is nobody to ask: say --yes, or run it on a terminal.`)
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  const interrupted = new AbortController()
  // The terminal is read key by key: Ctrl-C comes here, and not as a signal.
  reader.on('SIGINT', () => interrupted.abort())
  // Ctrl-D is no answer, and so a no.
  reader.on('close', () => interrupted.abort('closed'))
  try {
    const options = { signal: AbortSignal.any([signal, interrupted.signal]) }
    const answer = await reader.question(`${out.escape(question)} [y/N] `, options)
    return /^y(es)?$/i.test(answer.trim())
  } catch {
    out.note('')
    if (interrupted.signal.reason === 'closed') return false
    throw new Interrupted()
  } finally {
    reader.close()
  }
}

/** `--yes`, of every command that asks. */
export const yesOption = { type: 'boolean', short: 'y', help: 'Do not ask' } as const
