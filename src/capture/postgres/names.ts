import { createHash } from 'node:crypto'

/** PostgreSQL keeps 63 bytes of a name, and quietly forgets the rest. */
const LONGEST_NAME = 63

/** A name of at most 63 bytes; what is cut off a longer one is told apart by a few digits of its hash. */
export function shortName(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name
  const end = `_${digest(name)}`
  let kept = name
  while (Buffer.byteLength(kept) > LONGEST_NAME - end.length) kept = kept.slice(0, -1)
  // Half of a character that takes two units is no character.
  return `${kept.replace(/[\uD800-\uDBFF]$/, '')}${end}`
}

/** Eight hexadecimal digits that stand for a text. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

/** What capture writes into and reads; without any of these a trigger of ours fails, and the application's statement with it. */
export const TABLES_OF_TRIGGERS: readonly string[] = [
  'event',
  'listening',
  'departed',
  'hook',
  'subscription',
  'delivery',
  'lane',
]
