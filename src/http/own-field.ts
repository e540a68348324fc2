import type { FieldDefinition, FieldValue } from '../hooks/index.ts'
import { Invalid, NUL_CHARACTER, NULL, REQUIRED, textOf } from './invalid.ts'
import type { RequestData } from './parse-body.ts'

const TRUE = new Set(['true', 't', 'yes', 'y', 'on', '1'])
const FALSE = new Set(['false', 'f', 'no', 'n', 'off', '0'])

/**
 * The value of one of the application's own fields, of the types and in the words of Django REST framework: numbers and
 * truth may come as text, as they do in forms. Undefined where the request has none, which is an error if it has to.
 */
export function readOwnField(
  { fields, form }: RequestData,
  definition: FieldDefinition,
  required: boolean,
): FieldValue | undefined {
  const { name, type, nullable } = definition
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (value === undefined && required && definition.default === undefined) throw new Invalid(REQUIRED)
  if (value === undefined) return undefined
  if (value === null || (form && value === '' && type !== 'string' && nullable)) {
    if (nullable) return null
    throw new Invalid(NULL)
  }
  return readers[type](value)
}

const readers = {
  boolean(value: unknown): boolean {
    // No list: as text it may be deeper than the stack.
    const text = typeof value === 'object' ? '' : String(value).trim().toLowerCase()
    if (TRUE.has(text)) return true
    if (FALSE.has(text)) return false
    throw new Invalid('Must be a valid boolean.')
  },

  integer(value: unknown): number {
    const number = numberOf(value)
    if (Number.isSafeInteger(number)) return number
    throw new Invalid('A valid integer is required.')
  },

  number(value: unknown): number {
    const number = numberOf(value)
    if (Number.isFinite(number)) return number
    throw new Invalid('A valid number is required.')
  },

  string(value: unknown): string {
    const text = textOf(value)
    if (text.includes('\0')) throw new Invalid(NUL_CHARACTER)
    return text
  },
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}
