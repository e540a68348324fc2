import { type Layer, layersOf } from './escapes.ts'

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
  const secrets = [...new Set(texts)].filter((text) => text.length >= SHORTEST).map(searchFor)
  const longest = Math.max(0, ...secrets.map(({ length }) => length))

  return {
    redact(text, isCut = false) {
      const ranges: Range[] = []
      const present = secrets.filter(({ core }) => text.includes(core))
      if (present.length > 0) {
        for (const layer of layersOf(text)) for (const { find } of present) find(layer, ranges)
      }
      if (isCut && secrets.length > 0) {
        const from = Math.max(0, text.length - longest * LONGEST_ESCAPE)
        for (const layer of layersOf(text.slice(from), true)) {
          for (const { remains } of secrets) {
            const begin = remains(layer)
            if (begin !== undefined) ranges.push([from + begin, text.length])
          }
        }
      }
      return ranges.length === 0 ? text : without(text, ranges)
    },
  }
}

type Range = [from: number, to: number]

interface Search {
  readonly length: number
  /** Its longest run of letters and digits: nothing escapes these, so that without it the text does not occur. */
  readonly core: string
  find(layer: Layer, ranges: Range[]): void
  /** Where the beginning of the secret stands at the end of a text that was cut off there. */
  remains(layer: Layer): number | undefined
}

/** From this length on, a text and a secret may be such that looking for it takes the product of their lengths. */
const LONG = 64

function searchFor(secret: string): Search {
  const runs = secret.match(/[A-Za-z0-9]+/g) ?? ['']
  const core = runs.reduce((longest, run) => (run.length > longest.length ? run : longest))
  // The way of Knuth, Morris and Pratt, which takes the sum of them.
  let known: readonly number[] | undefined
  const borders = () => {
    known ??= bordersOf(secret)
    return known
  }
  return {
    length: secret.length,
    core,
    find({ text, at }, ranges) {
      if (!text.includes(core)) return
      const add = (end: number) => ranges.push([at(end - secret.length), at(end)])
      if (secret.length >= LONG) {
        endsOf(secret, borders(), text, add)
        return
      }
      for (let index = text.indexOf(secret); index >= 0; index = text.indexOf(secret, index + 1)) {
        add(index + secret.length)
      }
    },
    remains({ text, at }) {
      const length = endsOf(secret, borders(), text.slice(-secret.length))
      return length < SHORTEST_REMAINS ? undefined : at(text.length - length)
    },
  }
}

/** Tells where a secret ends in a text, each time, and how much of it stands at the text's end. */
function endsOf(
  secret: string,
  borders: readonly number[],
  text: string,
  found?: (end: number) => void,
): number {
  let length = 0
  for (let index = 0; index < text.length; index += 1) {
    length = longer(secret, borders, length, text.charCodeAt(index))
    if (length === secret.length) found?.(index + 1)
  }
  return length
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
