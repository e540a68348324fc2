import { describe, expect, it } from 'vitest'
import { interleave, type Variant } from '../../bench/interleave.ts'

function variants(names: string, measure: (name: string) => number): { list: Variant[]; order: string[] } {
  const order: string[] = []
  const list = [...names].map((name) => ({
    name,
    measure: async () => {
      order.push(name)
      return { perSecond: measure(name), cpu: 5 }
    },
  }))
  return { list, order }
}

describe('interleave', () => {
  it('measures in turns, and lets each be the first one', async () => {
    const { list, order } = variants('ABC', () => 1)
    await interleave(list, { rounds: 4, sampleMs: 1, budgetMs: 60_000 })
    // The first three warm up.
    expect(order.join('')).toBe('ABC' + 'ABC' + 'BCA' + 'CAB' + 'ABC')
  })

  it('keeps what each gave in the order of the rounds, without the warm-up', async () => {
    let n = 0
    const { list } = variants('AB', () => ++n)
    expect(await interleave(list, { rounds: 3, sampleMs: 1, budgetMs: 60_000 })).toEqual([
      { name: 'A', perSecond: [3, 6, 7], cpu: [5, 5, 5] },
      { name: 'B', perSecond: [4, 5, 8], cpu: [5, 5, 5] },
    ])
  })

  it('ends after two rounds when the time is up, and before it where fewer were asked for', async () => {
    const { list } = variants('A', () => 1)
    const [cut] = await interleave(list, { rounds: 9, sampleMs: 1, budgetMs: 0 })
    expect(cut?.perSecond).toHaveLength(2)
    const [one] = await interleave(list, { rounds: 1, sampleMs: 1, budgetMs: 0 })
    expect(one?.perSecond).toHaveLength(1)
  })
})
