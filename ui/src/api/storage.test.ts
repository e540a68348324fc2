import { expect, it } from 'vitest'
import { kept } from './storage.ts'

it('keeps things as long as the page is, where storage throws', () => {
  const value = kept(() => {
    throw new DOMException('denied', 'SecurityError')
  }, 'key')
  expect(value.get()).toBeNull()
  value.set('dark')
  expect(value.get()).toBe('dark')
  value.set(null)
  expect(value.get()).toBeNull()
})

it('keeps them in storage, where there is one', () => {
  const items = new Map<string, string>()
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, text: string) => void items.set(key, text),
    removeItem: (key: string) => void items.delete(key),
  } as Storage
  kept(() => storage, 'key').set('dark')
  expect([...items]).toEqual([['key', 'dark']])
  expect(kept(() => storage, 'key').get()).toBe('dark')
})
