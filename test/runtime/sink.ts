import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface Arrival {
  id: string
  /** Milliseconds since the epoch. */
  at: number
  body: { hook: { event: string }; data: { title?: unknown; name?: unknown } }
}

export interface Sink {
  url: string
  arrivals: Arrival[]
  /** What it does once a POST has arrived; it answers 200 at once unless told. */
  answer: (response: ServerResponse, arrival: Arrival) => void
}

/** A receiver on loopback, until the test ends. */
export async function startSink(): Promise<Sink> {
  const sink: Sink = { url: '', arrivals: [], answer: (response) => void response.end('ok') }
  async function receive(request: IncomingMessage, response: ServerResponse) {
    const at = Date.now()
    const body = JSON.parse(await text(request)) as Arrival['body']
    const arrival = { id: String(request.headers['webhook-id']), at, body }
    sink.arrivals.push(arrival)
    sink.answer(response, arrival)
  }
  const server = createServer((request, response) => void receive(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  sink.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/target`
  return sink
}

/** The value below which the share `p` of the values lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN
}
