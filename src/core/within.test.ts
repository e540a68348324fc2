import { describe, expect, it } from 'vitest'

import type { Clock } from '../core/clock.ts'
import { within } from './within.ts'

/** A clock whose timers are called by the test. */
function clockOfTimers() {
  const timers = new Set<() => void>()
  const clock: Clock = {
    now: () => 0,
    timer(_, callback) {
      timers.add(callback)
      return () => timers.delete(callback)
    },
  }
  return { clock, timers }
}

describe('within', () => {
  it('gives what the code gives, and leaves no timer behind', async () => {
    const { clock, timers } = clockOfTimers()
    await expect(within(clock, 10, 'hook.payload', async () => 7)).resolves.toBe(7)
    await expect(within(clock, 10, 'hook.payload', () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    )
    expect(timers.size).toBe(0)
  })

  it('ends the wait for code that never ends, and names it', async () => {
    const { clock, timers } = clockOfTimers()
    const waiting = within(clock, 10, 'hook.payload', () => new Promise(() => {}))
    for (const callback of timers) callback()
    await expect(waiting).rejects.toThrow('hook.payload has not ended within 10 ms')
  })
})
