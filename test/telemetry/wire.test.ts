import { trace } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { createHooks, silentLogger } from 'hookwright'
import { postgres } from 'hookwright/postgres'
import { sqlite } from 'hookwright/sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { runChild, temporaryDatabase } from '../support/database.ts'
import { type Watching, watch } from '../support/open-telemetry.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { startTracingReceiver, type TracingReceiver } from './receiver.ts'

const CANARY = 'canary-5f0c'

const databases = {
  SQLite: () => {
    const { path, remove } = temporaryDatabase()
    return { name: 'sqlite', at: path, open: (): Store => sqlite(path), remove }
  },
  PostgreSQL: async () => {
    const { url, drop } = await createTestDatabase()
    return {
      name: 'postgres',
      at: url,
      open: (): Store => postgres(url, { maxConnections: 3 }),
      remove: drop,
    }
  },
}

/** As `createHooks` of a process that only sends: it prints what its span is. */
const sender = (kind: string, at: string) => `
import { context, trace } from '@opentelemetry/api'
import { createHooks } from 'hookwright'
import { ${kind} } from 'hookwright/${kind}'
import { watch } from './test/support/open-telemetry.ts'
const watching = watch()
const hooks = createHooks({
  database: ${kind}(${JSON.stringify(at)}),
  events: { 'order.paid': null },
  telemetry: watching.telemetry(),
})
await watching.within('request', () => hooks.send('order.paid', 1, { owner: 1 }))
const [sent, request] = watching.spans()
console.log(JSON.stringify([request.spanContext(), sent.spanContext()]))
await hooks.close()
`

describe.each(Object.entries(databases))('the traces of real requests on %s', (_, make) => {
  const instrumentation = new UndiciInstrumentation()
  let database: Awaited<ReturnType<typeof make>>
  let watching: Watching
  let receiver: TracingReceiver
  let hooks: ReturnType<typeof shop>

  beforeAll(() => instrumentation.enable())
  afterAll(() => instrumentation.disable())

  beforeEach(async () => {
    watching = watch()
    instrumentation.setTracerProvider(watching.tracerProvider)
    database = await make()
    receiver = await startTracingReceiver(watching.tracerProvider)
    hooks = shop(true)
    await hooks.migrate()
  })

  afterEach(async () => {
    await hooks.close()
    receiver.close()
    await database.remove()
  })

  const shop = (propagate: boolean) =>
    createHooks({
      database: database.open(),
      events: { 'order.paid': null },
      telemetry: watching.telemetry({ propagate }),
      allow: ['127.0.0.1/32'],
      dispatch: { retry: { delaysMs: [] }, breaker: { failures: 1 } },
      logger: silentLogger,
    })

  const target = (path = '/books') => `${receiver.origin}${path}?token=${CANARY}`
  const named = (name: string) => watching.spans().filter((span) => span.name === name)
  const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId

  it('lead from the caller of send to the receiver, though an instrumentation watches undici', async () => {
    await hooks.create({ owner: 1, event: 'order.paid', target: target(), headers: { 'x-key': CANARY } })
    await hooks.start()
    await watching.within('request', () => hooks.send('order.paid', { secret: CANARY }, { owner: 1 }))
    await receiver.received(1)
    await hooks.stop()
    const chain = ['request', 'send order.paid', 'fan-out order.paid', 'POST', 'receive'].map((name) => {
      const [span, ...more] = named(name)
      expect(more, name).toEqual([])
      return span
    })
    for (const [index, span] of chain.entries()) {
      expect(span?.spanContext().traceId, span?.name).toBe(chain[0]?.spanContext().traceId)
      expect(span?.parentSpanContext?.spanId, span?.name).toBe(idOf(chain[index - 1]))
    }
    expect(watching.spans()).toHaveLength(5)
    expect(await watching.text()).not.toContain(CANARY)
    // The instrumentation is there, and tells of what is not ours.
    await fetch(`${receiver.origin}/other`)
    expect(watching.spans().some(({ attributes }) => attributes['url.path'] === '/other')).toBe(true)
  })

  it('tell the target nothing unless they are to, whoever has instrumented what', async () => {
    await hooks.close()
    hooks = shop(false)
    await hooks.create({ owner: 1, event: 'order.paid', target: target() })
    await watching.within('request', async () => {
      await hooks.send('order.paid', 1, { owner: 1 })
      await hooks.drain()
    })
    expect(receiver.headers).toHaveLength(1)
    expect(Object.keys(receiver.headers[0] ?? {}).filter((name) => /^(trace|b3|baggage)/.test(name))).toEqual(
      [],
    )
    expect(named('POST')).toHaveLength(1)
  })

  it('win over a header of the hook', async () => {
    const theirs = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await hooks.create({ owner: 1, event: 'order.paid', target: target(), headers: { Traceparent: theirs } })
    await hooks.send('order.paid', 1, { owner: 1 })
    await hooks.drain()
    const [attempt] = named('POST')
    const { traceId, spanId } = attempt?.spanContext() ?? {}
    expect(receiver.headers[0]?.traceparent).toBe(`00-${traceId}-${spanId}-01`)
  })

  it('go on from another process', async () => {
    await hooks.create({ owner: 1, event: 'order.paid', target: target() })
    const [request, sent] = JSON.parse(await runChild(sender(database.name, database.at))) as {
      traceId: string
      spanId: string
    }[]
    await hooks.drain()
    const [fannedOut] = named('fan-out order.paid')
    const [received] = named('receive')
    expect(fannedOut?.parentSpanContext).toMatchObject({ traceId: request?.traceId, spanId: sent?.spanId })
    expect(received?.spanContext().traceId).toBe(request?.traceId)
  })

  it('have gauges while the dispatcher runs, which are absent without a database', async () => {
    await hooks.create({ owner: 1, event: 'order.paid', target: target('/broken') })
    const names = async () => (await watching.metrics()).map(({ name }) => name)
    expect(await names()).toEqual([])
    await hooks.start()
    await hooks.send('order.paid', 1, { owner: 1 })
    await receiver.received(1)
    const open = async () => {
      const hooksBy = (await watching.metrics()).find(({ name }) => name === 'hookwright.hooks')
      return hooksBy?.points.find(({ attributes }) => attributes['hookwright.state'] === 'waiting')?.value
    }
    await vi.waitFor(async () => expect(await open()).toBe(1), { timeout: 15_000, interval: 500 })
    expect(await names()).toEqual(
      expect.arrayContaining([
        'hookwright.deliveries.due',
        'hookwright.deliveries.scheduled',
        'hookwright.deliveries.parked',
        'hookwright.deliveries.oldest_due.age',
        'hookwright.deliveries.in_flight',
        'hookwright.events.waiting',
        'hookwright.hooks',
      ]),
    )
    await hooks.stop()
    watching = watch()
    await expect(names()).resolves.toEqual([])
  }, 30_000)

  it('do not make the dispatcher part of the request that started it', async () => {
    await hooks.create({ owner: 1, event: 'order.paid', target: target() })
    const seen: (string | undefined)[] = []
    hooks.on('delivery.delivered', () => void seen.push(trace.getActiveSpan()?.spanContext().traceId))
    await watching.within('request', () => hooks.start())
    await hooks.send('order.paid', 1, { owner: 1 })
    await receiver.received(1)
    await vi.waitFor(() => expect(seen).toEqual([undefined]))
  })
})
