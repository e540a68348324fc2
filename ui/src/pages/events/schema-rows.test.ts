import { expect, it } from 'vitest'
import { schemaRows } from './schema-rows.ts'

it('reads fields inside of fields, lists, choices and what is referred to', () => {
  const rows = schemaRows({
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', description: 'Its key.' },
      at: { type: ['string', 'null'], format: 'date-time' },
      currency: { enum: ['EUR', 'USD'] },
      author: { $ref: '#/$defs/person' },
      tags: { type: 'array', items: { type: 'string' } },
      lines: { type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } } } },
      size: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      whatever: true,
    },
    $defs: {
      person: {
        type: 'object',
        title: 'A person',
        properties: { name: { type: 'string' } },
        required: ['name'],
      },
    },
  })
  expect(
    rows.map(({ path, depth, type, required, description }) => [path, depth, type, required, description]),
  ).toEqual([
    ['id', 0, 'string', true, 'Its key.'],
    ['at', 0, 'string or null (date-time)', false, ''],
    ['currency', 0, '"EUR" or "USD"', false, ''],
    ['author', 0, 'object', false, 'A person'],
    ['author.name', 1, 'string', true, ''],
    ['tags', 0, 'list of string', false, ''],
    ['lines', 0, 'list of object', false, ''],
    ['lines[].sku', 1, 'string', false, ''],
    ['size', 0, 'integer or null', false, ''],
    ['whatever', 0, 'any', false, ''],
  ])
})

it('ends where a schema does not', () => {
  const tree = { type: 'object', properties: { child: { $ref: '#' }, other: { $ref: '#' } } }
  expect(schemaRows(tree).length).toBeLessThanOrEqual(300)
  const list: Record<string, unknown> = { type: 'array' }
  list.items = { $ref: '#' }
  expect(schemaRows(list)).toEqual([])
  expect(schemaRows({ $ref: '#' })).toEqual([])
})
