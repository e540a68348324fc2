import { messageOf } from '../../core/errors.ts'
import type { Arrival } from './arrival.ts'

/** What is answered to the sender. */
export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** How long the application took, in milliseconds; undefined where nothing was forwarded. */
  readonly ms?: number
  /** Why there is no answer of the application's. */
  readonly fault?: string
}

/** Of this connection, and not of the message. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
])

export interface Forwarder {
  /** Sends it on as it came, and gives what comes back, whatever it is. It does not throw. */
  forward(arrival: Arrival): Promise<Answer>
  close(): Promise<void>
}

/**
 * Forwards to the application: its answer is the sender's answer, so that retries go as they would without anything between.
 *
 * @param target exactly where to
 * @param timeoutMs the sender waits no longer either
 */
export async function createForwarder(target: URL, timeoutMs: number): Promise<Forwarder> {
  // Loading it takes longer than most commands.
  const { Agent, request } = await import('undici')
  const dispatcher = new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs })
  return {
    async forward(arrival) {
      const began = performance.now()
      const ms = () => Math.round(performance.now() - began)
      try {
        const { statusCode, headers, body } = await request(target, {
          dispatcher,
          method: 'POST',
          headers: arrival.headers.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase())).flat(),
          body: arrival.body,
          signal: AbortSignal.timeout(timeoutMs),
        })
        const bytes = Buffer.from(await body.arrayBuffer())
        return { status: statusCode, headers: pairsOf(headers), body: bytes, ms: ms() }
      } catch (error) {
        const fault = `${target.origin} ${reasonOf(error, timeoutMs)}`
        return { ...detail(502, `hookwright listen: ${fault}`), ms: ms(), fault }
      }
    },
    close: () => dispatcher.destroy(),
  }
}

/** An answer of our own. */
export function detail(status: number, text: string): Answer {
  const headers = [['content-type', 'application/json']] as const
  return { status, headers, body: Buffer.from(JSON.stringify({ detail: text })) }
}

/** A name that occurs twice has a list. */
function pairsOf(headers: Readonly<Record<string, string | string[] | undefined>>): [string, string][] {
  const pairs: [string, string][] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name)) continue
    for (const one of Array.isArray(value) ? value : [value]) pairs.push([name, one])
  }
  return pairs
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { code, name } = error as { code?: string; name?: string }
  if (name === 'TimeoutError' || /TIMEOUT/.test(code ?? '')) return `did not answer within ${timeoutMs} ms`
  if (code === 'ECONNREFUSED') return 'refuses the connection: does the application run there?'
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET') return 'closed the connection without an answer'
  return `cannot be reached: ${messageOf(error) || code}`
}
