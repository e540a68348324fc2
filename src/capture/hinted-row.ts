/** What a column of PostgreSQL's is, where its JSON does not tell: `bytea`, a number with a fraction, `json`, or arrays of these. */
type Hints = Record<string, 'blob' | 'number' | 'json'>

/** A number whose digits a double does not hold, as it was written. */
class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Fewer digits than these are safe in a double: 15, or 14 and a point. */
const MANY_DIGITS = /[\d.]{16}/

/** Reads `[hints, row]`, as PostgreSQL's triggers write it. */
export function decodeHinted(text: string): Record<string, unknown> {
  // The exact way is several times slower, and few rows need it.
  const exact = MANY_DIGITS.test(text)
  const [hints, row] = (exact ? JSON.parse(text, keepDigits) : JSON.parse(text)) as [
    Hints,
    Record<string, unknown>,
  ]
  for (const column of Object.keys(row)) {
    const value = row[column]
    if (value === null) continue
    const hint = Object.hasOwn(hints, column) ? hints[column] : undefined
    if (hint === 'blob' || hint === 'number') row[column] = each(value, hint === 'blob' ? toBase64 : toNumber)
    // Inside a json column a fraction is what it is in JavaScript.
    else if (exact && typeof value === 'object') row[column] = asNumbers(value)
  }
  return row
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  // PostgreSQL writes an exponent only for a double, whose shortest text it is.
  if (source === '' || /e/i.test(source)) return value
  if (!source.includes('.')) return BigInt(source)
  return isExact(source, value) ? value : new Digits(source)
}

/** Whether a number's shortest text has all its digits, but for zeros at the end. */
function isExact(source: string, value: number): boolean {
  const digits = (text: string) =>
    text.replace('-', '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '')
  const [mantissa = ''] = String(value).split('e')
  return digits(source) === digits(mantissa)
}

/** A value, or each one of an array of any depth. */
function each(value: unknown, decode: (value: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map((item) => each(item, decode)) : decode(value)
}

function toBase64(value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value.slice(2), 'hex').toString('base64') : value
}

/** `NaN` and the infinities are text in JSON. */
function toNumber(value: unknown): unknown {
  if (value instanceof Digits) return value.text
  return typeof value === 'string' ? Number(value) : value
}

/** Changes the value in place: it is as deep as somebody made it, and ours alone. */
function asNumbers(value: object): unknown {
  if (value instanceof Digits) return Number(value.text)
  const open: (Record<string, unknown> | unknown[])[] = [value as Record<string, unknown>]
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const fields = part as Record<string, unknown>
    for (const key of Object.keys(fields)) {
      const field = fields[key]
      if (field instanceof Digits) fields[key] = Number(field.text)
      else if (typeof field === 'object' && field !== null) open.push(field as Record<string, unknown>)
    }
  }
  return value
}
