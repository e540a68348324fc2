const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** The place of a property, as one writes it in source: `payload.items[0]["first name"]`. */
export function member(base: string, key: PropertyKey): string {
  if (typeof key === 'string') return IDENTIFIER.test(key) ? `${base}.${key}` : entry(base, key)
  return `${base}[${String(key)}]`
}

/** The place of an entry under a name that the user chose: `events["book.added"]`. */
export function entry(base: string, name: string): string {
  return `${base}[${JSON.stringify(name)}]`
}
