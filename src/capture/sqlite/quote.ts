export { identifier } from '../../store/quote.ts'

/** A text as SQL text. It must not hold NUL, which ends a statement. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** SQLite takes ASCII letters in names as the same in either case, and only these. */
export function lowerCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
