import type { Cipher } from '../core/cipher.ts'
import { messageOf } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { opened } from '../hooks/index.ts'
import type { Claimed } from './claimed.ts'

/** A delivery whose hook cannot be decrypted is due again after this long. */
export const UNREADABLE_DELAY_MS = 60_000

/**
 * Deliveries with their hooks decrypted, and those where that cannot be done. The latter is nobody's fault but our own: no
 * attempt is made or counted, and they wait until the key is there.
 */
export function openClaimed(
  { cipher, logger }: { cipher: Cipher; logger: Logger },
  claimed: readonly Claimed[],
): { readable: Claimed[]; unreadable: Claimed[] } {
  const readable: Claimed[] = []
  const unreadable: Claimed[] = []
  const problems = new Set<string>()
  for (const one of claimed) {
    try {
      readable.push({ ...one, hook: opened(cipher, one.hook) })
    } catch (error) {
      problems.add(messageOf(error))
      unreadable.push(one)
    }
  }
  if (unreadable.length > 0) {
    const hooks = [...new Set(unreadable.map(({ hook }) => hook.id))]
    logger.error(
      { hooks, deliveries: unreadable.length },
      `deliveries wait, because what the database keeps of their hooks cannot be read: ${[...problems].join(' ')}`,
    )
  }
  return { readable, unreadable }
}
