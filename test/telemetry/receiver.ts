import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { TracerProvider } from '@opentelemetry/sdk-trace'

export interface TracingReceiver {
  origin: string
  /** Headers of the POSTs that came. */
  readonly headers: IncomingHttpHeaders[]
  /** Resolves once so many have come. */
  received(count: number): Promise<void>
  close(): void
}

/** A server of somebody else's, which goes on with the trace that a request brings. It answers 500 where the path says so. */
export async function startTracingReceiver(tracerProvider: TracerProvider): Promise<TracingReceiver> {
  const propagator = new W3CTraceContextPropagator()
  const tracer = tracerProvider.getTracer('receiver')
  const headers: IncomingHttpHeaders[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const server = createServer((request, response) => {
    const getter = {
      get: (carrier: IncomingHttpHeaders, key: string) => carrier[key],
      keys: (carrier: IncomingHttpHeaders) => Object.keys(carrier),
    }
    const parent = propagator.extract(ROOT_CONTEXT, request.headers, getter)
    const span = tracer.startSpan('receive', { kind: SpanKind.SERVER }, parent)
    request.resume().on('end', () => {
      span.end()
      headers.push(request.headers)
      response.writeHead(request.url?.startsWith('/broken') === true ? 500 : 204).end()
      for (const { count, resolve } of waiting) if (headers.length >= count) resolve()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers,
    received: (count) =>
      headers.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => void waiting.push({ count, resolve })),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
