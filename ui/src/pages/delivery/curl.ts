import type { HeaderList } from '../../api/wire.ts'

/** A word of a shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** They follow from the rest, and a wrong one breaks the request. */
const FRAMING: ReadonlySet<string> = new Set(['host', 'content-length', 'connection', 'transfer-encoding'])

/** The request as a line for a shell. */
export function asCurl(request: { url: string; headers: HeaderList }, body: string | null): string {
  const parts = [
    `curl -X POST ${quoted(request.url)}`,
    ...request.headers
      .filter(([name]) => !FRAMING.has(name.toLowerCase()))
      .map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    // A body that begins with @ would be read from a file, but for this.
    ...(body === null ? [] : [`--data-raw ${quoted(body)}`]),
  ]
  return parts.join(' \\\n  ')
}
