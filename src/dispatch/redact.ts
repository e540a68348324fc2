import { layersOf } from './escapes.ts'
import { type Search, searchFor } from './search.ts'

/** What stands for what must not be read. */
export const REDACTED = '[redacted]'

/** Shorter texts are no secrets, and occur by chance. */
const SHORTEST = 6
/** Of a secret that is cut off at the end, so much tells nothing. */
const SHORTEST_REMAINS = 4

/** One character takes no more than this, also where it is escaped twice. */
const LONGEST_ESCAPE = 36

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
  const secrets = [...new Set(texts)].filter((text) => text.length >= SHORTEST)
  const cores = secrets.map(coreOf)
  const longest = secrets.reduce((length, secret) => Math.max(length, secret.length), 0)
  let made: Search | undefined
  const search = () => {
    made ??= searchFor(secrets)
    return made
  }

  return {
    redact(text, isCut = false) {
      const ranges: Range[] = []
      if (cores.some((core) => text.includes(core))) {
        for (const { text: layer, at } of layersOf(text))
          search().scan(layer, (from, to) => ranges.push([at(from), at(to)]))
      }
      if (isCut && secrets.length > 0) {
        const from = Math.max(0, text.length - longest * LONGEST_ESCAPE)
        for (const { text: layer, at } of layersOf(text.slice(from), true)) {
          const remains = search().scan(layer.slice(-longest))
          if (remains >= SHORTEST_REMAINS) ranges.push([from + at(layer.length - remains), text.length])
        }
      }
      return ranges.length === 0 ? text : without(text, ranges)
    },
  }
}

type Range = [from: number, to: number]

/** The longest run of letters and digits: nothing escapes these, so that without it the text does not occur. */
function coreOf(text: string): string {
  const runs = text.match(/[A-Za-z0-9]+/g) ?? ['']
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest))
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
