import type { Random } from './random.ts'

/** The digits of an event's id that are its time, in milliseconds. */
const TIME_DIGITS = 12

/**
 * An event's id: 32 hexadecimal digits, the first twelve of them its time, as in a UUID of version 7, and the rest chance. So
 * the unique index over all ids grows at one end, where chance alone would touch a page anywhere for each event.
 *
 * @param now milliseconds since the epoch
 */
export function newUid(now: number, random: Random): string {
  return Math.trunc(now).toString(16).padStart(TIME_DIGITS, '0') + random.id().slice(TIME_DIGITS)
}
