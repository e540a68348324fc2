import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What becomes of a chunk: it is passed on, or the connection breaks before or after it, or falls silent for ever. */
export type Fate = 'pass' | 'cut' | 'cut after' | 'swallow'

export interface TcpProxy {
  readonly port: number
  /** The same URL by way of the proxy. */
  through(url: string): string
  /** Decides about each chunk that goes to the server; `pass` while it is undefined. */
  toServer: ((chunk: Buffer) => Fate) | undefined
  /** What becomes of a chunk on its way back. It may be changed. */
  toClient: ((chunk: Buffer) => Buffer) | undefined
  /** Delay of each chunk in both directions, in milliseconds. */
  latencyMs: number
  /** Breaks all connections, as a router does that restarts. */
  cutAll(): void
  /** All connections, also new ones, fall silent: nothing arrives, and nobody is told. Those that are open stay so for ever. */
  blackHole(): void
  /** New connections work again. */
  restore(): void
  close(): Promise<void>
}

interface Pair {
  client: Socket
  server: Socket
  silent: boolean
}

/** A proxy before a server on this machine, whose connections fail as a network's do. */
export async function startTcpProxy(serverPort: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  let allSilent = false
  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1')
    const pair = { client, server, silent: allSilent }
    pairs.add(pair)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
    }
    client.on('data', (chunk) => forward(pair, chunk, server))
    server.on('data', (chunk) => {
      if (pair.silent) return
      const changed = proxy.toClient?.(chunk) ?? chunk
      later(() => client.write(changed))
    })
    client.on('close', () => {
      if (!pair.silent) later(() => server.destroy())
      if (!pair.silent || server.destroyed) pairs.delete(pair)
    })
    server.on('close', () => {
      if (!pair.silent) later(() => client.destroy())
    })
  })

  function forward(pair: Pair, chunk: Buffer, server: Socket): void {
    if (pair.silent) return
    const fate = proxy.toServer?.(chunk) ?? 'pass'
    if (fate === 'swallow') {
      pair.silent = true
      return
    }
    if (fate === 'cut') {
      cut(pair)
      return
    }
    if (fate === 'cut after') {
      pair.silent = true
      pair.client.resetAndDestroy()
      server.end(chunk)
      return
    }
    later(() => server.write(chunk))
  }

  function later(action: () => void): void {
    if (proxy.latencyMs === 0) action()
    else setTimeout(action, proxy.latencyMs)
  }

  function cut({ client, server }: Pair): void {
    client.resetAndDestroy()
    server.resetAndDestroy()
  }

  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  const proxy: TcpProxy = {
    port,
    through(url) {
      const way = new URL(url)
      way.hostname = '127.0.0.1'
      way.port = String(port)
      return way.href
    },
    toServer: undefined,
    toClient: undefined,
    latencyMs: 0,
    cutAll() {
      for (const pair of pairs) cut(pair)
    },
    blackHole() {
      allSilent = true
      for (const pair of pairs) pair.silent = true
    },
    restore() {
      allSilent = false
    },
    async close() {
      listener.close()
      for (const pair of pairs) cut(pair)
      await once(listener, 'close')
    },
  }
  return proxy
}
