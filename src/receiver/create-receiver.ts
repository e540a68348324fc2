import { HookwrightError, problem } from '../core/errors.ts'
import { HEADER_NAMES } from '../core/webhook-headers.ts'
import type { HandlerOptions, RawMessage, Receiver, ReceiverOptions } from './options.ts'
import { parseMessage } from './parse.ts'
import { readText } from './read-body.ts'
import { RecentIds, type SeenIds } from './seen-ids.ts'
import type { EventsOf, Message, Sender } from './sender.ts'
import { verifySignature } from './verify.ts'

const DEFAULT_TOLERANCE_SECONDS = 300
const DEFAULT_BODY_BYTES = 4 * 1024 * 1024

/**
 * Receives what a hook sends: verified, typed from the sender's catalog, and each message once. It needs nothing but Web
 * Crypto, so it also runs on the edge.
 *
 * @throws `option_invalid`, `secret_invalid` at the first message
 * @example
 * ```ts
 * import type { hooks } from '../sender/hooks.ts'
 *
 * const receiver = createReceiver<typeof hooks>({ secret: process.env.WEBHOOK_SECRET })
 * const { event, data, id, hook } = await receiver.receive(request)
 * ```
 */
export function createReceiver<
  From extends Sender,
  Names extends keyof EventsOf<From> & string = keyof EventsOf<From> & string,
>(options: ReceiverOptions): Receiver<EventsOf<From>, Names> {
  const secrets = secretsOf(options?.secret)
  const toleranceSeconds = amountOf(options.toleranceSeconds, 'toleranceSeconds', DEFAULT_TOLERANCE_SECONDS)
  const maxBodyBytes = amountOf(options.maxBodyBytes, 'maxBodyBytes', DEFAULT_BODY_BYTES)
  const seen: SeenIds | false = options.seen ?? new RecentIds()
  const names = {
    id: options.headers?.id ?? HEADER_NAMES.id,
    timestamp: options.headers?.timestamp ?? HEADER_NAMES.timestamp,
    signature: options.headers?.signature ?? HEADER_NAMES.signature,
  }

  /** To call it received while it may still fail would lose it. */
  const underWay = new Set<string>()

  async function verify({ headers, body }: RawMessage): Promise<Message<string, unknown>> {
    const id = required(headers, names.id)
    const timestamp = required(headers, names.timestamp)
    const signature = required(headers, names.signature)
    const seconds = /^\d{1,15}$/.test(timestamp) ? Number(timestamp) : Number.NaN
    const text = textOf(body)
    if (!(await verifySignature({ id, timestamp, body: text, signature }, secrets))) {
      throw problem('signature_invalid', {
        field: names.signature,
        problem: 'no signature is by a secret that is known here',
        cure: 'Verify the body exactly as it came, and compare the secret with the sender’s',
      })
    }
    const age = Date.now() / 1000 - seconds
    // NaN compares as false, so that an odd timestamp is refused.
    if (!(Math.abs(age) <= toleranceSeconds)) {
      throw problem('message_expired', {
        field: names.timestamp,
        value: timestamp,
        problem: `it is not within ${toleranceSeconds} seconds of the time here`,
        cure: 'Set the clock, or `toleranceSeconds`',
      })
    }
    return parseMessage(id, seconds, text)
  }

  async function receive(request: Request): Promise<Message<string, unknown>> {
    // Before the body is read: an unsigned request costs nothing.
    required(request.headers, names.signature)
    return await verify({ headers: request.headers, body: await readText(request, maxBodyBytes) })
  }

  async function handle(
    message: Message<string, unknown>,
    handlers: Readonly<Record<string, ((message: never) => unknown) | undefined>>,
    { otherwise, onError }: HandlerOptions,
  ): Promise<Response> {
    const { id, event } = message
    const handler = Object.hasOwn(handlers, event) ? handlers[event] : undefined
    const call = (handler ?? otherwise) as ((message: Message<string, unknown>) => unknown) | undefined
    if (call === undefined) return answer(422, `There is no handler for the event ${JSON.stringify(event)}.`)
    if (underWay.has(id)) return answer(409, 'The message is being handled; send it again.')
    underWay.add(id)
    try {
      const taken = seen === false ? true : await seen.add(id)
      if (taken === 'busy') return answer(409, 'The message is being handled; send it again.')
      if (!taken) return new Response(null, { status: 204 })
      try {
        await call(message)
      } catch (error) {
        // Whatever becomes of the report, the sender's next attempt must count.
        if (seen !== false) await seen.delete(id)
        throw error
      }
      if (seen !== false) await seen.done?.(id)
      return new Response(null, { status: 204 })
    } catch (error) {
      await onError?.(error, message)
      return answer(500, 'The message could not be handled; send it again.')
    } finally {
      underWay.delete(id)
    }
  }

  return {
    verify: verify as never,
    receive: receive as never,
    handler:
      (handlers, handlerOptions = {}) =>
      async (request) => {
        let message: Message<string, unknown>
        try {
          message = await receive(request)
        } catch (error) {
          // A secret that is malformed is a mistake on this side, which its operator has to see.
          if (error instanceof HookwrightError && error.code !== 'secret_invalid')
            return answer(error.status, error.message)
          throw error
        }
        return await handle(message, handlers as never, handlerOptions)
      },
  }
}

function answer(status: number, detail: string): Response {
  return Response.json({ detail }, { status, headers: { 'cache-control': 'no-store' } })
}

function secretsOf(secret: unknown): readonly string[] {
  const secrets = Array.isArray(secret) ? (secret as unknown[]) : [secret]
  if (secrets.length > 0 && secrets.every((one) => typeof one === 'string' && one !== ''))
    return secrets as string[]
  throw problem('option_invalid', {
    field: 'secret',
    problem: 'it must be the secret of the hook, or a list of such',
    cure: 'Is the environment variable set that it comes from?',
  })
}

function amountOf(value: unknown, field: string, fallback: number): number {
  if (value === undefined) return fallback
  // NaN would be no limit at all.
  if (typeof value === 'number' && value >= 0) return value
  throw problem('option_invalid', { field, value, problem: 'it must be a number from 0' })
}

function required(headers: RawMessage['headers'], name: string): string {
  // Not by instanceof: frameworks and test runners bring a Headers of their own.
  const value = isHeaders(headers) ? headers.get(name) : headerOf(headers, name)
  if (typeof value === 'string' && value !== '') return value
  throw problem('signature_missing', { field: name, problem: 'the request has no such header' })
}

function isHeaders(headers: RawMessage['headers']): headers is Headers {
  return typeof headers.get === 'function'
}

/** `node:http` has names in lower case; other frameworks as they came. */
function headerOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>, name: string) {
  const own = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase())
  const value = own === undefined ? undefined : headers[own]
  return typeof value === 'object' ? value[0] : value
}

function textOf(body: string | Uint8Array): string {
  if (typeof body === 'string') return body
  // Not by instanceof: a Buffer of another realm, as in a test runner's sandbox, is no Uint8Array of this one.
  if (!ArrayBuffer.isView(body)) {
    throw problem('message_invalid', {
      field: 'body',
      problem: 'it is no text and no bytes: something has parsed it already',
      cure: 'Pass the body exactly as it came, such as by express.raw()',
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch (cause) {
    throw problem('message_invalid', { field: 'body', problem: 'it is no UTF-8', cause })
  }
}
