import type { HeaderList } from '../../api/wire.ts'

/** Quotes end a word, and a terminal obeys these before any shell sees them: DEL alone takes the quote back. Newlines do nothing. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /'|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g

/** A word of a shell, whatever is in it. */
const quoted = (text: string): string =>
  `'${text.replace(UNSAFE, (found) => (found === "'" ? "'\\''" : `'"$(printf '${octal(found)}')"'`))}'`

const octal = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')

/** They follow from the rest, and a wrong one breaks the request. */
const FRAMING: ReadonlySet<string> = new Set(['host', 'content-length', 'connection', 'transfer-encoding'])

/** The request as a line for a shell. */
export function asCurl(request: { url: string; headers: HeaderList }, body: string | null): string {
  const parts = [
    // Of `[1-1000000]` in a target it would make as many requests.
    `curl --globoff -X POST ${quoted(request.url)}`,
    ...request.headers
      .filter(([name]) => !FRAMING.has(name.toLowerCase()))
      .map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    // A body that begins with @ would be read from a file, but for this.
    ...(body === null ? [] : [`--data-raw ${quoted(body)}`]),
  ]
  return parts.join(' \\\n  ')
}
