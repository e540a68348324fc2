import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TlsOptions } from 'node:tls'

/** What a proxy of a test does in place of connecting; true when it has done so. */
export type ProxyTrick = (socket: Duplex, request: IncomingMessage) => boolean

/** A forward proxy on loopback, for CONNECT and for requests with a whole URL. Every name leads to this machine. */
export async function startTestProxy(options: { tls?: TlsOptions; trick?: ProxyTrick } = {}) {
  const { tls, trick = () => false } = options
  const asked: { method: string; url: string; authorization: string | undefined }[] = []
  const sockets = new Set<Socket>()
  const server = tls === undefined ? createServer() : createSecureServer(tls)
  const note = ({ method = '', url = '', headers }: IncomingMessage) =>
    void asked.push({ method, url, authorization: headers['proxy-authorization'] })
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  })
  server.on('connect', (incoming: IncomingMessage, client: Duplex) => {
    note(incoming)
    client.on('error', () => {})
    if (trick(client, incoming)) return
    const target = connect(Number(URL.parse(`http://${incoming.url}`)?.port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      target.pipe(client).pipe(target)
    })
    target.on('error', () => client.destroy())
    client.on('close', () => target.destroy())
  })
  server.on('request', (incoming, response) => {
    note(incoming)
    if (trick(incoming.socket, incoming)) return
    const url = new URL(incoming.url ?? '')
    const { 'proxy-authorization': _, ...headers } = incoming.headers
    const { port, pathname, search } = url
    const forwarded = request({ host: '127.0.0.1', port, path: pathname + search, method: 'POST', headers })
    forwarded.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    host: `127.0.0.1:${port}`,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked: asked as readonly (typeof asked)[number][],
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
