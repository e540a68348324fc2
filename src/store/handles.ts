/** Whether a value has methods of these names: how a driver's handle is known without its package. */
export function hasMethods(value: unknown, names: readonly string[]): value is object {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return names.every((name) => typeof (value as unknown as Record<string, unknown>)[name] === 'function')
}

/** What a wrong value is, for a message: its class only, because its fields may hold a password. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  const name = (typeof value === 'object' && value.constructor?.name) || typeof value
  return `${/^[AEIOU]/i.test(name) ? 'an' : 'a'} ${name}`
}
