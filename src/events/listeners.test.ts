import { describe, expect, it, vi } from 'vitest'
import { Listeners } from './listeners.ts'

const recovered = {
  hook: { id: 1, owner: '1', target: 'https://example.com', event: 'a', events: ['a'] },
  failingSince: null,
  failures: 3,
}

function listening() {
  const error = vi.fn()
  const ignore = () => {}
  return { error, listeners: new Listeners({ debug: ignore, info: ignore, warn: ignore, error }) }
}

/** Its timers go off when it is told. */
function standingClock() {
  let due: (() => void)[] = []
  return {
    now: () => 0,
    timer(ms: number, callback: () => void) {
      expect(ms).toBe(1_000)
      due.push(callback)
      return () => {
        due = due.filter((one) => one !== callback)
      }
    },
    ring() {
      for (const callback of due) callback()
    },
  }
}

describe('listeners', () => {
  it('are called in the order in which they came, those of that name and no others', () => {
    const { listeners } = listening()
    const calls: string[] = []
    listeners.on('hook.recovered', () => calls.push('first'))
    listeners.on('hook.disabled', () => calls.push('other'))
    listeners.on('hook.recovered', ({ failures }) => calls.push(`second ${failures}`))
    listeners.emit('hook.recovered', recovered)
    expect(calls).toEqual(['first', 'second 3'])
  })

  it('end one by one, though a function listens twice, and once more changes nothing', () => {
    const { listeners } = listening()
    const listener = vi.fn()
    const end = listeners.on('hook.recovered', listener)
    listeners.on('hook.recovered', listener)
    listeners.emit('hook.recovered', recovered)
    expect(listener).toHaveBeenCalledTimes(2)
    end()
    end()
    listeners.emit('hook.recovered', recovered)
    expect(listener).toHaveBeenCalledTimes(3)
  })

  it('may begin and end within a call: what comes is not called for what has happened before', () => {
    const { listeners } = listening()
    const late = vi.fn()
    const end = listeners.on('hook.recovered', () => {
      end()
      listeners.on('hook.recovered', late)
    })
    const last = vi.fn()
    listeners.on('hook.recovered', last)
    listeners.emit('hook.recovered', recovered)
    expect([last.mock.calls.length, late.mock.calls.length]).toEqual([1, 0])
    listeners.emit('hook.recovered', recovered)
    expect([last.mock.calls.length, late.mock.calls.length]).toEqual([2, 1])
  })

  it('are there or not', () => {
    const { listeners } = listening()
    expect(listeners.has('hook.recovered')).toBe(false)
    const end = listeners.on('hook.recovered', () => {})
    expect([listeners.has('hook.recovered'), listeners.has('hook.failing')]).toEqual([true, false])
    end()
    expect(listeners.has('hook.recovered')).toBe(false)
  })

  it('that throw or reject are reported, and disturb nobody', async () => {
    const { listeners, error } = listening()
    const thrown = new Error('thrown')
    const rejected = new Error('rejected')
    listeners.on('hook.recovered', () => {
      throw thrown
    })
    listeners.on('hook.recovered', () => Promise.reject(rejected))
    listeners.on('hook.recovered', () => ({
      // biome-ignore lint/suspicious/noThenProperty: what some libraries give for a query
      get then() {
        throw thrown
      },
    }))
    const last = vi.fn()
    listeners.on('hook.recovered', last)
    listeners.emit('hook.recovered', recovered)
    expect(last).toHaveBeenCalledExactlyOnceWith(recovered)
    await listeners.settled(standingClock(), 1_000)
    expect(error.mock.calls.map(([fields]) => fields)).toEqual([
      { err: thrown, event: 'hook.recovered' },
      { err: thrown, event: 'hook.recovered' },
      { err: rejected, event: 'hook.recovered' },
    ])
  })

  it('are waited for until they are through', async () => {
    const { listeners } = listening()
    const clock = standingClock()
    const sent = Promise.withResolvers<void>()
    const order: string[] = []
    listeners.on('hook.recovered', async () => {
      await sent.promise
      order.push('sent')
    })
    listeners.emit('hook.recovered', recovered)
    const settled = listeners.settled(clock, 1_000).then(() => order.push('settled'))
    await new Promise(setImmediate)
    expect(order).toEqual([])
    sent.resolve()
    await settled
    expect(order).toEqual(['sent', 'settled'])
  })

  it('are not waited for longer than that', async () => {
    const { listeners } = listening()
    const clock = standingClock()
    listeners.on('hook.recovered', () => new Promise(() => {}))
    listeners.emit('hook.recovered', recovered)
    const settled = listeners.settled(clock, 1_000)
    clock.ring()
    await settled
  })

  it.each([['book.added'], ['hook.disable'], [undefined], [Symbol('hook.disabled')]])('refuse %o', (name) => {
    const { listeners } = listening()
    expect(() => listeners.on(name as never, () => {})).toThrow(
      expect.objectContaining({ code: 'event_unknown', message: expect.stringContaining('"hook.disabled"') }),
    )
  })

  it('must be functions', () => {
    const { listeners } = listening()
    expect(() => listeners.on('hook.disabled', {} as never)).toThrow(
      expect.objectContaining({ code: 'option_invalid', field: 'listener' }),
    )
  })
})
