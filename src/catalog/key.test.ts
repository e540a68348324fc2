import { describe, expect, it } from 'vitest'
import { keyOf } from './key.ts'
import { defineModels, type Model } from './models.ts'

const [line] = defineModels({ Line: { table: 'line', naming: 'camel' } }).values() as Iterable<Model> as [
  Model,
]

describe('keyOf', () => {
  it('takes a single value, or an object, for a key of one column', () => {
    expect(keyOf(line, ['id'], 7n)).toEqual([7n])
    expect(keyOf(line, ['line_id'], { lineId: 'x' })).toEqual(['x'])
  })

  it('gives the values of several columns in their order, by the names of user code', () => {
    expect(keyOf(line, ['order_id', 'number'], { number: 1, orderId: 7 })).toEqual([7, 1])
  })

  it.each([
    [['id'], undefined],
    [['id'], null],
    [['id'], Number.NaN],
    [['id'], new Date(0)],
    [['id'], [1]],
    [['id'], { other: 1 }],
    [['order_id', 'number'], 7],
    [['order_id', 'number'], { orderId: 7 }],
    [['order_id', 'number'], { orderId: 7, number: null }],
    [['order_id', 'number'], { orderId: 7, number: 1, more: 2 }],
    [['order_id', 'number'], { order_id: 7, number: 1 }],
    [['to_string'], {}],
  ])('refuses for %o the key %o, saying what it wants', (columns, key) => {
    expect(() => keyOf(line, columns, key)).toThrow(
      expect.objectContaining({
        code: 'key_invalid',
        field: 'key',
        message: expect.stringContaining(
          columns.length === 1 ? 'Give the value of' : 'Give an object with "orderId", "number"',
        ),
      }),
    )
  })
})
