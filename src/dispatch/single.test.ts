import { describe, expect, it, vi } from 'vitest'
import { isCurrent, leave, takeOver } from './single.ts'

const dispatcher = () => ({ stop: vi.fn(async () => {}) })

describe('takeOver', () => {
  it('ends the one before, of the same database only', async () => {
    const [first, other, second] = [dispatcher(), dispatcher(), dispatcher()]
    expect(await takeOver('a.db', first)).toBe(false)
    expect(await takeOver('b.db', other)).toBe(false)
    expect(await takeOver('a.db', second)).toBe(true)
    expect(first.stop).toHaveBeenCalledOnce()
    expect(other.stop).not.toHaveBeenCalled()
    expect(isCurrent('a.db', second)).toBe(true)
    leave('a.db', second)
    leave('b.db', other)
  })

  it('ends nobody when it starts again', async () => {
    const one = dispatcher()
    await takeOver('a.db', one)
    expect(await takeOver('a.db', one)).toBe(false)
    expect(one.stop).not.toHaveBeenCalled()
    leave('a.db', one)
  })

  it('is not undone by the end of the one before', async () => {
    const [first, second] = [dispatcher(), dispatcher()]
    await takeOver('a.db', first)
    await takeOver('a.db', second)
    leave('a.db', first)
    expect(isCurrent('a.db', second)).toBe(true)
    leave('a.db', second)
    expect(isCurrent('a.db', second)).toBe(false)
  })

  it('knows the dispatchers of another copy of the module', async () => {
    const [first, second] = [dispatcher(), dispatcher()]
    await takeOver('a.db', first)
    vi.resetModules()
    const copy = await import('./single.ts')
    expect(copy.takeOver).not.toBe(takeOver)
    expect(await copy.takeOver('a.db', second)).toBe(true)
    expect(first.stop).toHaveBeenCalledOnce()
    leave('a.db', second)
  })
})
