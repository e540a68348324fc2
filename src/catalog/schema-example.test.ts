import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'
import { operationalDescriptions } from './operational-schemas.ts'
import { exampleOf } from './schema-example.ts'

const takes = (schema: JsonSchema, value: unknown) =>
  new Ajv2020({ allowUnionTypes: true, validateFormats: false }).validate(schema, value)

describe('exampleOf', () => {
  const node: z.ZodType = z.lazy(() => z.object({ name: z.string(), children: z.array(node) }))
  it.each([
    z.object({ stars: z.int().min(3).max(5), half: z.number().gt(2).lt(2.5).optional() }),
    z.object({
      kind: z.enum(['a', 'b']),
      one: z.literal(7),
      list: z.array(z.string().min(9).max(12)).min(2),
    }),
    z.union([z.null(), z.object({ a: z.boolean() })]),
    z.discriminatedUnion('t', [
      z.object({ t: z.literal('x'), n: z.bigint() }),
      z.object({ t: z.literal('y') }),
    ]),
    z.intersection(z.object({ a: z.string() }), z.object({ b: z.number().multipleOf(4) })),
    z.tuple([z.string(), z.number()]),
    z.record(z.string(), z.number()),
    z.object({ mail: z.email(), at: z.iso.datetime(), id: z.uuid(), site: z.url() }),
    z.nullable(z.string()),
    node,
  ])('fits its schema (%#)', (schema) => {
    const made = jsonSchemaOf(schema) as JsonSchema
    expect(takes(made, exampleOf(made)), JSON.stringify(exampleOf(made))).toBe(true)
  })

  it('is what the schema itself gives as one', () => {
    expect(exampleOf({ type: 'object', properties: { a: { type: 'string', examples: ['Ada'] } } })).toEqual({
      a: 'Ada',
    })
  })

  it.each([
    { $ref: '#' },
    { $ref: '#/nowhere' },
    { $ref: 'https://example.com/x' },
    { allOf: [{ $ref: '#' }] },
  ])('ends for %o', (schema) => expect(() => exampleOf(schema)).not.toThrow())
})

it.each(Object.entries(operationalDescriptions))("%s's example fits its schema", (_, { schema, example }) => {
  expect(takes(schema, example)).toBe(true)
})
