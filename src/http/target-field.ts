import { isIPv4 } from 'node:net'
import { HookwrightError } from '../core/errors.ts'
import type { AddressPolicy } from '../outbound/index.ts'
import { checkTarget } from '../outbound/index.ts'
import { BLANK, Invalid, NUL_CHARACTER, NULL, REQUIRED, textOf } from './invalid.ts'
import type { RequestData } from './parse-body.ts'
import { wordsOf } from './problems.ts'

const NO_URL = 'Enter a valid URL.'

/** drf-hooks' column has no room for more. */
const LONGEST_TARGET = 255

/** The target that a request asks for; undefined where it names none, which is an error if it has to. */
export function readTarget(
  { fields }: RequestData,
  policy: AddressPolicy,
  required: boolean,
): string | undefined {
  const { target } = fields
  if (target === undefined && required) throw new Invalid(REQUIRED)
  if (target === undefined) return undefined
  if (target === null) throw new Invalid(NULL)
  const text = textOf(target)
  if (text === '') throw new Invalid(BLANK)
  const messages = faultsOf(text, policy)
  if (messages.length > 0) throw new Invalid(...messages)
  return text
}

function faultsOf(text: string, policy: AddressPolicy): string[] {
  const long =
    [...text].length > LONGEST_TARGET
      ? [`Ensure this field has no more than ${LONGEST_TARGET} characters.`]
      : []
  if (text.includes('\0')) return [...long, NUL_CHARACTER]
  if (isOddAddress(text)) return [...long, NO_URL]
  try {
    checkTarget(text, policy)
    return long
  } catch (error) {
    if (!(error instanceof HookwrightError)) throw error
    return [...long, error.code === 'target_invalid' ? NO_URL : wordsOf(error)]
  }
}

/** An IPv4 address in another notation than four decimal numbers, such as `http://127.1/`: no URL to drf-hooks. */
function isOddAddress(text: string): boolean {
  const hostname = URL.parse(text)?.hostname ?? ''
  return isIPv4(hostname) && !text.includes(hostname)
}
