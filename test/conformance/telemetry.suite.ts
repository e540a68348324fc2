import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { beforeEach, describe, expect, it } from 'vitest'
import { createHooks, type Telemetry } from '../../src/index.ts'
import type { TxOption } from '../../src/store/tx/index.ts'
import { type Watching, watch } from '../support/open-telemetry.ts'
import { application, type BookRow, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** What an operator's own monitoring is told. */
export function telemetrySuite(harness: Harness): void {
  describe(`telemetry on ${harness.name}`, () => {
    const app = application(harness)
    let watching: Watching
    beforeEach(() => {
      watching = watch()
    })

    const shop = (
      telemetry: Telemetry = watching.telemetry({ propagate: true }),
      serialize?: () => unknown,
    ) =>
      app.open((database, logger) =>
        createHooks({
          database,
          logger,
          telemetry,
          models: {
            Book: {
              table: 'book',
              owner: 'user_id',
              serialize: (book: BookRow) => (serialize === undefined ? { title: book.title } : serialize()),
            },
          },
          events: { 'book.added': 'Book.created', 'book.read': 'Book.read', 'order.paid': null },
          dispatch: { retry: { delaysMs: [1_000], jitter: 0 }, breaker: { failures: 2 } },
        }),
      )

    const listening = async (telemetry?: Telemetry) => {
      const opened = await shop(telemetry)
      const hook = await opened.hooks.create({
        owner: 1,
        events: ['book.added', 'book.read', 'order.paid'],
        target: TARGET,
      })
      return { ...opened, hook }
    }

    /** A synchronous transaction ends when its callback returns, and refuses one that gives a promise. */
    async function inTransaction(work: (tx: TxOption) => Promise<unknown>) {
      await app.database.transaction((tx) => {
        const sending = work(tx)
        return 'prepare' in (tx as object) ? undefined : sending
      })
    }

    const named = (name: string) => watching.spans().filter((span) => span.name === name)
    const one = (name: string): ReadableSpan => {
      const [span, ...more] = named(name)
      expect(span, name).toBeDefined()
      expect(more).toEqual([])
      return span as ReadableSpan
    }
    const idOf = (span: ReadableSpan) => span.spanContext().spanId

    function expectChain(...names: string[]) {
      const spans = names.map(one)
      for (const [index, span] of spans.entries()) {
        expect(span.spanContext().traceId).toBe(spans[0]?.spanContext().traceId)
        const parent = spans[index - 1]
        expect(span.parentSpanContext?.spanId, span.name).toBe(parent && idOf(parent))
      }
      return spans
    }

    it('is one trace from the caller of send to the target', async () => {
      const { hooks, test, hook } = await listening()
      const { id } = await watching.within('request', () => hooks.send('order.paid', 1, { owner: 1 }))
      await test.flush()
      const [, sent, fannedOut, attempt] = expectChain(
        'request',
        'send order.paid',
        'fan-out order.paid',
        'POST',
      ) as ReadableSpan[]
      expect(sent).toMatchObject({
        kind: SpanKind.PRODUCER,
        attributes: { 'messaging.destination.name': 'order.paid', 'hookwright.event': 'order.paid' },
      })
      expect(fannedOut).toMatchObject({ attributes: { 'messaging.message.id': id } })
      expect(attempt).toMatchObject({
        kind: SpanKind.CLIENT,
        status: { code: SpanStatusCode.UNSET },
        attributes: {
          'http.request.method': 'POST',
          'http.response.status_code': 200,
          'url.scheme': 'https',
          'server.address': 'example.com',
          'server.port': 443,
          'hookwright.hook.id': hook.id,
          'hookwright.delivery.id': `${id}_${hook.id}`,
          'hookwright.event': 'order.paid',
          'hookwright.attempt.number': 1,
          'hookwright.outcome': 'delivered',
        },
      })
      const { traceId, spanId } = (attempt as ReadableSpan).spanContext()
      expect(test.deliveries[0]?.headers).toMatchObject({ traceparent: `00-${traceId}-${spanId}-01` })
    })

    it('is one trace also inside a transaction, and by trigger', async () => {
      const { hooks, test } = await listening()
      await app.addBook({ id: 1 })
      await test.flush()
      watching.clear()
      await watching.within('request', () =>
        inTransaction((tx) => hooks.send('order.paid', 1, { owner: 1, tx })),
      )
      await test.flush()
      expectChain('request', 'send order.paid', 'fan-out order.paid', 'POST')
      watching.clear()
      await watching.within('request', () => inTransaction((tx) => hooks.trigger('Book.read', 1, { tx })))
      await test.flush()
      expectChain('request', 'trigger Book.read', 'fan-out book.read', 'POST')
      watching.clear()
      await hooks.trigger('Book.read', 1)
      await test.flush()
      expectChain('trigger Book.read', 'fan-out book.read', 'POST')
    })

    it('begins at the fan-out for what a trigger has captured', async () => {
      const { test } = await listening()
      await watching.within('request', () => app.addBook({ id: 1 }))
      await test.flush()
      expectChain('fan-out book.added', 'POST')
    })

    it('goes on in another process, and in each retry, as a child of the fan-out', async () => {
      const { hooks } = await listening()
      const other = watching
      await other.within('request', () => hooks.send('order.paid', 1, { owner: 1 }))
      const sent = one('send order.paid')
      watching = watch()
      const { test } = await shop()
      test.respond(() => ({ status: 500 }))
      await test.flush()
      test.clock.advance(1_000)
      test.respond(() => ({ status: 204 }))
      await test.flush()
      const fannedOut = one('fan-out order.paid')
      expect(fannedOut.parentSpanContext?.spanId).toBe(idOf(sent))
      const attempts = named('POST')
      expect(attempts.map((span) => span.parentSpanContext?.spanId)).toEqual([
        idOf(fannedOut),
        idOf(fannedOut),
      ])
      expect(attempts.map(({ attributes }) => attributes['hookwright.outcome'])).toEqual([
        'retried',
        'delivered',
      ])
      expect(attempts.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.UNSET])
      expect(attempts[0]?.attributes['error.type']).toBe('500')
    })

    it('has one span for the fan-out of an event to more hooks than fit into a turn, and all attempts below it', async () => {
      const { hooks, test } = await shop()
      for (let n = 0; n < 1_100; n += 1)
        await hooks.create({ owner: 1, event: 'order.paid', target: `${TARGET}/${n}` })
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      const [, fannedOut] = [one('send order.paid'), one('fan-out order.paid')]
      const parents = new Set(named('POST').map((span) => span.parentSpanContext?.spanId))
      expect(named('POST')).toHaveLength(1_100)
      expect([...parents]).toEqual([idOf(fannedOut as ReadableSpan)])
    }, 60_000)

    it('follows what the sampler of the caller has decided', async () => {
      const { hooks, test } = await listening()
      const parent = {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        traceFlags: 0,
      }
      await context.with(trace.setSpanContext(ROOT_CONTEXT, parent), () =>
        hooks.send('order.paid', 1, { owner: 1 }),
      )
      await test.flush()
      expect(watching.spans()).toEqual([])
      expect(test.deliveries[0]?.headers.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-.*-00$/)
    })

    it('keeps no baggage of the caller, and tells the target nothing unless it is told to', async () => {
      const { hooks, test } = await listening(watching.telemetry())
      const baggage = propagation.createBaggage({ user: { value: 'canary' } })
      await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () =>
        hooks.send('order.paid', 1, { owner: 1 }),
      )
      await test.flush()
      const headers = Object.keys(test.deliveries[0]?.headers ?? {})
      expect(headers.filter((name) => /trace|baggage/.test(name))).toEqual([])
      expect(await watching.text()).not.toContain('canary')
    })

    it("tells the target of this trace alone, whatever the hook's own headers say", async () => {
      const { hooks, test, hook } = await listening()
      await hooks.update(hook.id, { headers: { Traceparent: 'own', Tracestate: 'own=1' } })
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      const headers = test.deliveries[0]?.headers
      expect(headers?.traceparent).toContain(one('POST').spanContext().traceId)
      expect(headers).not.toHaveProperty('tracestate')
    })

    it('tells of what fails: a refused event, a serializer, a connection', async () => {
      const { hooks, test } = await shop(undefined, () => {
        throw new Error('a secret of the row')
      })
      await hooks.create({ owner: 1, events: ['book.added', 'order.paid'], target: TARGET })
      await expect(hooks.send('order.paid', () => 1, { owner: 1 })).rejects.toThrow('JSON')
      await app.addBook({ id: 1 })
      test.respond(() => {
        throw new Error('refused')
      })
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      const faults = watching
        .spans()
        .map(({ name, attributes, status }) => [
          name,
          attributes['error.type'],
          status.code === SpanStatusCode.ERROR,
        ])
      expect(faults).toEqual(
        expect.arrayContaining([
          ['send order.paid', 'payload_not_json', true],
          ['fan-out book.added', 'serializer', true],
          ['POST', 'connect', true],
        ]),
      )
      expect(await watching.text()).not.toContain('secret of the row')
    })

    it('moves every metric', async () => {
      const { hooks, test, hook } = await listening()
      const value = async (name: string, attributes: object = {}) => {
        const metric = (await watching.metrics()).find((found) => found.name === name)
        const points = metric?.points.filter((point) =>
          Object.entries(attributes).every(([key, wanted]) => point.attributes[key] === wanted),
        )
        return points?.reduce((sum, point) => {
          const { value: found } = point as { value: number | { count: number } }
          return sum + (typeof found === 'number' ? found : found.count)
        }, 0)
      }
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      const delivered = { 'hookwright.event': 'order.paid', 'hookwright.outcome': 'delivered' }
      expect(await value('hookwright.attempts', { ...delivered, 'hookwright.result': '2xx' })).toBe(1)
      expect(await value('hookwright.attempt.duration', { 'hookwright.outcome': 'delivered' })).toBe(1)
      expect(await value('hookwright.delivery.latency', { 'hookwright.event': 'order.paid' })).toBe(1)
      expect(await value('hookwright.deliveries.finished', { 'hookwright.status': 'delivered' })).toBe(1)
      test.respond(() => ({ status: 503 }))
      await hooks.send('order.paid', 2, { owner: 1 })
      await test.flush()
      test.clock.advance(1_000)
      await test.flush()
      const retried = { 'hookwright.outcome': 'retried', 'hookwright.result': '5xx' }
      expect(await value('hookwright.attempts', retried)).toBe(1)
      expect(await value('hookwright.deliveries.finished', { 'hookwright.status': 'failed' })).toBe(1)
      test.respond(() => ({ status: 410 }))
      test.clock.advance(60_000)
      for (let n = 0; n < 3; n += 1) await hooks.send('order.paid', n, { owner: 1 })
      await test.flush()
      test.clock.advance(60_000)
      await test.flush()
      expect((await hooks.get(hook.id))?.disabledAt).not.toBeNull()
      expect(await value('hookwright.deliveries.finished', { 'hookwright.status': 'cancelled' })).toBe(2)
    })

    /** What a metric shows at this moment, in all. */
    const shown = async (name: string) => {
      const metric = (await watching.metrics()).find((found) => found.name === name)
      return metric?.points.reduce((sum, { value }) => sum + Number(value), 0)
    }

    it('counts what is cancelled because its hook was disabled for too long', async () => {
      const { hooks, test, hook } = await listening()
      await hooks.disable(hook.id)
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      test.clock.advance(40 * 86_400_000)
      expect(await hooks.prune()).toMatchObject({ cancelled: 1 })
      expect(await shown('hookwright.deliveries.finished')).toBe(1)
    })

    it('counts the attempts under way that a worker of the application makes', async () => {
      const ids: string[] = []
      const begun = Promise.withResolvers<void>()
      const end = Promise.withResolvers<string>()
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          telemetry: watching.telemetry(),
          events: { 'order.paid': null },
          hook: {
            deliver: (handedOver) => void ids.push(...handedOver),
            payload() {
              begun.resolve()
              return end.promise
            },
          },
        }),
      )
      await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      await hooks.start()
      const attempt = hooks.attempt(ids[0] ?? '')
      await begun.promise
      expect(await shown('hookwright.deliveries.in_flight')).toBe(1)
      end.resolve('a body')
      await attempt
      expect(await shown('hookwright.deliveries.in_flight')).toBe(0)
    })

    it('never harms a delivery by what it throws, and is called once for each part', async () => {
      const fault = () => {
        throw new Error('broken')
      }
      const broken: Telemetry[] = [
        { send: fault, fanOut: fault, attempt: fault, cancelled: fault, detached: fault, observe: fault },
        {
          ...watching.telemetry(),
          send: () => ({ traceContext: null, run: fault, end: fault }),
          fanOut: () => ({ traceContext: null, run: fault, end: fault }),
          attempt: () => ({ traceContext: null, headers: {}, run: fault, post: fault, end: fault }),
        },
        {
          ...watching.telemetry(),
          attempt: () => ({
            traceContext: null,
            headers: {},
            run: (part) => part(),
            post(part) {
              part()
              return part()
            },
            end() {},
          }),
        },
      ]
      const { hooks } = await listening()
      for (const telemetry of broken) {
        const { test, hooks: mine, log } = await shop(telemetry)
        await mine.send('order.paid', 1, { owner: 1 })
        await test.flush()
        expect(test.deliveries).toHaveLength(1)
        expect(log.filter(({ level }) => level === 'error').length).toBeLessThanOrEqual(1)
      }
      expect((await hooks.deliveries()).map(({ status }) => status)).toEqual([
        'delivered',
        'delivered',
        'delivered',
      ])
    })
  })
}
