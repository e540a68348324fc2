/** A text as it reads with its escapes resolved, and where in the original each of its characters begins. */
export interface Layer {
  readonly text: string
  at(index: number): number
}

/** How a kind of escape looks, and what it stands for. */
interface Escape {
  readonly pattern: RegExp
  /** Undefined for what only looks like one. */
  resolve(match: string): string | undefined
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}
const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** RFC 8259, 7, and `\x41` of JavaScript and Python. */
const json: Escape = {
  pattern: /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])/g,
  resolve(match) {
    const kind = match[1] ?? ''
    if (match.length > 2) return String.fromCharCode(Number.parseInt(match.slice(2), 16))
    return LETTERS[kind] ?? kind
  },
}

const utf8 = new TextDecoder()

/** RFC 3986, 2.1: the bytes of one character in UTF-8, or a byte that is none. */
const percent: Escape = {
  pattern:
    /%[c-dC-D][\da-fA-F]%[89abAB][\da-fA-F]|%[eE][\da-fA-F](?:%[89abAB][\da-fA-F]){2}|%[fF][0-7](?:%[89abAB][\da-fA-F]){3}|%[\da-fA-F]{2}/g,
  resolve(match) {
    const bytes = Buffer.from(match.replaceAll('%', ''), 'hex')
    return bytes.length === 1 ? bytes.toString('latin1') : utf8.decode(bytes)
  },
}

/** Of application/x-www-form-urlencoded. */
const form: Escape = {
  pattern: new RegExp(`${percent.pattern.source}|\\+`, 'g'),
  resolve: (match) => (match === '+' ? ' ' : percent.resolve(match)),
}

/** Character references of HTML, by number and those of the characters that must have one. */
const html: Escape = {
  pattern: /&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-z]{2,4});?/g,
  resolve(match) {
    const name = match.replace(/^&|;$/g, '')
    if (!name.startsWith('#')) return NAMED[name]
    const isHex = /^#x/i.test(name)
    const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10)
    return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
  },
}

const ESCAPES = [json, percent, form, html]

/**
 * A text as it is, and as it reads with the escapes of each kind resolved, and with those of another kind within.
 *
 * @param isCut whether the text was cut off, so that it may end with a part of an escape: it also reads without that
 */
export function layersOf(text: string, isCut = false): Layer[] {
  const seen = new Set<string>()
  const layers: Layer[] = []
  const add = (layer: Layer, to: Layer[]) => {
    addOne(layer, to)
    if (isCut) addOne({ ...layer, text: withoutPartial(layer.text) }, to)
  }
  const addOne = (layer: Layer, to: Layer[]) => {
    if (seen.has(layer.text)) return
    seen.add(layer.text)
    layers.push(layer)
    to.push(layer)
  }
  let last: Layer[] = []
  add({ text, at: (index) => index }, last)
  for (let depth = 0; depth < 2; depth += 1) {
    const next: Layer[] = []
    for (const layer of last) {
      for (const kind of ESCAPES) {
        const resolved = resolve(layer, kind)
        if (resolved !== undefined) add(resolved, next)
      }
    }
    last = next
  }
  return layers
}

/** What is left of an escape, or of the bytes of a character, that was cut off. */
const PARTIAL =
  /(?:(?:%[c-fC-F][\da-fA-F](?:%[89abAB][\da-fA-F]){0,2})?(?:%[\da-fA-F]?)?|\\(?:u[\da-fA-F]{0,3}|x[\da-fA-F]?)?|&#?\w{0,7}|[\ud800-\udbff]|\uFFFD+)$/

/** No partial escape is longer. */
const LONGEST_PARTIAL = 16

/** Only the end is looked at: from each place of a long text on, the pattern would run through all that it might match. */
function withoutPartial(text: string): string {
  return text.slice(0, -LONGEST_PARTIAL) + text.slice(-LONGEST_PARTIAL).replace(PARTIAL, '')
}

/** Undefined where there is nothing to resolve. */
function resolve(layer: Layer, { pattern, resolve }: Escape): Layer | undefined {
  // Where a part begins in the new text, and where in the old: before and behind each escape.
  const begins = [0]
  const origins = [0]
  let text = ''
  let end = 0
  for (const match of layer.text.matchAll(pattern)) {
    const resolved = resolve(match[0])
    if (resolved === undefined) continue
    text += layer.text.slice(end, match.index)
    end = match.index + match[0].length
    begins.push(text.length, text.length + resolved.length)
    origins.push(match.index, end)
    text += resolved
  }
  if (end === 0) return undefined
  text += layer.text.slice(end)
  return {
    text,
    at(index) {
      const part = lastUpTo(begins, index)
      return layer.at((origins[part] ?? 0) + index - (begins[part] ?? 0))
    },
  }
}

/** The position of the last of some ascending numbers that is not above a limit. */
function lastUpTo(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((numbers[middle] ?? 0) <= limit) low = middle
    else high = middle - 1
  }
  return low
}
