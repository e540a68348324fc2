import { describe, expectTypeOf, it } from 'vitest'
import type { FieldsOf } from '../catalog/index.ts'
import type { HookRegistry } from './registry-types.ts'

interface Options {
  isActive: { type: 'boolean'; default: true }
  plan: { type: 'string' }
  weight: { type: 'number'; nullable: true }
}

declare const hooks: HookRegistry<
  'book.added' | 'book.read',
  FieldsOf<{ [Name in keyof Options]: Options[Name] }>
>
declare const plain: HookRegistry<'book.added'>

const target = 'https://example.com'

describe('the registry of hooks', () => {
  it('knows events and fields', async () => {
    const hook = await hooks.create({ owner: 1n, event: 'book.added', target, plan: 'pro' })
    expectTypeOf(hook.event).toEqualTypeOf<'book.added' | 'book.read'>()
    expectTypeOf(hook.isActive).toEqualTypeOf<boolean>()
    expectTypeOf(hook.weight).toEqualTypeOf<number | null>()
    expectTypeOf(hook.id).toEqualTypeOf<number>()
    await hooks.create({
      owner: 1,
      events: ['book.added', 'book.read'],
      target,
      plan: 'pro',
      isActive: false,
      weight: null,
    })
    await hooks.update(1, { isActive: false }, { owner: 1 })
    await plain.create({ owner: 'a', event: 'book.added', target })
  })

  it('finds mistakes', () => {
    // @ts-expect-error no such event
    void hooks.create({ owner: 1, event: 'book.aded', target, plan: 'pro' })
    // @ts-expect-error `plan` has no default
    void hooks.create({ owner: 1, event: 'book.added', target })
    // @ts-expect-error one of the two
    void hooks.create({ owner: 1, event: 'book.added', events: ['book.read'], target, plan: 'pro' })
    // @ts-expect-error the owner stays
    void hooks.update(1, { owner: 2 })
    // @ts-expect-error no type for a secret
    void hooks.create({ owner: 1, event: 'book.added', target, plan: 'pro' }).then((hook) => hook.secret)
    // @ts-expect-error nobody
    void hooks.list({ owner: undefined })
    // @ts-expect-error not a number
    void hooks.update(1, { weight: 'heavy' })
  })
})
