import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { DialError } from './failure.ts'
import { openTcp, openTls } from './open-socket.ts'
import { type ForwardProxy, tunnelFailure } from './proxy.ts'

/** Of an answer to CONNECT this much is read, then the proxy is given up. */
const LARGEST_ANSWER = 16 * 1024
const END = '\r\n\r\n'

/**
 * Connects to a proxy. Its address is the application's to say: the address policy is not asked, and the system resolves its
 * name. Whatever goes wrong is not the hook's fault.
 *
 * @throws DialError of `local`
 */
export async function openProxy(
  proxy: ForwardProxy,
  { signal, secureContext }: { signal: AbortSignal; secureContext: SecureContext | undefined },
): Promise<Socket> {
  const { hostname, port, host } = proxy
  try {
    const socket = await openTcp({ hostname, port, addresses: undefined, host, signal })
    if (!proxy.secure) return socket
    return await openTls({ socket, hostname, host, signal, protocols: ['http/1.1'], secureContext })
  } catch (error) {
    const { message } = error as Error
    throw new DialError('local', `the proxy ${message}`, error)
  }
}

/**
 * Has a proxy connect to a target, so that what is written from then on reaches it: RFC 9110, 9.3.6.
 *
 * @param target host and port
 * @throws DialError; the socket is destroyed then
 */
export async function openTunnel(socket: Socket, proxy: ForwardProxy, target: string): Promise<void> {
  const authorization =
    proxy.authorization === undefined ? '' : `proxy-authorization: ${proxy.authorization}\r\n`
  socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n${authorization}\r\n`)
  try {
    const { status, header } = await readAnswer(socket, proxy)
    if (status >= 200 && status < 300) return
    const { code, message } = tunnelFailure(proxy, target, status, header)
    throw new DialError(code, message)
  } catch (error) {
    socket.destroy()
    throw error
  }
}

interface Answer {
  status: number
  /** Gives a header by its name in lower case. */
  header(name: string): string | undefined
}

/** Reads the head of an answer and not a byte more: what follows is the target's. */
function readAnswer(socket: Socket, proxy: ForwardProxy): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0)
    const settle = (act: () => void) => {
      socket.off('data', read)
      socket.off('error', fail)
      socket.off('close', fail)
      socket.off('end', fail)
      socket.pause()
      act()
    }
    const fault = (what: string, cause?: unknown) =>
      settle(() => reject(new DialError('local', `the proxy ${proxy.host} ${what}`, cause)))
    const fail = (error?: unknown) => fault('closed the connection instead of opening a tunnel', error)
    const read = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      const end = received.indexOf(END)
      if (end === -1 || end > LARGEST_ANSWER) {
        if (received.length > LARGEST_ANSWER)
          fault(`answered with headers of more than ${LARGEST_ANSWER} bytes`)
        return
      }
      const head = received.toString('latin1', 0, end)
      const status = Number(/^HTTP\/1\.[01] ([2-9]\d\d)(?:[ \r]|$)/.exec(head)?.[1] ?? 0)
      if (status === 0) return fault('answered with what is no response of HTTP/1.1')
      proxy.answers += 1
      const rest = received.subarray(end + END.length)
      settle(() => {
        if (rest.length > 0) socket.unshift(rest)
        resolve({ status, header: (name) => headerOf(head, name) })
      })
    }
    socket.on('data', read)
    socket.once('error', fail)
    socket.once('close', fail)
    socket.once('end', fail)
  })
}

function headerOf(head: string, name: string): string | undefined {
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    if (line.slice(0, colon).toLowerCase() === name) return line.slice(colon + 1).trim()
  }
  return undefined
}
