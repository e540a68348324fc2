import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Kysely } from 'kysely'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineCatalog, findEvent } from './catalog.ts'
import { djangoSerializer } from './django.ts'
import { defineModels, type Model } from './models.ts'
import type { Row, SerializerContext } from './options.ts'
import { serializeRow, validatePayload } from './payload.ts'

function eventWith(schema: StandardSchemaV1 | null) {
  return findEvent(defineCatalog({ events: { 'user.logged_in': schema } }), 'user.logged_in', 'event')
}

describe('validatePayload', () => {
  it('lets any payload through where there is no schema', () => {
    const payload = { anything: 1 }
    expect(validatePayload(eventWith(null), payload)).toBe(payload)
  })

  it.each([
    ['zod', z.object({ name: z.string(), n: z.number().default(5) })],
    ['valibot', v.object({ name: v.string(), n: v.optional(v.number(), 5) })],
  ])('gives at once what a synchronous schema makes of the payload: %s', (_, schema) => {
    expect(validatePayload(eventWith(schema), { name: 'x' })).toEqual({ name: 'x', n: 5 })
  })

  it('gives a promise where the schema answers later', async () => {
    const schema = v.pipeAsync(
      v.string(),
      v.checkAsync(async (name) => name !== 'bad', 'bad name'),
    )
    const later = validatePayload(eventWith(schema), 'good')
    expect(later).toBeInstanceOf(Promise)
    await expect(later).resolves.toBe('good')
    await expect(validatePayload(eventWith(schema), 'bad')).rejects.toThrow(
      'payload: the schema of "user.logged_in" refuses it: bad name.',
    )
  })

  it('names every issue with its path, and keeps the issues', () => {
    const schema = z.object({
      user: z.object({ name: z.string('no text') }),
      items: z.array(z.number('no number')),
    })
    const refusal = () => validatePayload(eventWith(schema), { user: { name: 1 }, items: [1, 'secret'] })
    expect(refusal).toThrow(
      expect.objectContaining({
        code: 'payload_invalid',
        field: 'payload.user.name',
        message:
          'payload.user.name: the schema of "user.logged_in" refuses it: no text; payload.items[1]: no number.',
        cause: [
          expect.objectContaining({ path: ['user', 'name'] }),
          expect.objectContaining({ path: ['items', 1] }),
        ],
      }),
    )
  })

  it('reads paths of segments as well as of keys', () => {
    const schema: StandardSchemaV1 = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => ({ issues: [{ message: 'wrong.', path: [{ key: 'first name' }, 0] }] }),
      },
    }
    expect(() => validatePayload(eventWith(schema), {})).toThrow(
      'payload["first name"][0]: the schema of "user.logged_in" refuses it: wrong.',
    )
  })

  it('refuses where the schema gives no reason, and cuts a long list', () => {
    const with_ = (issues: StandardSchemaV1.Issue[]): StandardSchemaV1 => ({
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) },
    })
    expect(() => validatePayload(eventWith(with_([])), {})).toThrow('it gave no reason')
    const many = Array.from({ length: 12 }, (_, index) => ({ message: `no ${index}` }))
    expect(() => validatePayload(eventWith(with_(many)), {})).toThrow(/no 9; and 2 more\.$/)
  })
})

describe('serializeRow', () => {
  const db = {} as Kysely<unknown>
  const row = { id: 1, user_id: 7, read_pages: 3 }

  function model(option: object): Model {
    const [defined] = defineModels({ Book: { table: 'book', ...option } }).values()
    if (defined === undefined) throw new Error('no model')
    return defined
  }

  function serialize(option: object, previous?: Row): Promise<unknown> {
    return serializeRow(model(option), { event: 'book.changed', action: 'updated', row, previous, db })
  }

  it('gives the renamed row where there is no serializer', async () => {
    expect(await serialize({})).toEqual(row)
    expect(await serialize({ naming: 'camel' })).toEqual({ id: 1, userId: 7, readPages: 3 })
  })

  it('gives a function the row and what happened, both renamed', async () => {
    const seen: [Row, SerializerContext][] = []
    const data = await serialize(
      {
        naming: 'camel',
        serialize: async (given: Row, context: SerializerContext) => {
          seen.push([given, context])
          return { pages: given.readPages }
        },
      },
      { read_pages: 2 },
    )
    expect(data).toEqual({ pages: 3 })
    expect(seen).toEqual([
      [
        { id: 1, userId: 7, readPages: 3 },
        { event: 'book.changed', action: 'updated', previous: { readPages: 2 }, db },
      ],
    ])
  })

  it('lets a schema check and transform the row', async () => {
    expect(await serialize({ serialize: z.object({ read_pages: z.number().transform(String) }) })).toEqual({
      read_pages: '3',
    })
    await expect(serialize({ serialize: v.object({ read_pages: v.string('no text') }) })).rejects.toThrow(
      expect.objectContaining({
        code: 'payload_invalid',
        message: 'row.read_pages: models["Book"].serialize refuses it: no text.',
      }),
    )
  })

  it('rejects with what a serializer throws', async () => {
    const failing = () => {
      throw new RangeError('broken')
    }
    await expect(serialize({ serialize: failing })).rejects.toThrow(RangeError)
  })

  it("gives Django's form", async () => {
    const serializer = djangoSerializer({
      model: 'bookstore.book',
      fields: { user: 'user_id' },
      exclude: ['read_pages'],
    })
    expect(await serialize({ serialize: serializer })).toEqual({
      model: 'bookstore.book',
      pk: 1,
      fields: { user: 7 },
    })
  })
})
