import { type Header, readHeader } from '../header.ts'

/**
 * The version of the functions' text. Raise it with every change of that text: a running process repairs functions of older
 * versions and leaves those of newer ones alone.
 */
export const TRIGGER_VERSION = 1

/** What a function says of itself; undefined for one that is no trigger's of ours, whatever its name. */
export function functionHeader(body: string): Header | undefined {
  return readHeader(body.trimStart(), TRIGGER_VERSION)
}
