import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HookwrightError } from 'hookwright'
import { Webhook } from 'standardwebhooks'
import { hooks } from './hooks.ts'
import { parseJson, readText } from './http.ts'

/** A POST that arrived and was found genuine. */
export interface Arrival {
  at: Date
  webhookId: string
  timestamp: string
  signature: string
  event: string
  body: string
  /** How often it has arrived: delivery is at least once, and the webhook-id tells that it is the same one. */
  times: number
}

const MOST_KEPT = 100

/**
 * What a subscriber runs. It would be another program on another machine, which was given its secret when it created the
 * hook; here it asks for the secret of the hook that the body names.
 */
export class Receiver extends EventEmitter<{ arrival: [Arrival]; refused: [string] }> {
  readonly #arrivals = new Map<string, Arrival>()

  /** The newest first. */
  get arrivals(): Arrival[] {
    return [...this.#arrivals.values()].reverse()
  }

  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The text as it came: parsing and writing it again might change a space, and then the signature is wrong.
    const body = await readText(request)
    const headers = {
      'webhook-id': headerOf(request, 'webhook-id'),
      'webhook-timestamp': headerOf(request, 'webhook-timestamp'),
      'webhook-signature': headerOf(request, 'webhook-signature'),
    }
    const { hook } = (parseJson(body) ?? {}) as { hook?: { id?: unknown; event?: unknown } }
    if (!(await isGenuine(body, headers, hook?.id))) {
      this.emit('refused', `a POST with ${headers['webhook-signature'] === '' ? 'no' : 'a wrong'} signature`)
      response.writeHead(401).end()
      return
    }
    this.#keep({
      at: new Date(),
      webhookId: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signature: headers['webhook-signature'],
      event: String(hook?.event),
      body,
    })
    response.writeHead(204).end()
  }

  #keep(arrived: Omit<Arrival, 'times'>): void {
    const before = this.#arrivals.get(arrived.webhookId)
    const arrival = { ...arrived, times: (before?.times ?? 0) + 1 }
    this.#arrivals.delete(arrival.webhookId)
    this.#arrivals.set(arrival.webhookId, arrival)
    const oldest = this.#arrivals.keys().next().value
    if (this.#arrivals.size > MOST_KEPT && oldest !== undefined) this.#arrivals.delete(oldest)
    this.emit('arrival', arrival)
  }
}

/** Whether one of the hook's secrets has signed it: two are valid while they are rotated. */
async function isGenuine(body: string, headers: Record<string, string>, hookId: unknown): Promise<boolean> {
  for (const secret of await secretsOf(hookId)) {
    try {
      new Webhook(secret).verify(body, headers)
      return true
    } catch {
      // The next secret may be the one.
    }
  }
  return false
}

/** None for a hook that does not exist, or no longer. */
async function secretsOf(hookId: unknown): Promise<string[]> {
  if (typeof hookId !== 'number' || !Number.isSafeInteger(hookId)) return []
  try {
    return await hooks.secrets(hookId)
  } catch (error) {
    if (error instanceof HookwrightError && error.code === 'hook_missing') return []
    throw error
  }
}

function headerOf({ headers }: IncomingMessage, name: string): string {
  return String(headers[name] ?? '')
}
