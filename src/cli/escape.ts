/**
 * Characters that make a terminal do something, or show text otherwise than it is: controls (escape sequences begin with
 * one), what turns the direction of writing round, separators of lines, and halves of characters.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Text from outside as it may be shown on a terminal, on one line.
 *
 * @example
 * ```ts
 * escapeText('\x1b[2Jgone') // '\\x1b[2Jgone'
 * ```
 */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, escaped)
}

/** The same, with its lines left as they are. */
export function escapeLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(UNSAFE, (char) => (char === '\n' || char === '\t' ? char : escaped(char)))
}

/** JSON whose text does nothing to a terminal either: `JSON.stringify` leaves DEL, C1 controls and others as they are. */
export function escapeJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(
    value,
    (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner),
    indent,
  )
  return text.replace(UNSAFE, (char) => (char === '\n' ? char : `\\u${hex(char, 4)}`))
}

function escaped(char: string): string {
  const code = char.charCodeAt(0)
  return NAMED[char] ?? (code < 0x100 ? `\\x${hex(char, 2)}` : `\\u${hex(char, 4)}`)
}

function hex(char: string, digits: number): string {
  return char.charCodeAt(0).toString(16).padStart(digits, '0')
}
