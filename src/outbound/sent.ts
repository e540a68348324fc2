import type { WireRequest } from './wire.ts'

/** A POST as its target gets it, but for the body. */
export interface SentRequest {
  url: string
  /** In the order in which they are sent. */
  headers: [name: string, value: string][]
}

/** Headers as undici writes them: its own stand before and behind those that it is given. */
export function headersOverHttp1(
  host: string,
  { headers, body }: Pick<WireRequest, 'headers' | 'body'>,
): SentRequest['headers'] {
  const sent: SentRequest['headers'] = [
    ['host', host],
    ['connection', 'keep-alive'],
  ]
  for (let at = 0; at + 1 < headers.length; at += 2) sent.push([headers[at] ?? '', headers[at + 1] ?? ''])
  sent.push(['content-length', String(Buffer.byteLength(body))])
  return sent
}

/** Headers as they go into a stream of HTTP/2, behind the pseudo headers. */
export function headersOverHttp2({
  headers,
  body,
}: Pick<WireRequest, 'headers' | 'body'>): SentRequest['headers'] {
  const sent: SentRequest['headers'] = [['content-length', String(Buffer.byteLength(body))]]
  for (let at = 0; at + 1 < headers.length; at += 2) {
    // Spaces around a value are no part of it, and HTTP/2 forbids to send them: RFC 9113, 8.2.1.
    sent.push([headers[at]?.toLowerCase() ?? '', headers[at + 1]?.trim() ?? ''])
  }
  return sent
}
