import { describe, expect, it, vi } from 'vitest'
import { systemRandom } from '../../src/core/random.ts'
import { insertOperational, operationalEvent, operationalListened } from '../../src/events/index.ts'
import { createHooks, everyone } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import type { Work } from '../../src/store/work.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** hookwright's own events: for listeners in the process, and for hooks. */
export function operationalSuite(harness: Harness): void {
  describe(`hookwright's own events on ${harness.name}`, () => {
    const app = application(harness)
    const events = { 'user.logged_in': null } as const
    const at = new Date(START)

    const open = (change: (store: Store) => Store = (store) => store) =>
      app.open((database, logger) => createHooks({ database: change(database), logger, events }))

    const dataOf = ({ json }: { json: unknown }) => (json as { data: unknown }).data

    it('reach a hook that subscribes to them, in the shape of any event', async () => {
      const { hooks, test } = await open()
      const watcher = await hooks.create({ owner: 1, event: 'hook.disabled', target: `${TARGET}/watch` })
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.disable(hook.id, 'too many of them')
      await test.flush()
      expect(test.deliveries.map(({ json }) => json)).toEqual([
        {
          hook: { id: watcher.id, event: 'hook.disabled', target: `${TARGET}/watch` },
          data: {
            hook: {
              id: hook.id,
              owner: '1',
              event: 'user.logged_in',
              events: ['user.logged_in'],
              target: TARGET,
            },
            cause: 'manual',
            reason: 'too many of them',
            disabledAt: at.toISOString(),
          },
        },
      ])
      // Again, or back: neither is a hook that was disabled.
      await hooks.disable(hook.id, 'still')
      await hooks.enable(hook.id)
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })

    it('tell listeners in this process once, with dates, before the call returns', async () => {
      const { hooks } = await open()
      const listener = vi.fn()
      hooks.on('hook.disabled', listener)
      const hook = await hooks.create({
        owner: 1,
        events: ['delivery.exhausted', 'user.logged_in'],
        target: TARGET,
      })
      await hooks.disable(hook.id)
      expect(listener).toHaveBeenCalledExactlyOnceWith({
        hook: {
          id: hook.id,
          owner: '1',
          event: 'user.logged_in',
          events: ['user.logged_in', 'delivery.exhausted'],
          target: TARGET,
        },
        cause: 'manual',
        reason: null,
        disabledAt: at,
      })
      await hooks.disable(hook.id, 'again')
      await hooks.enable(hook.id)
      expect(listener).toHaveBeenCalledOnce()
    })

    it('tell listeners of what is committed: the hook is disabled for whoever looks', async () => {
      const { hooks } = await open()
      const other = await app.open((database, logger) => createHooks({ database, logger, events }))
      const seen = Promise.withResolvers<unknown>()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      hooks.on('hook.disabled', ({ hook: { id } }) => other.hooks.get(id).then(seen.resolve, seen.reject))
      await hooks.disable(hook.id)
      expect(await seen.promise).toMatchObject({ disabledAt: at, disabledCause: 'manual' })
    })

    it('are nothing if the transaction is rolled back, and happen once if it starts anew', async () => {
      let fault: 'before the commit' | 'and again' | undefined
      const { hooks, test } = await open((store) =>
        withWrite(store, async (work, options) => {
          if (fault === undefined) return await store.write(work, options)
          const rolledBack = store.write(function* () {
            yield* work()
            throw new Error('rolled back')
          }, options)
          if (fault === 'before the commit') return await rolledBack
          await rolledBack.catch(() => {})
          return await store.write(work, options)
        }),
      )
      const listener = vi.fn()
      hooks.on('hook.disabled', listener)
      await hooks.create({ owner: 1, event: 'hook.disabled', target: `${TARGET}/watch` })
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })

      fault = 'before the commit'
      await expect(hooks.disable(hook.id)).rejects.toThrow('rolled back')
      fault = undefined
      await test.flush()
      expect(listener).not.toHaveBeenCalled()
      expect(test.deliveries).toEqual([])
      expect(await hooks.get(hook.id)).toMatchObject({ disabledAt: null, disabledCause: null })

      fault = 'and again'
      await hooks.disable(hook.id)
      fault = undefined
      await test.flush()
      expect(listener).toHaveBeenCalledOnce()
      expect(test.deliveries).toHaveLength(1)
    })

    it('are not disturbed by listeners that throw or reject, which are reported', async () => {
      const { hooks, log } = await open()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      hooks.on('hook.disabled', () => {
        throw new Error('no mail server')
      })
      const rejecting = vi.fn(async () => {
        throw new Error('no mail server either')
      })
      hooks.on('hook.disabled', rejecting)
      const last = vi.fn()
      hooks.on('hook.disabled', last)
      expect(await hooks.disable(hook.id)).toMatchObject({ disabledCause: 'manual' })
      expect([rejecting.mock.calls.length, last.mock.calls.length]).toEqual([1, 1])
      const reported = (message: string) =>
        expect.objectContaining({
          level: 'error',
          fields: { event: 'hook.disabled', err: expect.objectContaining({ message }) },
          message: expect.stringContaining('hook.disabled'),
        })
      expect(log).toContainEqual(reported('no mail server'))
      await vi.waitFor(() => expect(log).toContainEqual(reported('no mail server either')))
    })

    it('end for a listener that is taken off', async () => {
      const { hooks } = await open()
      const [gone, stays] = [vi.fn(), vi.fn()]
      const end = hooks.on('hook.disabled', gone)
      hooks.on('hook.disabled', stays)
      end()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.disable(hook.id)
      expect([gone.mock.calls.length, stays.mock.calls.length]).toEqual([0, 1])
    })

    it('keep `drain` until the listeners are through, within its time', async () => {
      const { hooks, test } = await open()
      const sent = Promise.withResolvers<void>()
      const order: string[] = []
      hooks.on('hook.disabled', async () => {
        await sent.promise
        order.push('sent')
      })
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.disable(hook.id)
      const clock = vi.spyOn(test.clock, 'timer')
      const drained = hooks.drain({ deadlineMs: 2_000 }).then(() => order.push('drained'))
      // Its last timer is the one that bounds the wait.
      await vi.waitFor(() => expect(clock.mock.lastCall?.[0]).toBe(2_000))
      test.clock.advance(2_000)
      await drained
      expect(order).toEqual(['drained'])

      const later = hooks.drain({ deadlineMs: 2_000 }).then(() => order.push('drained after it'))
      sent.resolve()
      await later
      expect(order).toEqual(['drained', 'sent', 'drained after it'])
    })

    it("are told to the hooks of the hook's owner, and to nobody else's", async () => {
      const { hooks, test } = await open()
      for (const owner of ['a', 'b'])
        await hooks.create({ owner, event: 'hook.disabled', target: `${TARGET}/${owner}` })
      const hook = await hooks.create({ owner: 'b', event: 'user.logged_in', target: TARGET })
      await hooks.disable(hook.id)
      await test.flush()
      expect(test.deliveries.map(({ target }) => target)).toEqual([`${TARGET}/b`])
    })

    it('leave nothing in the database where nobody listens, or only another owner', async () => {
      const { hooks, test } = await open()
      await hooks.create({ owner: 'a', event: 'hook.disabled', target: TARGET })
      const hook = await hooks.create({ owner: 'b', event: 'user.logged_in', target: TARGET })
      await hooks.disable(hook.id)
      await test.flush()
      expect(await hooks.events()).toEqual([])
    })

    it('about a hook that subscribes to its own end wait until it is enabled', async () => {
      const { hooks, test } = await open()
      const hook = await hooks.create({
        owner: 1,
        events: ['user.logged_in', 'hook.disabled'],
        target: TARGET,
      })
      await hooks.disable(hook.id, 'a pause')
      await test.flush()
      expect(test.deliveries).toEqual([])
      await hooks.enable(hook.id)
      await test.flush()
      expect(test.deliveries.map(dataOf)).toMatchObject([{ hook: { id: hook.id }, reason: 'a pause' }])
    })

    it('stand last among the events of a hook, and end like others', async () => {
      const { hooks, test } = await open()
      const watcher = await hooks.create({
        owner: 1,
        events: ['delivery.exhausted', 'hook.failing', 'user.logged_in', 'hook.disabled'],
        target: TARGET,
      })
      expect(watcher.events).toEqual([
        'user.logged_in',
        'hook.disabled',
        'hook.failing',
        'delivery.exhausted',
      ])
      expect(await hooks.list({ event: 'hook.failing' })).toMatchObject([{ id: watcher.id }])
      await hooks.update(watcher.id, { event: 'user.logged_in' })
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/2` })
      await hooks.disable(hook.id)
      await test.flush()
      expect(test.deliveries).toEqual([])
    })

    it('go by `find` and `payload` like others', async () => {
      const found: unknown[] = []
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events,
          hook: {
            fields: { isActive: { type: 'boolean', default: true } },
            find(query, { event, owner, data }) {
              found.push({ event, owner, data })
              return query.where('isActive', '=', true)
            },
            payload: (hook, event) => ({ to: hook.id, name: event.name }),
          },
        }),
      )
      const watcher = await hooks.create({ owner: 1, event: 'hook.disabled', target: TARGET })
      await hooks.create({ owner: 1, event: 'hook.disabled', target: `${TARGET}/off`, isActive: false })
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.disable(hook.id)
      await test.flush()
      expect(found).toMatchObject([
        { event: 'hook.disabled', owner: '1', data: { hook: { id: hook.id }, disabledAt: at.toISOString() } },
      ])
      expect(test.deliveries.map(({ json }) => json)).toEqual([{ to: watcher.id, name: 'hook.disabled' }])
    })

    it('cannot be sent, alone or in a transaction', async () => {
      const { hooks, test } = await open()
      await hooks.create({ owner: 1, event: 'hook.disabled', target: TARGET })
      const refusal = {
        code: 'event_invalid',
        field: 'event',
        message: expect.stringContaining('made by hookwright itself'),
      }
      const send = (options: object) => hooks.send('hook.disabled' as never, {} as never, options as never)
      await expect(send({ owner: 1 })).rejects.toMatchObject(refusal)
      await expect(send({ owner: everyone })).rejects.toMatchObject(refusal)
      let sending: Promise<unknown> = Promise.resolve()
      await app.database.transaction((tx) => {
        // Thrown at once where the transaction is synchronous.
        sending = (async () => await send({ owner: 1, tx }))()
        sending.catch(() => {})
      })
      await expect(sending).rejects.toMatchObject(refusal)
      await test.flush()
      expect(test.deliveries).toEqual([])
    })

    it.each(['hook.disable', 'hook.created', 'delivery.exausted'])('are no others: not %s', async (name) => {
      const { hooks } = await open()
      const unknown = { code: 'event_unknown', field: 'event' }
      const creating = hooks.create({ owner: 1, event: name as never, target: TARGET })
      await expect(creating).rejects.toMatchObject(unknown)
      expect(() => hooks.on(name as never, () => {})).toThrow(
        expect.objectContaining({ code: 'event_unknown', field: 'name' }),
      )
    })

    it('say why a hook is disabled, until it is enabled or made again', async () => {
      const { hooks } = await open()
      const wanted = { owner: 1, event: 'user.logged_in', target: TARGET } as const
      const { id, disabledCause } = await hooks.create(wanted)
      expect(disabledCause).toBe(null)
      expect(await hooks.disable(id)).toMatchObject({ disabledCause: 'manual' })
      expect(await hooks.get(id)).toMatchObject({ disabledCause: 'manual' })
      expect(await hooks.enable(id)).toMatchObject({ disabledCause: null })
      expect(await hooks.get(id)).toMatchObject({ disabledCause: null })
      await hooks.disable(id)
      expect(await hooks.create(wanted)).toMatchObject({ id, disabledAt: null, disabledCause: null })
    })

    it('keep the cause of a hook that is disabled already, whatever reason is told anew', async () => {
      const { hooks } = await open()
      const { id } = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      const store = app.database.store()
      await store.db
        .updateTable('hook')
        .set({ disabled_at: START, disabled_cause: 'gone', disabled_reason: 'it answered 410' })
        .execute()
      await store.close()
      expect(await hooks.disable(id, 'by hand')).toMatchObject({
        disabledCause: 'gone',
        disabledReason: 'by hand',
      })
    })

    it('are written in their order, however many, by whoever notices them', async () => {
      const { hooks, test } = await open()
      await hooks.create({ owner: 1, event: 'delivery.delivered', target: TARGET })
      const store = app.database.store()
      const made = Array.from({ length: 300 }, (_, n) =>
        operationalEvent('delivery.delivered', {
          hook: { id: 7, owner: n % 3 === 0 ? '2' : '1', target: TARGET },
          delivery: { id: `${'0'.repeat(32)}_7`, event: 'user.logged_in', attempts: n },
          attempt: { number: 1, status: 200, durationMs: 12, manual: false },
        }),
      )
      expect(await store.read(() => operationalListened(store))).toEqual(new Set(['delivery.delivered']))
      await store.write(() => insertOperational(store, systemRandom, made, START))
      await store.close()
      const kept = await hooks.events({ limit: 1_000 })
      const numbers = kept.map(({ data }) => JSON.parse(data ?? '').delivery.attempts)
      const wanted = made.flatMap((_, n) => (n % 3 === 0 ? [] : [n]))
      expect(numbers).toEqual(wanted.toReversed())
      await test.flush()
      expect(test.deliveries).toHaveLength(200)
    })
  })
}

/** A store whose transactions that write are run in another way. */
function withWrite(
  store: Store,
  write: (work: () => Work<never>, options: Parameters<Store['write']>[1]) => Promise<never>,
): Store {
  return new Proxy(store, {
    get(target, key) {
      if (key === 'write') return write
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
