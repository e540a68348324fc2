/** The table that is written to: eight columns of common types. */

export const COLUMNS = ['user_id', 'title', 'author', 'pages', 'read_pages', 'fiction', 'price'] as const

export type Values = readonly (string | number)[]

/** A row's values without its key; `n` makes it another one. */
export function book(n: number): Values {
  return [1, `The Two Towers, volume ${n}`, 'J. R. R. Tolkien', 327 + (n % 100), n % 300, 1, 12.5]
}

/** What an application writes into its outbox about a row: as much as a trigger captures. */
export function payloadOf(id: number, values: Values): string {
  const row = Object.fromEntries(COLUMNS.map((column, index) => [column, values[index]]))
  return JSON.stringify({ id, ...row })
}

/** `(?, ?, …), (?, ?, …)` */
export function placeholders(rows: number, columns: number, placeholder: (n: number) => string): string {
  let n = 0
  const row = () => `(${Array.from({ length: columns }, () => placeholder(++n)).join(', ')})`
  return Array.from({ length: rows }, row).join(', ')
}
