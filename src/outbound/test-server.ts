import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** What a server does with a request that it has read to its end. */
export type Answer = (socket: Socket, request: string) => void

/** A server on loopback that speaks bytes, so that it can misbehave, and counts. */
export class TestServer {
  readonly #server: Server
  readonly #open = new Set<Socket>()
  /** What it does with each request. */
  answer: Answer
  /** What it does with each connection, before any request. */
  onConnection: ((socket: Socket) => void) | undefined
  /** Connections so far. */
  connections = 0
  /** Requests so far, head and body. */
  readonly requests: string[] = []

  private constructor(server: Server, answer: Answer) {
    this.#server = server
    this.answer = answer
  }

  /** @param server one that is not listening yet; by default of plain TCP */
  static async start(
    answer: Answer = ok,
    server: Server = createServer(),
    event = 'connection',
  ): Promise<TestServer> {
    const started = new TestServer(server, answer)
    server.on(event, (socket: Socket) => started.#serve(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return started
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`
  }

  /** Sockets that are open now. */
  get open(): number {
    return this.#open.size
  }

  /** Closes the connections that are open now. */
  disconnect(): void {
    for (const socket of this.#open) socket.destroy()
  }

  async close(): Promise<void> {
    this.disconnect()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.connections += 1
    this.#open.add(socket)
    socket.on('close', () => this.#open.delete(socket))
    // A client that gives up resets the connection; that is what is tested.
    socket.on('error', () => undefined)
    this.onConnection?.(socket)
    let received = ''
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1')
      const end = endOf(received)
      if (end === undefined) return
      const request = received.slice(0, end)
      received = received.slice(end)
      this.requests.push(request)
      this.answer(socket, request)
    })
  }
}

function endOf(received: string): number | undefined {
  const head = received.indexOf('\r\n\r\n')
  if (head === -1) return undefined
  const length = Number(/^content-length: (\d+)/im.exec(received)?.[1] ?? 0)
  const end = head + 4 + length
  return received.length < end ? undefined : end
}

export const ok: Answer = (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')

/** Writes the same again and again, as fast as the other side reads, or every so many milliseconds. */
export function forever(socket: Socket, text: string | Buffer, everyMs?: number): void {
  if (everyMs !== undefined) {
    const timer = setInterval(() => socket.write(text), everyMs)
    socket.on('close', () => clearInterval(timer))
    return
  }
  const write = () => {
    while (!socket.destroyed && socket.write(text));
  }
  socket.on('drain', write)
  write()
}
