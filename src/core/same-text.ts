import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * Whether two texts are the same, in a time that tells nothing of where they differ: for secrets.
 *
 * @example
 * ```ts
 * sameText(given, secret)
 * ```
 */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

/** Of one length, whatever the length of the text. */
function digest(text: string): Buffer {
  // Half characters would all become the same in UTF-8.
  return createHash('sha256').update(text, 'utf16le').digest()
}
