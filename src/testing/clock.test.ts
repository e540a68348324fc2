import { describe, expect, it, vi } from 'vitest'
import { TestClock } from './clock.ts'

describe('TestClock', () => {
  it('stands still until it is moved', () => {
    const clock = new TestClock(new Date('2030-01-01'))
    expect(clock.now()).toBe(Date.UTC(2030, 0, 1))
    clock.advance(5)
    expect(clock.now()).toBe(Date.UTC(2030, 0, 1) + 5)
    clock.set(7)
    expect(clock.now()).toBe(7)
  })

  it('lets timers come in their order, each at its time, also those that others set', () => {
    const clock = new TestClock(0)
    const calls: [string, number][] = []
    clock.timer(20, () => calls.push(['late', clock.now()]))
    clock.timer(10, () => {
      calls.push(['early', clock.now()])
      clock.timer(5, () => calls.push(['set by early', clock.now()]))
    })
    clock.advance(9)
    expect(calls).toEqual([])
    clock.advance(100)
    expect(calls).toEqual([
      ['early', 10],
      ['set by early', 15],
      ['late', 20],
    ])
    expect(clock.now()).toBe(109)
  })

  it('forgets a timer that was cancelled', () => {
    const clock = new TestClock(0)
    const callback = vi.fn()
    clock.timer(1, callback)()
    clock.advance(2)
    expect(callback).not.toHaveBeenCalled()
  })
})
