/**
 * The next page, as RFC 8288 has it: relative to the address that was asked, and the same but for its query. Whoever has written
 * another gets no token.
 */
export function nextOf(link: string | null, base: string): string | null {
  const [, target] = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '') ?? []
  const next = target === undefined ? null : URL.parse(target, base)
  const asked = new URL(base)
  return next?.origin === asked.origin && next.pathname === asked.pathname ? next.href : null
}
