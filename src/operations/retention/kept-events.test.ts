import { describe, expect, it } from 'vitest'
import { KeptEvents } from './kept-events.ts'

describe('KeptEvents', () => {
  it('knows what was added, and nothing else', () => {
    const kept = new KeptEvents(4)
    for (const seq of [7, 3, 7, 5]) kept.add(seq)
    expect([3, 4, 5, 6, 7, 8].filter((seq) => kept.has(seq))).toEqual([3, 5, 7])
    expect(kept.known).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('keeps all from where on it has forgotten', () => {
    const kept = new KeptEvents(4)
    for (const seq of [90, 10, 70, 30, 50]) kept.add(seq)
    expect(kept.known).toBe(70)
    expect([10, 20, 30, 40, 50, 60, 69, 70, 80, 1_000].filter((seq) => !kept.has(seq))).toEqual([
      20, 40, 60, 69,
    ])
    for (const seq of [60, 65, 20]) kept.add(seq)
    expect(kept.known).toBe(60)
    kept.add(1_000)
    expect([10, 20, 30, 40, 50, 55, 60].filter((seq) => !kept.has(seq))).toEqual([40, 55])
  })
})
