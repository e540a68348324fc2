import { Invalid, NUL_CHARACTER, NULL, REQUIRED, textOf } from './invalid.ts'
import { readOwnField } from './own-field.ts'
import type { RequestData } from './parse-body.ts'
import { type FieldErrors, HttpProblem } from './problems.ts'

/**
 * Reads fields, each by a function under its name, and tells what is wrong with all of them.
 *
 * @throws 400
 */
export function readFields<Fields extends object>(
  readers: {
    [Name in keyof Fields]: () => Fields[Name]
  },
): Fields {
  const errors: FieldErrors = {}
  const values: Record<string, unknown> = {}
  for (const [name, reader] of Object.entries<() => unknown>(readers)) {
    try {
      values[name] = reader()
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      errors[name] = error.messages
    }
  }
  if (Object.keys(errors).length > 0) throw new HttpProblem(400, errors)
  return values as Fields
}

/** What a field may be left out by: not at all, as null, or empty in a form or a query. */
function given({ fields, form }: RequestData, name: string): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return value === null || (form && value === '') ? undefined : value
}

/** Names of events, and what is searched for, have no more characters. */
const LONGEST_TEXT = 255

export function readText(data: RequestData, name: string, longest = LONGEST_TEXT): string | undefined {
  const value = given(data, name)
  if (value === undefined) return undefined
  const text = textOf(value)
  if (text.includes('\0')) throw new Invalid(NUL_CHARACTER)
  if ([...text].length <= longest) return text
  throw new Invalid(`Ensure this field has no more than ${longest} characters.`)
}

/** Some of these, with commas between. */
export function readChoices<Choice extends string>(
  data: RequestData,
  name: string,
  choices: readonly Choice[],
): Choice[] | undefined {
  const value = given(data, name)
  if (value === undefined) return undefined
  return textOf(value)
    .split(',')
    .map((one) => {
      const found = choices.find((choice) => choice === one.trim())
      if (found === undefined) throw new Invalid(`"${one.trim()}" is not a valid choice.`)
      return found
    })
}

export function readInteger(
  data: RequestData,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const value = given(data, name)
  if (value === undefined) return undefined
  const number = readOwnField(
    { ...data, fields: { [name]: value } },
    { name, type: 'integer', default: undefined, nullable: false },
    false,
  ) as number
  if (number < least) throw new Invalid(`Ensure this value is greater than or equal to ${least}.`)
  if (number > most) throw new Invalid(`Ensure this value is less than or equal to ${most}.`)
  return number
}

export function readBoolean(data: RequestData, name: string): boolean {
  const value = given(data, name)
  if (value === undefined) return false
  const definition = { name, type: 'boolean', default: false, nullable: false } as const
  return readOwnField({ ...data, fields: { [name]: value } }, definition, false) as boolean
}

/** https://www.rfc-editor.org/rfc/rfc3339, and what ISO 8601 lets be left out of it. Without a zone it is UTC. */
const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?([Zz]|[+-]\d\d(?::?\d\d)?)?)?$/

const NO_TIME =
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].'

export function readTime(data: RequestData, name: string): Date | undefined {
  const value = given(data, name)
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw new Invalid(NO_TIME)
  // A plus that nobody has escaped in a query.
  const text = value.trim().replace(/(?<=[Tt].*) (?=\d\d(?::?\d\d)?$)/, '+')
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    TIME.exec(text) ?? []
  const date = `${year}-${month}-${day}`
  const offset = /^[Zz]$/.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
  const time = new Date(`${date}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`)
  // There are engines, and days, with which the 30th of February is the 2nd of March.
  const isDay = new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date) === true
  if (year === undefined || Number.isNaN(time.getTime()) || !isDay) throw new Invalid(NO_TIME)
  return time
}

export function readRequiredTime(data: RequestData, name: string): Date {
  const value = Object.hasOwn(data.fields, name) ? data.fields[name] : undefined
  if (value === undefined) throw new Invalid(REQUIRED)
  if (value === null) throw new Invalid(NULL)
  const time = readTime(data, name)
  if (time === undefined) throw new Invalid(NO_TIME)
  return time
}
