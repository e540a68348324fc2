import { sameText } from '../core/same-text.ts'

/** What a hook sends when nothing else was asked for, as in drf-hooks. */
export const DEFAULT_HEADERS: Readonly<Record<string, string>> = { 'Content-Type': 'application/json' }

/** Whether two sets of headers send the same: the order of names does not matter, nor their case. Their values are secrets. */
export function sameHeaders(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  return sameText(canonical(a), canonical(b))
}

function canonical(headers: Readonly<Record<string, string>>): string {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return JSON.stringify(entries.sort(([a = ''], [b = '']) => (a < b ? -1 : Number(a > b))))
}
