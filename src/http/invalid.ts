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

/** A value as text, as Django REST framework takes one: numbers count, and spaces around it do not. */
export function textOf(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') throw new Invalid(NO_STRING)
  const text = String(value).trim()
  if (!text.isWellFormed()) throw new Invalid(NO_STRING)
  return text
}
