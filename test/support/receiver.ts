import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'

export interface Arrival {
  webhookId: string
  /** `data` of the body: a row of the table `book`. */
  book: { id: number; title: string } & Record<string, unknown>
  body: string
  /** Undefined when it is right, otherwise what is wrong with it. */
  signatureFault: string | undefined
}

export interface Receiver {
  target: string
  arrivals: Arrival[]
  /** The key that signatures are checked with, once the hook exists. */
  secret: string | undefined
  close(): void
}

/** A web server on this machine that keeps what arrives and lets `answer` respond, as late as it likes. */
export async function startReceiver(
  answer: (response: ServerResponse, arrival: Arrival) => void,
): Promise<Receiver> {
  const receiver: Receiver = { target: '', arrivals: [], secret: undefined, close: () => {} }
  const server = createServer((request, response) => {
    // The other end is killed at any moment.
    response.on('error', () => {})
    request.on('error', () => {})
    text(request).then(
      (body) => {
        const arrival = arrivalOf(request, body, receiver.secret)
        receiver.arrivals.push(arrival)
        answer(response, arrival)
      },
      () => {},
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  receiver.target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/books`
  receiver.close = () => {
    server.closeAllConnections()
    server.close()
  }
  return receiver
}

function arrivalOf({ headers }: IncomingMessage, body: string, secret: string | undefined): Arrival {
  const { data } = JSON.parse(body) as { data: Arrival['book'] }
  return {
    webhookId: String(headers['webhook-id']),
    book: data,
    body,
    signatureFault:
      secret === undefined ? undefined : faultOf(secret, headers as Record<string, string>, body),
  }
}

function faultOf(secret: string, headers: Record<string, string>, body: string): string | undefined {
  try {
    new Webhook(secret).verify(body, headers)
    return undefined
  } catch (error) {
    return String(error)
  }
}
