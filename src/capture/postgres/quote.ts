import { identifier } from '../../store/quote.ts'

export { identifier }

/**
 * A text as SQL text. The text of a function is read again whenever a session first runs it, and the session may have
 * `standard_conforming_strings` off: a backslash is written so that both read the same.
 */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

export function inList(values: readonly string[]): string {
  return `(${values.map(literal).join(', ')})`
}

/** A body between dollar signs, which the body does not hold. */
export function dollars(body: string): string {
  let tag = '$hookwright$'
  for (let number = 1; body.includes(tag); number += 1) tag = `$hookwright${number}$`
  return `${tag}${body}${tag}`
}

/** A name with its schema, both quoted. */
export function qualified(schema: string, name: string): string {
  return `${identifier(schema)}.${identifier(name)}`
}

/**
 * A value as text, by the output function of its type. A cast (`::text`) may be one that somebody else has made, and would run
 * with the rights of ours.
 */
export function asText(value: string): string {
  return `CASE WHEN ${value} IS NOT NULL THEN pg_catalog.format('%s', ${value}) END`
}
