/** The next page, as RFC 8288 has it: relative to the address that was asked. */
export function nextOf(link: string | null, base: string): string | null {
  const [, target] = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '') ?? []
  return target === undefined ? null : new URL(target, base).href
}
