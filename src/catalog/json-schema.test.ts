import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonSchemaOf } from './json-schema.ts'

const standard = (more: object) =>
  ({
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }), ...more },
  }) as never

describe('jsonSchemaOf', () => {
  it('asks zod, with what is sent of dates and bigints', () => {
    const schema = z.object({
      name: z.string().min(1),
      at: z.date(),
      n: z.bigint().optional(),
      on: z.symbol(),
    })
    expect(jsonSchemaOf(schema.describe('A user'))).toEqual({
      type: 'object',
      description: 'A user',
      properties: {
        name: { type: 'string', minLength: 1 },
        at: { type: 'string', format: 'date-time' },
        n: { type: 'integer' },
        on: {},
      },
      required: ['name', 'at', 'on'],
      additionalProperties: false,
    })
  })

  it('tells what `send` takes from what is sent', () => {
    const schema = z.object({ seats: z.number().default(1) })
    expect(jsonSchemaOf(schema, 'input')).not.toHaveProperty('required')
    expect(jsonSchemaOf(schema)).toMatchObject({ required: ['seats'] })
  })

  it('asks a zod that has only a method for it', () => {
    const zod = z.object({ a: z.date() })
    const older = {
      '~standard': { ...zod['~standard'], jsonSchema: undefined },
      toJSONSchema: zod.toJSONSchema,
    }
    expect(jsonSchemaOf(older as never)).toEqual(jsonSchemaOf(zod))
  })

  it('asks any library that follows the standard', () => {
    const made = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'string' }
    const asked: object[] = []
    const jsonSchema = { output: (options: object) => asked.push(options) && made }
    expect(jsonSchemaOf(standard({ jsonSchema }))).toEqual({ type: 'string' })
    expect(asked).toEqual([{ target: 'draft-2020-12' }])
  })

  it.each([
    ['a library that tells nothing', v.object({ a: v.string() })],
    [
      'one that throws',
      standard({
        jsonSchema: {
          output: () => {
            throw new Error('no')
          },
        },
      }),
    ],
    ['one that gives what is no schema', standard({ jsonSchema: { output: () => 1 } })],
    [
      'one that gives what holds itself',
      standard({
        jsonSchema: {
          output: () => {
            const self = { self: {} }
            self.self = self
            return self
          },
        },
      }),
    ],
  ])('has nothing of %s', (_, schema) => {
    expect(jsonSchemaOf(schema)).toBeUndefined()
  })
})
