import { errorTable } from '../core/errors.ts'
import { CommandError, Interrupted, UsageError } from './command.ts'
import { escapeJson, escapeLines } from './escape.ts'
import type { Output } from './output.ts'

/** A URL with a password, such as one of a database, also where it is malformed; and none with a port. */
const PASSWORD = /(\/\/[^\s/:@"'`]*):(?!\d{1,5}\/)[^\s"'`]*@/g

/** What is shown of a message: a password that was typed at a wrong place must not get into a log. */
function withoutPasswords(text: string): string {
  return text.replace(PASSWORD, '$1:[hidden]@')
}

/** Prints what went wrong to stderr. @returns the exit code */
export function reportFailure(error: unknown, out: Output): number {
  if (out.json) {
    const { code, message, field } = described(error)
    out.note(
      escapeJson({
        error: { code, message: withoutPasswords(message), ...(field === undefined ? {} : { field }) },
      }),
    )
  } else if (!(error instanceof Interrupted)) out.note(escapeLines(withoutPasswords(textOf(error))))
  if (error instanceof UsageError) return 2
  return error instanceof Interrupted ? 130 : 1
}

interface Described {
  code: string
  message: string
  field: string | undefined
}

function described(error: unknown): Described {
  if (!(error instanceof Error)) return { code: 'unknown', message: String(error), field: undefined }
  const { code, field } = error as { code?: unknown; field?: unknown }
  return {
    code: typeof code === 'string' ? code : 'unknown',
    message: error.message,
    field: typeof field === 'string' ? field : undefined,
  }
}

/** The message of what was foreseen; of anything else the stack, which tells where it comes from. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return `Error: ${String(error)}`
  const isForeseen =
    error instanceof UsageError ||
    error instanceof CommandError ||
    Object.hasOwn(errorTable, described(error).code)
  return isForeseen ? `Error: ${error.message}` : (error.stack ?? String(error))
}
