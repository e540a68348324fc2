import { HookwrightError } from '../core/errors.ts'
import { checkHeaders } from '../outbound/index.ts'
import { Invalid, jsonOf, NULL } from './invalid.ts'
import type { RequestData } from './parse-body.ts'
import { wordsOf } from './problems.ts'

/**
 * The headers that a request asks for: an object, or its JSON in a form. Undefined where it names none.
 *
 * @param signing the names of those that sign deliveries
 */
export function readHeaders(
  { fields, form }: RequestData,
  signing: readonly string[],
): Record<string, string> | undefined {
  if (fields.headers === undefined) return undefined
  const headers = form ? jsonOf(fields.headers) : fields.headers
  if (headers === null) throw new Invalid(NULL)
  try {
    return checkHeaders(headers, signing)
  } catch (error) {
    if (error instanceof HookwrightError) throw new Invalid(wordsOf(error))
    throw error
  }
}
