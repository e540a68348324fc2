import { describe, expect, it } from 'vitest'
import { defineFields } from './fields.ts'

describe('defineFields', () => {
  it('takes every type, defaults and null', () => {
    const fields = defineFields({
      isActive: { type: 'boolean', default: true },
      priority: { type: 'integer', default: 0 },
      weight: { type: 'number' },
      note: { type: 'string', nullable: true },
    })
    expect([...fields.values()]).toEqual([
      { name: 'isActive', type: 'boolean', nullable: false, default: true },
      { name: 'priority', type: 'integer', nullable: false, default: 0 },
      { name: 'weight', type: 'number', nullable: false, default: undefined },
      { name: 'note', type: 'string', nullable: true, default: null },
    ])
  })

  it.each([
    [{ target: { type: 'string' } }, 'hook.fields.target'],
    [{ Created_At: { type: 'string' } }, 'hook.fields.Created_At'],
    [{ events: { type: 'string' } }, 'hook.fields.events'],
    [{ payload: { type: 'string' } }, 'hook.fields.payload'],
    [{ Filter: { type: 'string' } }, 'hook.fields.Filter'],
    [{ createdAt: { type: 'string' } }, 'hook.fields.createdAt'],
    [{ 'is-active': { type: 'boolean' } }, 'hook.fields.is-active'],
    [{ ['__proto__']: { type: 'boolean' } }, 'hook.fields.__proto__'],
    [{ ['x'.repeat(64)]: { type: 'boolean' } }, `hook.fields.${'x'.repeat(64)}`],
    [{ note: { type: 'string' }, Note: { type: 'string' } }, 'hook.fields.Note'],
    [{ a: { type: 'date' } }, 'hook.fields.a.type'],
    [{ a: { type: 'toString' } }, 'hook.fields.a.type'],
    [{ a: 'string' }, 'hook.fields.a'],
    [{ a: { type: 'integer', default: 1.5 } }, 'hook.fields.a.default'],
    [{ a: { type: 'boolean', default: null } }, 'hook.fields.a.default'],
    [{ a: { type: 'boolean', nullable: 1 } }, 'hook.fields.a.nullable'],
    [{ a: { type: 'boolean', unique: true } }, 'hook.fields.a.unique'],
    [[], 'hook.fields'],
    ['x', 'hook.fields'],
  ])('refuses %o', (option, field) => {
    expect(() => defineFields(option)).toThrow(expect.objectContaining({ code: 'option_invalid', field }))
  })
})
