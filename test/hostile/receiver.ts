import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { TestServer } from '../../src/outbound/test-server.ts'
import type { Play } from './mode.ts'

export interface HostileReceiver {
  target: string
  /** Requests that it has read to their end. */
  readonly requests: readonly string[]
  /** Connections so far, whatever was said on them. */
  readonly connections: number
  /** Sockets that are open now. */
  readonly open: number
  /** Reads on where it had stopped reading: only who reads notices that the other side has gone. */
  readAll(): void
  close(): Promise<void>
}

/** A receiver that plays a trick, on a port of its own. */
export async function startHostile(play: Play): Promise<HostileReceiver> {
  const { tls, connect, answer } = play
  const server: Server = tls === undefined ? createServer() : createTlsServer(tls)
  // A client that refuses the handshake is what is tested.
  server.on('tlsClientError', () => {})
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const speaking = await TestServer.start(
    answer ?? (() => {}),
    server,
    tls === undefined ? 'connection' : 'secureConnection',
  )
  speaking.onConnection = connect
  const scheme = tls === undefined ? (play.scheme ?? 'http') : 'https'
  const target = `${scheme}://${play.host ?? '127.0.0.1'}:${speaking.port}/hook`
  if (play.closed === true) await speaking.close()
  return {
    target,
    requests: speaking.requests,
    get connections() {
      return connections
    },
    get open() {
      return sockets.size
    },
    readAll() {
      for (const socket of sockets) {
        if (socket.isPaused()) socket.removeAllListeners('data').resume()
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      if (play.closed !== true) await speaking.close()
    },
  }
}
