import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

export interface Targets {
  origin: string
  /** The requests that came, by their paths. */
  paths: string[]
  close(): Promise<void>
}

/** Of the response's body so much is kept. */
const KEPT = 16 * 1024

type Answer = (socket: Socket, head: string, body: string, secret: string) => void

const say = (status: string, headers: string, body: string) =>
  `HTTP/1.1 ${status}\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`

const headersOf = (head: string) =>
  head
    .split('\r\n')
    .slice(1)
    .filter((line) => line !== '')
const queryOf = (head: string) => /\?(\S*)/.exec(head)?.[1] ?? ''
/** Each header of the request, as a header of the answer. */
const echoed = (head: string) =>
  headersOf(head)
    .map((line) => `x-echo-${line}\r\n`)
    .join('')

/** Targets that know everything and tell it. */
const answers: Record<string, Answer> = {
  '/ok': (socket) => socket.end(say('200 OK', '', 'thanks')),
  '/fails': (socket, head, body) => socket.end(say('500 Broken', '', `${head}\n\n${body}`)),
  '/echo': (socket, head, body, secret) =>
    socket.end(
      say(
        '200 OK',
        echoed(head),
        JSON.stringify({ head, headers: headersOf(head), query: queryOf(head), body, secret }),
      ),
    ),
  '/echo-as-url': (socket, head, _body, secret) =>
    socket.end(say('404 Nothing', '', encodeURIComponent(`${head} ${secret}`))),
  '/echo-as-html': (socket, head, _body, secret) =>
    socket.end(
      say(
        '400 Bad',
        '',
        `<pre>${`${head} ${secret}`.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}</pre>`,
      ),
    ),
  '/redirects': (socket, head) => {
    const to = `location: http://127.0.0.1/elsewhere?${queryOf(head)}&next=${encodeURIComponent(queryOf(head))}\r\n`
    socket.end(
      say(
        '302 Elsewhere',
        `${to}set-cookie: last=${encodeURIComponent(head.replaceAll('\r\n', '|'))}\r\n`,
        '',
      ),
    )
  },
  '/fills': (socket, head, _body, secret) => {
    // The end of what is kept lies within one of them.
    const text = `${headersOf(head).join('\n')} ${secret} ${queryOf(head)}`
    const length = Number(/[?&]cut=(\d+)/.exec(head)?.[1] ?? 0)
    socket.end(say('500 Full', '', `${'.'.repeat(KEPT - length)}${text}${'.'.repeat(KEPT)}`))
  },
  '/breaks': (socket, head) => {
    socket.write(`HTTP/1.1 500 Broken\r\ncontent-length: 100000\r\n\r\n${head}`, () => socket.destroy())
  },
  '/reason': (socket, head) =>
    socket.end(
      `HTTP/1.1 500 ${head.replaceAll('\r\n', ' ')}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
    ),
  '/garbage': (socket, head, body, secret) => socket.end(`${secret} ${head} ${body}\r\n\r\n`),
  '/broken-header': (socket, head, _body, secret) =>
    socket.end(`HTTP/1.1 200 OK\r\n${head.replaceAll('\r\n', ' ')} ${secret}\r\n\r\n`),
  '/two-lengths': (socket, head) =>
    socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: ${queryOf(head)}\r\n\r\nhello`),
  '/closes': (socket) => socket.destroy(),
  '/hangs': () => {},
}

export const PATHS = Object.keys(answers)

/** @param secret what a target tells besides what it got: it knows the secret too */
export async function startTargets(secret: string): Promise<Targets> {
  const sockets = new Set<Socket>()
  const paths: string[] = []
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let request = ''
    socket.setEncoding('latin1').on('data', (chunk) => {
      request += String(chunk)
      const [head = '', body = ''] = request.split('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (!request.includes('\r\n\r\n') || body.length < length) return
      request = ''
      const path = /^POST ([^ ?]+)/.exec(head)?.[1] ?? ''
      paths.push(path)
      answers[path]?.(socket, head, body, secret)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
