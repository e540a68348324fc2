import { describe, expect, it } from 'vitest'
import { Shares } from './shares.ts'

describe('the share of a hook', () => {
  it('begins small and doubles with every response, up to the most', () => {
    const shares = new Shares(20)
    const seen = [shares.of(1)]
    for (let n = 0; n < 4; n += 1) {
      shares.note(1, true)
      seen.push(shares.of(1))
    }
    expect(seen).toEqual([4, 8, 16, 20, 20])
  })

  it('is one after an attempt without a response, and grows again', () => {
    const shares = new Shares(20)
    shares.note(1, true)
    shares.note(1, false)
    expect([shares.of(1), shares.isSilent(1)]).toEqual([1, true])
    shares.note(1, true)
    expect([shares.of(1), shares.isSilent(1)]).toEqual([4, false])
  })

  it('is never above the most', () => {
    const shares = new Shares(1)
    shares.note(1, true)
    expect([shares.of(1), shares.of(2), shares.isSilent(1)]).toEqual([1, 1, false])
  })

  it('forgets the hooks that were heard of longest ago', () => {
    const shares = new Shares(20)
    for (let hook = 1; hook <= 10_001; hook += 1) shares.note(hook, false)
    expect([shares.isSilent(1), shares.isSilent(2)]).toEqual([false, true])
  })
})
