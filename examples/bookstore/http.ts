import type { IncomingMessage, ServerResponse } from 'node:http'

/** What ends a request early, with its status. */
export class HttpError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const LONGEST_BODY = 1024 * 1024

/** The body as text, exactly as it came. */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LONGEST_BODY) throw new HttpError(413, 'The body is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

export async function readObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  const value = parseJson(await readText(request))
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new HttpError(400, 'The body must be a JSON object.')
}

/** Undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
