import { describe, expect, it } from 'vitest'
import { Shares } from './shares.ts'

describe('the share of a hook', () => {
  it('begins small and doubles with every quick response, up to the most', () => {
    const shares = new Shares(20)
    const seen = [shares.of(1)]
    for (let n = 0; n < 4; n += 1) {
      shares.note(1, 'quick')
      seen.push(shares.of(1))
    }
    expect(seen).toEqual([4, 8, 16, 20, 20])
  })

  it('does not grow with slow responses, and is small again after one', () => {
    const shares = new Shares(20)
    shares.note(1, 'slow')
    shares.note(1, 'slow')
    expect(shares.of(1)).toBe(4)
    for (let n = 0; n < 4; n += 1) shares.note(1, 'quick')
    shares.note(1, 'slow')
    expect(shares.of(1)).toBe(4)
  })

  it('is one after an attempt without a response, and grows again', () => {
    const shares = new Shares(20)
    shares.note(1, 'quick')
    shares.note(1, 'none')
    expect(shares.of(1)).toBe(1)
    shares.note(1, 'quick')
    expect(shares.of(1)).toBe(4)
  })

  it('is never above the most', () => {
    const shares = new Shares(1)
    for (const answer of ['quick', 'slow', 'quick'] as const) {
      shares.note(1, answer)
      expect([shares.of(1), shares.of(2)]).toEqual([1, 1])
    }
  })

  it('comes with how the hook answered last', () => {
    const shares = new Shares(1)
    const seen = [shares.speed(1)]
    for (const answer of ['quick', 'slow', 'quick', 'none', 'quick'] as const) {
      shares.note(1, answer)
      seen.push(shares.speed(1))
    }
    expect(seen).toEqual(['unproven', 'quick', 'slow', 'quick', 'slow', 'quick'])
  })

  it('forgets the hooks that were heard of longest ago', () => {
    const shares = new Shares(20)
    for (let hook = 1; hook <= 10_000; hook += 1) shares.note(hook, 'none')
    shares.note(1, 'none')
    shares.note(10_001, 'none')
    expect([1, 2, 3].map((hook) => shares.speed(hook))).toEqual(['slow', 'unproven', 'slow'])
  })
})
