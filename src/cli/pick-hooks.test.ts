import { describe, expect, it } from 'vitest'
import { pickHooks } from './pick-hooks.ts'

const made = () => ({ migrate() {}, start() {}, close() {}, list() {}, deliveries() {} }) as never
const marked = () => ({ [Symbol.for('hookwright.seams')]: {} }) as never

describe('the hooks of a module', () => {
  it.each([
    ['as hooks', (hooks: object) => ({ hooks, other: made() })],
    ['as its default', (hooks: object) => ({ default: hooks, helper() {} })],
    ['under any other name', (hooks: object) => ({ webhooks: hooks, url: '' })],
    ['under two names', (hooks: object) => ({ a: hooks, b: hooks })],
    ['from CommonJS', (hooks: object) => ({ default: { hooks }, 'module.exports': { hooks } })],
    ['as a promise', (hooks: object) => ({ hooks: Promise.resolve(hooks) })],
    ['by a function', (hooks: object) => ({ hooks: () => hooks })],
    ['by an asynchronous function', (hooks: object) => ({ default: async () => hooks })],
  ])('are taken %s', async (_, exports) => {
    const [first, second] = [made(), marked()]
    expect(await pickHooks(exports(first), 'hooks.ts')).toBe(first)
    expect(await pickHooks(exports(second), 'hooks.ts')).toBe(second)
  })

  it('must be there, and only once', async () => {
    await expect(pickHooks({ hook: 1, default: class {} }, 'hooks.ts')).rejects.toThrow(
      'hooks.ts exports no hooks, but hook, default. Write: export const hooks = createHooks({ … })',
    )
    await expect(pickHooks({ a: made(), b: made() }, 'hooks.ts')).rejects.toThrow('several hooks')
  })

  it('are made by nothing that wants arguments, or is called otherwise', async () => {
    const never = () => expect.unreachable()
    await expect(pickHooks({ hooks: (_: string) => never() }, 'hooks.ts')).rejects.toThrow('exports no hooks')
    await expect(pickHooks({ install: never }, 'hooks.ts')).rejects.toThrow('exports no hooks')
  })
})
