/** A name as SQL writes it, on SQLite and PostgreSQL alike. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
