import { Ajv2020 } from 'ajv/dist/2020.js'
import { array, assert, jsonValue, property } from 'fast-check'
import { expect, it } from 'vitest'
import { inferredSchema } from './inferred-schema.ts'
import { exampleOf } from './schema-example.ts'

// What an object has from its prototype, such as `valueOf`, is none of its properties.
const ajv = () =>
  new Ajv2020({ allowUnionTypes: true, validateFormats: false, strictRequired: false, ownProperties: true })

it('requires what each value has, and takes null where one has it', () => {
  expect(
    inferredSchema([
      { title: 'a', pages: 1, tags: ['x'] },
      { title: 'b', pages: null },
    ]),
  ).toEqual({
    type: 'object',
    properties: {
      title: { type: 'string' },
      pages: { type: ['integer', 'null'] },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['title', 'pages'],
  })
})

it('takes integers beyond 2^53 for integers, and times for times where all are', () => {
  expect(inferredSchema([2n ** 60n, 1])).toEqual({ type: 'integer' })
  expect(inferredSchema(['2026-01-31T12:00:00.000Z'])).toEqual({ type: 'string', format: 'date-time' })
  expect(inferredSchema(['2026-01-31T12:00:00.000Z', 'soon'])).toEqual({ type: 'string' })
})

it('takes every value that it was made from, whatever that is', () => {
  assert(
    property(array(jsonValue({ maxDepth: 5 }), { minLength: 1, maxLength: 4 }), (values) => {
      const validate = ajv().compile(inferredSchema(values))
      for (const value of values) expect(validate(value)).toBe(true)
    }),
    { examples: [[[[{ valueOf: false }, {}, []]]]] },
  )
})

it('takes the example that is made of it', () => {
  assert(
    property(array(jsonValue({ maxDepth: 3 }), { minLength: 1, maxLength: 4 }), (values) => {
      const schema = inferredSchema(values)
      expect(ajv().compile(schema)(exampleOf(schema))).toBe(true)
    }),
  )
})

it('gives up where objects are nested deeply, and does not overflow', () => {
  let deep: unknown = 1
  for (let depth = 0; depth < 5_000; depth += 1) deep = [deep]
  expect(JSON.stringify(inferredSchema([deep])).length).toBeLessThan(1_000)
})
