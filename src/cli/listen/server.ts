import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CommandError } from '../command.ts'
import type { Arrival } from './arrival.ts'
import { type Answer, detail } from './forward.ts'

/** Far beyond what hookwright sends; a stranger must not fill the memory. */
const MOST_BYTES = 16 * 1024 * 1024

export interface LocalServer {
  readonly port: number
  /** Ends it, once what is under way is answered. */
  close(): Promise<void>
}

/**
 * A web server for this machine alone.
 *
 * @param port 0 for any that is free
 * @throws CommandError `port_taken`, `port_forbidden`
 */
export async function startServer(
  port: number,
  receive: (arrival: Arrival) => Promise<Answer>,
): Promise<LocalServer> {
  const underWay = new Set<Promise<void>>()
  const server = createServer((request, response) => {
    const answering = answer(request, response, receive)
      // Its other end may be gone at any moment.
      .catch(() => void response.destroy())
      .finally(() => underWay.delete(answering))
    underWay.add(answering)
  })
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, '127.0.0.1', resolve)
  try {
    await listening
  } catch (cause) {
    throw refused(cause, port)
  }
  server.off('error', reject)
  server.on('error', () => {})
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      await Promise.all(underWay)
      server.closeAllConnections()
      await closed
    },
  }
}

function refused(cause: unknown, port: number): unknown {
  const { code } = cause as { code?: string }
  const other = 'Name another one with --port, or --port 0 for any that is free.'
  if (code === 'EADDRINUSE')
    return new CommandError('port_taken', `Port ${port} is taken by another program. ${other}`, { cause })
  if (code === 'EACCES')
    return new CommandError('port_forbidden', `This user may not listen on port ${port}. ${other}`, { cause })
  return cause
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  receive: (arrival: Arrival) => Promise<Answer>,
): Promise<void> {
  response.on('error', () => {})
  const body = await read(request)
  let answered: Answer
  if (request.method !== 'POST') answered = detail(405, 'hookwright listen takes what is POSTed.')
  else if (body === undefined)
    answered = detail(413, `hookwright listen takes ${MOST_BYTES} bytes at the most.`)
  else {
    answered = await receive({
      method: request.method,
      path: request.url ?? '/',
      headers: pairsOf(request.rawHeaders),
      body,
      at: new Date(),
    })
  }
  const { status, headers, body: bytes } = answered
  response.writeHead(status, [
    ...headers.flat(),
    ...(hasBody(status) ? ['content-length', String(bytes.length)] : []),
  ])
  await new Promise<void>((done) => {
    response.once('close', done)
    response.end(hasBody(status) ? bytes : undefined)
  })
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 304
}

/** Undefined where it is too large; what comes after that is thrown away. */
async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MOST_BYTES) chunks.push(chunk)
  }
  return size <= MOST_BYTES ? Buffer.concat(chunks) : undefined
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, n) => [raw[2 * n] ?? '', raw[2 * n + 1] ?? ''])
}
