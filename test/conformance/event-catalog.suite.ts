import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createHooks, everyone } from '../../src/index.ts'
import { application, type BookRow, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

interface Described {
  name: string
  schema: object
  schema_from: string | null
  example: unknown
}

/** What there is to subscribe to: its schemas, and samples of it. */
export function eventCatalogSuite(harness: Harness): void {
  describe(`the catalog of events on ${harness.name}`, () => {
    const app = application(harness)

    async function open({
      serialize = ((book) => ({ title: book.title, long: (book.pages ?? 0) > 300, pages: book.pages })) as (
        book: BookRow,
        context: { db: { selectFrom(table: string): { selectAll(): { execute(): Promise<object[]> } } } },
      ) => unknown,
      hook = {},
    } = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          hook,
          authenticate: (request) => request.headers.get('x-user'),
          models: {
            Book: { table: 'book', owner: 'user_id', serialize: serialize as never },
            Raw: { table: 'book', owner: 'user_id', naming: 'camel' },
            Checked: {
              table: 'book',
              owner: 'user_id',
              serialize: z.object({ id: z.number(), title: z.string().transform((title) => title.length) }),
            },
          },
          events: {
            'book.added': { on: 'Book.created', description: 'A book was added.' },
            'book.changed': 'Book.updated+',
            'raw.added': 'Raw.created',
            'raw.changed': 'Raw.updated',
            'checked.added': 'Checked.created',
            'user.left': null,
            'user.invited': z.object({ email: z.email(), seats: z.number().default(1) }).describe('Invited.'),
            'user.named': { payload: z.object({ at: z.date() }), description: 'Named.' },
          },
        }),
      )
      const get = async (path: string, user = '1') => {
        const request = new Request(`https://app.example${path}`, { headers: { 'x-user': user } })
        const response = await opened.hooks.handler(request)
        const text = await response.text()
        return { status: response.status, text, body: JSON.parse(text) }
      }
      const described = async (name: string, user?: string) =>
        (await get(`/hooks/events/${name}/`, user)).body as Described
      const samples = async (name: string, user?: string) => {
        const { status, body } = await get(`/hooks/events/${name}/samples/`, user)
        expect(status).toBe(200)
        return body as { hook: { id: number; target: string }; data: unknown }[]
      }
      return { ...opened, get, described, samples }
    }

    it('says of each event where it comes from, and never from which table', async () => {
      const { get } = await open()
      const { body, text } = await get('/hooks/events/')
      const origins = (body as (Described & Record<string, unknown>)[]).map(
        ({ name, model, action, everyone: all, description, schema_from }) =>
          [name, model, action, all, description, schema_from] as const,
      )
      expect(origins.slice(0, 8)).toEqual([
        ['book.added', 'Book', 'created', false, 'A book was added.', 'example'],
        ['book.changed', 'Book', 'updated', true, null, 'example'],
        ['raw.added', 'Raw', 'created', false, null, 'columns'],
        ['raw.changed', 'Raw', 'updated', false, null, 'columns'],
        ['checked.added', 'Checked', 'created', false, null, 'schema'],
        ['user.left', null, null, false, null, null],
        ['user.invited', null, null, false, 'Invited.', 'schema'],
        ['user.named', null, null, false, 'Named.', 'schema'],
      ])
      expect(origins.slice(8).map(([name]) => name)).toEqual([
        'hook.disabled',
        'hook.failing',
        'hook.recovered',
        'delivery.delivered',
        'delivery.exhausted',
      ])
      expect(text).not.toMatch(/"book"/)
    })

    it('has a schema that takes what is really sent, and an example that it takes too', async () => {
      const { hooks, test, described } = await open()
      const names = ['book.added', 'raw.added', 'checked.added', 'raw.changed', 'user.invited'] as const
      await hooks.create({ owner: 1, events: names, target: TARGET })
      await app.addBook({ id: 1, pages: null as never })
      await app.addBook({ id: 2, pages: 500 })
      await app.database.exec('UPDATE book SET read_pages = 7')
      await hooks.send('user.invited', { email: 'a@example.com' }, { owner: 1 })
      await test.flush()
      for (const name of names) {
        const { schema, example } = await described(name)
        const validate = new Ajv2020({ allowUnionTypes: true, validateFormats: false }).compile(schema)
        const sent = test.deliveries
          .map(({ json }) => json as { hook: { event: string }; data: unknown })
          .filter((json) => json.hook.event === name)
          .map(({ data }) => data)
        expect(sent.length).toBeGreaterThan(0)
        for (const data of [...sent, example]) {
          expect(validate(data), `${name}: ${JSON.stringify([schema, data])}`).toBe(true)
        }
      }
    })

    it('names columns as the data does, and says which may be null', async () => {
      const { described } = await open()
      expect((await described('raw.added')).schema).toMatchObject({
        properties: {
          id: { type: 'integer' },
          title: { type: 'string' },
          pages: { type: ['integer', 'null'] },
          readPages: { type: 'integer' },
          userId: { type: ['integer', 'null'] },
        },
        required: ['id', 'title', 'pages', 'readPages', 'userId'],
      })
    })

    it('guesses where nobody knows: from events that the caller has heard of', async () => {
      const { hooks, test, described } = await open()
      expect(await described('user.left')).toMatchObject({ schema: {}, schema_from: null, example: null })
      await hooks.create({ owner: 1, event: 'user.left', target: TARGET })
      await hooks.create({ owner: 2, event: 'user.left', target: `${TARGET}/2` })
      await hooks.send('user.left', { secret: 'of 2' }, { owner: 2 })
      await hooks.send('user.left', { name: 'Ada' }, { owner: 1 })
      await hooks.send('user.left', { name: 'Bob', why: 'tired' }, { owner: 1 })
      await test.flush()
      expect(await described('user.left', '1')).toMatchObject({
        schema: { properties: { name: { type: 'string' }, why: { type: 'string' } }, required: ['name'] },
        schema_from: 'events',
        example: { name: 'Bob', why: 'tired' },
      })
      expect(await described('user.left', '2')).toMatchObject({ example: { secret: 'of 2' } })
      expect(await described('user.left', '3')).toMatchObject({ schema: {}, schema_from: null })
      expect(JSON.stringify(await hooks.openapi())).not.toContain('why')
    })

    it('runs serializers rarely, and on no row of anybody', async () => {
      const rows: BookRow[] = []
      const related: object[][] = []
      const { get } = await open({
        serialize: async (book, { db }) => {
          rows.push(book)
          related.push(await db.selectFrom('book').selectAll().execute())
          return book
        },
      })
      await app.addBook({ id: 1 })
      await Promise.all([get('/hooks/events/'), get('/hooks/events/'), get('/hooks/openapi.json')])
      await get('/hooks/events/book.added/')
      // Two rows for each of two events: with all values, and with null where that may be.
      expect(rows).toHaveLength(4)
      expect(rows.map(({ id, user_id }) => [id, user_id])).toEqual(
        expect.arrayContaining([
          [0, 0],
          [0, null],
        ]),
      )
      expect(related).toEqual([[], [], [], []])
    })

    it('says nothing of an event whose serializer makes nothing of a made-up row', async () => {
      const { described, samples } = await open({
        serialize: () => {
          throw new Error('no such author')
        },
      })
      expect(await described('book.added')).toMatchObject({ schema: {}, schema_from: null, example: null })
      expect(await samples('book.added')).toEqual([])
    })

    it("never waits for the application's own code that does not end", async () => {
      const never = () => new Promise<never>(() => {})
      const { hooks, test, get } = await open({ serialize: never, hook: { payload: never } })
      await hooks.create({ owner: 1, event: 'user.left', target: TARGET })
      for (const path of ['/hooks/events/', '/hooks/events/user.left/samples/']) {
        let answered = false
        const answer = get(path).finally(() => {
          answered = true
        })
        await vi.waitFor(() => {
          test.clock.advance(1_000)
          expect(answered).toBe(true)
        })
        expect(await answer).toMatchObject({ status: 200 })
      }
    })

    describe('samples', () => {
      it("are the caller's last three, as their hook gets them, the newest first", async () => {
        const { hooks, test, get } = await open()
        await hooks.create({ owner: 1, event: 'user.left', target: `${TARGET}/other` })
        const hook = await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
        for (const id of [1, 2, 3, 4]) {
          await app.addBook({ id })
          await test.flush()
        }
        const { text } = await get('/hooks/events/book.added/samples')
        const bodies = test.deliveries.map(({ body }) => body).toReversed()
        expect(bodies[0]).toContain(`"id":${hook.id},`)
        expect(text).toBe(`[${bodies.slice(0, 3).join(',')}]`)
      })

      it("are never another owner's, and are everybody's where the event is", async () => {
        const { hooks, test, samples } = await open()
        for (const owner of [1, 2]) {
          const events = ['book.added', 'book.changed', 'user.left'] as const
          await hooks.create({ owner, events, target: `${TARGET}/${owner}` })
        }
        await app.addBook({ id: 1, user_id: 2, title: 'private' })
        await app.database.exec("UPDATE book SET title = 'public'")
        await hooks.send('user.left', { n: 'private' }, { owner: 2 })
        await hooks.send('user.left', { n: 'public' }, { owner: everyone })
        await test.flush()
        for (const user of ['1', '3']) {
          const seen = JSON.stringify(
            await Promise.all(['book.added', 'book.changed', 'user.left'].map((name) => samples(name, user))),
          )
          expect(seen).not.toContain('private')
          expect(await samples('book.changed', user)).toMatchObject([{ data: { title: 'public' } }])
          expect(await samples('user.left', user)).toMatchObject([{ data: { n: 'public' } }])
        }
        expect(await samples('user.left', '2')).toMatchObject([
          { data: { n: 'public' } },
          { data: { n: 'private' } },
        ])
      })

      it('are made up where none has happened, also for a caller without hooks', async () => {
        const { samples } = await open()
        const hook = (event: string) => ({ id: 1, event, target: 'https://example.com/target' })
        expect(await samples('book.added')).toEqual([
          { hook: hook('book.added'), data: { title: 'title', long: false, pages: 1 } },
        ])
        expect(await samples('user.invited')).toEqual([
          { hook: hook('user.invited'), data: { email: 'user@example.com', seats: 1 } },
        ])
        expect(await samples('user.named')).toEqual([
          { hook: hook('user.named'), data: { at: expect.stringMatching(/^\d{4}-/) } },
        ])
        expect(await samples('user.left')).toEqual([{ hook: hook('user.left'), data: {} }])
        expect(await samples('hook.disabled')).toMatchObject([{ data: { cause: 'gone' } }])
      })

      it('are no tests, and not what is not made yet', async () => {
        const { hooks, test, samples } = await open()
        const hook = await hooks.create({ owner: 1, event: 'user.left', target: TARGET })
        await hooks.test(hook.id, { data: { n: 'a test' } })
        await test.flush()
        await hooks.send('user.left', { n: 'not fanned out' }, { owner: 1 })
        expect((await samples('user.left')).map(({ data }) => data)).toEqual([{}])
      })

      it('keep what `find` keeps from the hook', async () => {
        const find = vi.fn(
          (query: { where(...condition: unknown[]): never }, { data }: { data: { n: string } }) =>
            query.where('id', data.n === 'hidden' ? '<' : '>', 0),
        )
        const { hooks, test, samples, described } = await open({ hook: { find } })
        await hooks.create({ owner: 1, event: 'user.left', target: TARGET })
        await hooks.send('user.left', { n: 'hidden' }, { owner: everyone })
        await hooks.send('user.left', { n: 'shown' }, { owner: everyone })
        await test.flush()
        expect(await samples('user.left', '1')).toMatchObject([{ data: { n: 'shown' } }])
        // Without a hook nobody can tell.
        expect((await samples('user.left', '2')).map(({ data }) => data)).toEqual([{}])
        await hooks.send('user.left', { n: 'hidden' }, { owner: everyone })
        await test.flush()
        for (const user of ['1', '2']) {
          expect(await described('user.left', user)).toMatchObject({ schema: {}, example: null })
        }
      })

      it('keep what its filter keeps from the hook', async () => {
        const { hooks, test, samples } = await open()
        await hooks.create({ owner: 1, event: 'user.left', target: TARGET, filter: { n: { $gt: 5 } } })
        for (const n of [3, 9, 8, 7, 6, 1, 2]) {
          await hooks.send('user.left', { n }, { owner: 1 })
          await test.flush()
        }
        expect((await samples('user.left')).map(({ data }) => data)).toEqual([{ n: 6 }, { n: 7 }, { n: 8 }])
      })

      it("have the application's own form, with its fields", async () => {
        const { hooks, samples } = await open({
          hook: {
            fields: { plan: { type: 'string', default: 'free' } },
            payload: (
              hook: { id: number; plan: string },
              event: { name: string; data: { email?: string } },
            ) => {
              if (event.data.email === undefined) throw new Error('no e-mail')
              return { own: hook.id, plan: hook.plan, mail: event.data.email }
            },
          },
        })
        expect(await samples('user.invited')).toEqual([{ own: 1, plan: 'free', mail: 'user@example.com' }])
        const { id } = await hooks.create({
          owner: 1,
          event: 'user.invited',
          target: TARGET,
          plan: 'pro',
        } as never)
        expect(await samples('user.invited')).toEqual([{ own: id, plan: 'pro', mail: 'user@example.com' }])
        expect(await samples('user.left')).toEqual([])
      })

      it('keep all digits', async () => {
        const { hooks, test, get } = await open()
        await hooks.create({ owner: 1, event: 'user.left', target: TARGET })
        await hooks.send('user.left', { n: 2n ** 60n }, { owner: 1 })
        await test.flush()
        expect((await get('/hooks/events/user.left/samples')).text).toContain('1152921504606846976')
        expect((await get('/hooks/events/user.left')).text).toContain('1152921504606846976')
      })
    })
  })
}
