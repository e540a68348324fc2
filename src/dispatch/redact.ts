import { type Layer, layersOf } from './escapes.ts'

/** What stands for what must not be read. */
export const REDACTED = '[redacted]'

/** Shorter texts are no secrets, and occur by chance. */
const SHORTEST = 6
/** Of a secret that is cut off at the end, so much tells nothing. */
const SHORTEST_REMAINS = 4

/** Takes some texts out of others. */
export interface Redactor {
  /**
   * Puts `[redacted]` where one of the texts occurs, also where it is escaped in the way of JSON, URLs, forms or HTML, or by
   * two of these.
   *
   * @param isCut whether the text is the beginning of a longer one: a secret at its end may be cut off
   */
  redact(text: string, isCut?: boolean): string
}

/**
 * Makes a redactor of these texts; those with less than 6 characters do not count.
 *
 * @example
 * ```ts
 * redactor(['s3cr3t']).redact('{"token":"s3cr3t"}') // '{"token":"[redacted]"}'
 * ```
 */
export function redactor(texts: Iterable<string>): Redactor {
  const secrets = [...new Set(texts)].filter((text) => text.length >= SHORTEST).map(searchFor)

  return {
    redact(text, isCut = false) {
      const ranges: Range[] = []
      const searched = isCut ? secrets : secrets.filter(({ core }) => text.includes(core))
      if (searched.length === 0) return text
      for (const layer of layersOf(text, isCut)) {
        for (const { find } of searched) find(layer, isCut ? text.length : undefined, ranges)
      }
      return ranges.length === 0 ? text : without(text, ranges)
    },
  }
}

type Range = [from: number, to: number]

interface Search {
  /** Its longest run of letters and digits: nothing escapes these, so that without it the text does not occur. */
  readonly core: string
  /** @param cutAt where the original text was cut off; what stands there may be the beginning of the secret */
  find(layer: Layer, cutAt: number | undefined, ranges: Range[]): void
}

/** By Knuth, Morris and Pratt, for both texts may be such that any other way takes the product of their lengths. */
function searchFor(secret: string): Search {
  const runs = secret.match(/[A-Za-z0-9]+/g) ?? ['']
  const core = runs.reduce((longest, run) => (run.length > longest.length ? run : longest))
  let borders: readonly number[] | undefined
  return {
    core,
    find({ text, at }, cutAt, ranges) {
      // Mostly it is not there, and then this is quicker.
      if (cutAt === undefined && !text.includes(core)) return
      borders ??= bordersOf(secret)
      let length = 0
      for (let index = 0; index < text.length; index += 1) {
        length = longer(secret, borders, length, text.charCodeAt(index))
        if (length === secret.length) ranges.push([at(index + 1 - length), at(index + 1)])
      }
      if (cutAt !== undefined && length >= SHORTEST_REMAINS) ranges.push([at(text.length - length), cutAt])
    },
  }
}

/** How much of the secret stands at the end of a text, once a character has been added to it. */
function longer(secret: string, borders: readonly number[], before: number, code: number): number {
  let length = before === secret.length ? (borders[before - 1] ?? 0) : before
  while (length > 0 && secret.charCodeAt(length) !== code) length = borders[length - 1] ?? 0
  return secret.charCodeAt(length) === code ? length + 1 : length
}

/** For each beginning of a text, the length of its longest proper part that is both its beginning and its end. */
function bordersOf(text: string): number[] {
  const borders = [0]
  let length = 0
  for (let index = 1; index < text.length; index += 1) {
    length = longer(text, borders, length, text.charCodeAt(index))
    borders.push(length)
  }
  return borders
}

function without(text: string, ranges: Range[]): string {
  ranges.sort(([a], [b]) => a - b)
  let result = ''
  let end = 0
  let isOpen = false
  for (const [from, to] of ranges) {
    if (!isOpen || from > end) {
      result += text.slice(end, from) + REDACTED
      isOpen = true
    }
    end = Math.max(end, to)
  }
  return result + text.slice(end)
}
