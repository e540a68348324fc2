import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { BrokenOff, Pace } from './pace.ts'

vi.mock('node:timers/promises', () => ({ setTimeout: vi.fn(async () => {}) }))

describe('Pace', () => {
  afterEach(() => vi.restoreAllMocks())

  /** How long it rests after parts that take so many milliseconds. */
  async function restsAfter(share: number, took: readonly number[]): Promise<number[]> {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    vi.mocked(pause).mockClear()
    const pace = new Pace({ signal: new AbortController().signal, late: () => false, share })
    for (const ms of took) {
      await pace.part(async () => {
        now += ms
      })
    }
    await pace.part(async () => {})
    return vi.mocked(pause).mock.calls.map(([ms]) => Math.round(Number(ms)))
  }

  it('takes no more than its share of the time, and rests a little in any case, but not for ever', async () => {
    expect(await restsAfter(0.1, [10, 2, 0, 60_000])).toEqual([90, 18, 5, 1_000])
    expect(await restsAfter(0.02, [10])).toEqual([490])
  })

  it('begins nothing once it is to end', async () => {
    const abort = new AbortController()
    let late = false
    const pace = new Pace({ signal: abort.signal, late: () => late, share: 0.5 })
    expect(await pace.part(async () => 1)).toBe(1)
    late = true
    await expect(pace.part(async () => 2)).rejects.toThrow(BrokenOff)
    late = false
    expect(await pace.part(async () => 3)).toBe(3)
    abort.abort()
    await expect(pace.part(async () => 4)).rejects.toThrow(BrokenOff)
  })
})
