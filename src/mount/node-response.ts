import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Sends a response of the Fetch standard through `node:http`. Resolves when it is sent, or when nobody waits for it. */
export async function send(from: Response, message: IncomingMessage, to: ServerResponse): Promise<void> {
  if (to.destroyed || to.headersSent) {
    await from.body?.cancel()
    return
  }
  to.statusCode = from.status
  if (from.statusText !== '' && message.httpVersionMajor < 2) to.statusMessage = from.statusText
  for (const [name, value] of from.headers) if (name !== 'set-cookie') to.setHeader(name, value)
  const cookies = from.headers.getSetCookie()
  if (cookies.length > 0) to.setHeader('set-cookie', cookies)
  readOnAfter(message, to)
  if (from.body === null || message.method === 'HEAD') {
    await from.body?.cancel()
    to.end()
    return
  }
  try {
    await pipeline(Readable.fromWeb(from.body), to)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

/** What was not read of the request would hold up the next one on this connection. */
export function readOnAfter(message: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (!message.complete) message.resume()
  })
}

/** Whether the other side has closed the connection: that is no error of ours. */
function isGone(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE'
}
