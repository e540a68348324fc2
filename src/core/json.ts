import { problem } from './errors.ts'

declare global {
  interface JSON {
    /** In Node since 22; not in TypeScript's library yet. https://tc39.es/proposal-json-parse-with-source/ */
    rawJSON(text: string): unknown
  }
}

/**
 * Writes a value as JSON text, exactly, or refuses. Where `JSON.stringify` would quietly drop or change a value (NaN, a
 * function, a Map), this throws `payload_not_json` and names the place. A bigint becomes a JSON integer with all its digits.
 * As with `JSON.stringify`, `toJSON` is honoured (dates become ISO 8601) and properties that are `undefined` are left out.
 *
 * @param field what the value is to the caller; the start of the path in errors
 * @example
 * ```ts
 * toJson({ id: 9007199254740993n, when: new Date(0) }, 'payload') // {"id":9007199254740993,"when":"1970-01-01T00:00:00.000Z"}
 * ```
 */
export function toJson(value: unknown, field: string): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value, exactly)
  } catch (error) {
    throw withPath(value, field, error)
  }
  if (text === undefined) throw withPath(value, field, undefined)
  return text
}

/** Thrown by the replacer; never seen by a caller, who gets the error with its path instead. */
class NotJson extends Error {
  readonly value: unknown
  constructor(value: unknown) {
    super('not JSON')
    this.value = value
  }
}

function exactly(this: unknown, key: string, value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return JSON.rawJSON(value.toString())
    case 'number':
      if (Number.isFinite(value)) return value
      throw new NotJson(value)
    case 'function':
    case 'symbol':
      throw new NotJson(value)
    case 'object':
      if (value instanceof Map || value instanceof Set || value instanceof Promise) throw new NotJson(value)
      // An invalid date's toJSON gives null: `this[key]` is the value as it was before toJSON.
      if (value === null && isInvalidDate(this, key)) throw new NotJson('an invalid Date')
      return value
    case 'undefined':
      // In an array it would turn into null.
      if (Array.isArray(this)) throw new NotJson(value)
      return value
    default:
      return value
  }
}

function isInvalidDate(holder: unknown, key: string): boolean {
  const original = (holder as Record<string, unknown>)[key]
  return original instanceof Date && Number.isNaN(original.getTime())
}

/** The slow way, once it is known that something is wrong: walk until the culprit is met, and name its place. */
function withPath(value: unknown, field: string, error: unknown): Error {
  const cause = error instanceof NotJson ? undefined : error
  const culprit = error instanceof NotJson ? error.value : undefined
  const path = cause === undefined ? find(value, field, new Set()) : undefined
  return problem('payload_not_json', {
    field: path ?? field,
    ...(cause === undefined ? { value: describe(culprit) } : {}),
    problem:
      cause === undefined ? 'JSON has no such value' : `it cannot be written as JSON (${String(cause)})`,
    cure: 'Send null, numbers, strings, booleans, dates, bigints, arrays and plain objects of these',
    cause,
  })
}

function describe(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : value
}

function find(value: unknown, path: string, seen: Set<unknown>): string | undefined {
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Map || value instanceof Set || value instanceof Promise) return path
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? path : undefined
    if (seen.has(value)) return undefined
    seen.add(value)
    const asWritten =
      'toJSON' in value && typeof value.toJSON === 'function' ? (value.toJSON() as unknown) : value
    if (asWritten !== value) return find(asWritten, path, seen)
    for (const [key, child] of Object.entries(value)) {
      const here = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`
      if (child === undefined && !Array.isArray(value)) continue
      const found = find(child, here, seen)
      if (found !== undefined) return found
    }
    return undefined
  }
  const good =
    value === null || ['string', 'boolean', 'bigint'].includes(typeof value) || Number.isFinite(value)
  return good ? undefined : path
}

/**
 * Reads JSON text without losing digits: an integer beyond ±2^53 becomes a bigint.
 *
 * @example
 * ```ts
 * parseExact('{"id":9007199254740993}') // { id: 9007199254740993n }
 * ```
 */
export function parseExact(text: string): unknown {
  return JSON.parse(text, bigIntegers)
}

function bigIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return /^-?\d+$/.test(source) ? BigInt(source) : value
}
