import { pythonType } from './python-type.ts'

/** What is wrong with the value of a field, in drf-hooks' words. */
export class Invalid extends Error {
  override readonly name = 'Invalid'
  readonly messages: string[]

  constructor(...messages: string[]) {
    super(messages.join(' '))
    this.messages = messages
  }
}

export const REQUIRED = 'This field is required.'
export const NULL = 'This field may not be null.'
export const BLANK = 'This field may not be blank.'
const NO_STRING = 'Not a valid string.'
export const NUL_CHARACTER = 'Null characters are not allowed.'

/** The JSON of a field: in a form, every value is text. */
export function jsonOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    throw new Invalid('Value must be valid JSON.')
  }
}

/** A value as text, as Django REST framework takes one: numbers count, and spaces around it do not. */
export function textOf(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') throw new Invalid(NO_STRING)
  const text = String(value).trim()
  if (!text.isWellFormed()) throw new Invalid(NO_STRING)
  return text
}

/** What was asked for is none of those that there are. */
export function notAChoice(value: unknown): Invalid {
  return new Invalid(`"${shown(value)}" is not a valid choice.`)
}

/** A value in its JSON form, except that text stands for itself. */
function shown(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  try {
    return JSON.stringify(value)
  } catch {
    // Nested deeper than the stack.
    return pythonType(value)
  }
}
