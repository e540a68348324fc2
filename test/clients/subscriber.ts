import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Arrived {
  headers: IncomingHttpHeaders
  body: string
}

/** The other side of a subscription, as a service has it: a URL that takes POSTs, and answers with `status`. */
export async function openSubscriber() {
  const arrived: Arrived[] = []
  const subscriber = { url: '', status: 200, arrived, close: () => server.close() }
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        arrived.push({ headers: request.headers, body })
        response.writeHead(subscriber.status, { 'content-type': 'application/json' }).end('{}')
      },
      () => response.destroy(),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  subscriber.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/standard/1/2`
  return subscriber
}

export type Subscriber = Awaited<ReturnType<typeof openSubscriber>>
