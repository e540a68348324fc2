import type { OperationalData } from '../catalog/index.ts'
import type { SeenIds } from './seen-ids.ts'
import type { Message, Received } from './sender.ts'

export interface ReceiverOptions {
  /** What the sender has given: `whsec_…` or `whpk_…`. Several while they are rotated: any of them verifies. */
  secret: string | readonly string[]
  /** How far the time of a message may be from now, in both directions, in seconds: 300 unless told. */
  toleranceSeconds?: number
  /** The largest body that is read, in bytes: 4,194,304 unless told. */
  maxBodyBytes?: number
  /** Names of the headers, where the sender has others than `webhook-id`, `webhook-timestamp` and `webhook-signature`. */
  headers?: { id?: string; timestamp?: string; signature?: string }
  /** Which messages were received already: the last 10,000 of this process unless told; `false` for no such check. */
  seen?: SeenIds | false
}

/** A message as some framework gives it. */
export interface RawMessage {
  /** A `Headers`, or an object as `node:http` has it. */
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** Exactly as it came: not parsed and written again. */
  body: string | Uint8Array
}

/** A function for each event. Those that hookwright makes itself may be left out. */
export type Handlers<Data extends object, Names extends keyof Data & string> = {
  readonly [Name in Names]: (message: Message<Name, Data[Name]>) => unknown
} & {
  readonly [Name in keyof OperationalData]?: (message: Message<Name, OperationalData[Name]>) => unknown
}

export interface HandlerOptions {
  /** Called for events that have no handler, instead of the answer 422. */
  otherwise?: (message: Message<string, unknown>) => unknown
  /** Called with what a handler, or `seen`, threw. The sender gets 500, and sends the message again. */
  onError?: (error: unknown, message: Message<string, unknown>) => unknown
}

export interface Receiver<Data extends object, Names extends keyof Data & string> {
  /**
   * Verifies a request and gives what it says. It does not look whether the message was received before: see `handler`.
   *
   * @throws `signature_missing`, `signature_invalid`, `message_expired`, `message_invalid`, `secret_invalid`
   * @example
   * ```ts
   * const message = await receiver.receive(request)
   * if (message.event === 'book.added') console.log(message.data.title)
   * ```
   */
  receive(request: Request): Promise<Received<Data, Names>>
  /**
   * The same, for frameworks without Request: the headers, and the body exactly as it came.
   *
   * @example
   * ```ts
   * app.post('/receiver', express.raw({ type: '*\/*' }), async (req, res) => {
   *   const message = await receiver.verify({ headers: req.headers, body: req.body })
   *   res.sendStatus(204)
   * })
   * ```
   */
  verify(message: RawMessage): Promise<Received<Data, Names>>
  /**
   * Makes a fetch handler that verifies, drops what was received before, and calls the function of the event. It answers 204,
   * also to what was received before; 401 or 400 to what is no message; 500 when a handler throws, so that the sender
   * tries again; 422 to an event without a handler.
   *
   * @example
   * ```ts
   * export const POST = receiver.handler({
   *   'book.added': async ({ data }) => shelf.add(data.title),
   *   'book.removed': async ({ data }) => shelf.remove(data.title),
   * })
   * ```
   */
  handler(handlers: Handlers<Data, Names>, options?: HandlerOptions): (request: Request) => Promise<Response>
}
