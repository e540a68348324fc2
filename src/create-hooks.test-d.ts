import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import {
  createHooks,
  everyone,
  type Filter,
  type HookDisabled,
  type OperationalData,
  type OperationalName,
} from './index.ts'
import { sqlite } from './store/sqlite/index.ts'

interface BookRow {
  id: number
  title: string
  pages: number
  read_pages: number
}

const hooks = createHooks({
  database: sqlite('types.db'),
  models: {
    Book: {
      table: 'book',
      owner: 'user_id',
      serialize: (book: BookRow) => ({ title: book.title, pages: book.pages }),
    },
  },
  events: {
    'book.added': 'Book.created',
    'book.changed': 'Book.updated+',
    'book.read': 'Book.read',
    'book.finished': {
      on: 'Book.updated',
      when: (book, before) => book.read_pages === book.pages && before.pages > 0,
    },
    'user.logged_in': null,
    'user.invited': z.object({ email: z.string(), seats: z.number().default(1) }),
  },
  hook: { fields: { isActive: { type: 'boolean', default: true }, label: { type: 'string' } } },
})

describe('createHooks infers, without annotations,', () => {
  it('the names of events', async () => {
    const hook = await hooks.create({
      owner: 1,
      event: 'book.added',
      target: 'https://example.com',
      label: 'a',
    })
    expectTypeOf(hook.event).toEqualTypeOf<
      | 'book.added'
      | 'book.changed'
      | 'book.read'
      | 'book.finished'
      | 'user.logged_in'
      | 'user.invited'
      | OperationalName
    >()
    // @ts-expect-error there is no such event
    await hooks.create({ owner: 1, event: 'book.adde', target: 'https://example.com', label: 'a' })
  })

  it("the application's own fields of a hook", async () => {
    const [hook] = await hooks.list({ owner: 1 })
    expectTypeOf(hook?.isActive).toEqualTypeOf<boolean | undefined>()
    // @ts-expect-error label has no default
    await hooks.create({ owner: 1, event: 'book.added', target: 'https://example.com' })
  })

  it('payloads', async () => {
    await hooks.send('book.added', { title: 'x', pages: 1 }, { owner: everyone })
    await hooks.send('user.invited', { email: 'a@example.com' }, { owner: 1 })
    // @ts-expect-error pages is missing
    await hooks.send('book.added', { title: 'x' }, { owner: 1 })
    // @ts-expect-error an owner is needed
    await hooks.send('user.logged_in', {}, {})
  })

  it('the data of test events', async () => {
    const { id } = await hooks.test(1)
    expectTypeOf(id).toEqualTypeOf<string>()
    await hooks.test(1, { event: 'book.added', owner: 1 })
    await hooks.test(1, { event: 'user.invited', data: { email: 'a@example.com' } })
    // @ts-expect-error there is no such event
    await hooks.test(1, { event: 'book.adde' })
    // @ts-expect-error it is the data of another event
    await hooks.test(1, { event: 'book.added', data: { email: 'a@example.com' } })
  })

  it('the form of bodies, and what a function is told', async () => {
    const options = { database: sqlite('types.db'), events: { 'user.logged_in': null } } as const
    createHooks({ ...options, hook: { payload: 'thin' } })
    createHooks({
      ...options,
      hook: {
        fields: { label: { type: 'string' } },
        payload: (hook, event) => {
          expectTypeOf(hook.label).toEqualTypeOf<string>()
          expectTypeOf(event.createdAt).toEqualTypeOf<Date>()
          expectTypeOf(event.key).toEqualTypeOf<Readonly<Record<string, unknown>> | null>()
          expectTypeOf(event.previous).toEqualTypeOf<unknown>()
          return event.data
        },
      },
    })
    // @ts-expect-error there is no such form
    createHooks({ ...options, hook: { payload: 'xml' } })
    const target = 'https://example.com'
    const hook = await hooks.create({
      owner: 1,
      event: 'book.added',
      target,
      label: 'a',
      payload: 'standard',
    })
    expectTypeOf(hook.payload).toEqualTypeOf<'envelope' | 'standard' | 'thin' | null>()
    // @ts-expect-error there is no such form
    await hooks.update(1, { payload: 'xml' })
  })

  it('filters', async () => {
    const filter: Filter = {
      pages: { $gt: 300 },
      'author.name': { $startsWith: 'T' },
      $or: [{ a: null }, { $not: { b: 1n } }],
    }
    const hook = await hooks.update(1, { filter })
    expectTypeOf(hook.filter).toEqualTypeOf<Filter | null>()
    await hooks.update(1, { filter: { pages: { $not: { $in: [1, 'a'] } }, fiction: true } })
    // @ts-expect-error it is text
    await hooks.update(1, { filter: { title: { $startsWith: [1] } } })
    // @ts-expect-error it is a list
    await hooks.update(1, { filter: { $or: { a: 1 } } })
  })

  it('what is sent again', async () => {
    const { deliveries } = await hooks.replay({ since: new Date() })
    expectTypeOf(deliveries).toEqualTypeOf<number>()
    const { status } = await hooks.retry('id')
    expectTypeOf(status).toEqualTypeOf<'pending' | 'delivered' | 'failed' | 'cancelled'>()
    const hook = await hooks.enable(1, { replaySince: new Date() })
    expectTypeOf(hook.isActive).toEqualTypeOf<boolean>()
    // @ts-expect-error since when?
    await hooks.replay({ hookId: 1 })
    // @ts-expect-error there is no such kind
    await hooks.replay({ since: new Date(), what: 'everything' })
  })

  it('declared actions', async () => {
    await hooks.trigger('Book.read', 7)
    await hooks.trigger('Book.created', 7n)
    // @ts-expect-error no event is on that action
    await hooks.trigger('Book.red', 7)
  })

  it("hookwright's own events", async () => {
    const target = 'https://example.com'
    const hook = await hooks.create({ owner: 1, events: ['hook.disabled', 'book.added'], target, label: 'a' })
    expectTypeOf(hook.disabledCause).toEqualTypeOf<'manual' | 'gone' | 'failing' | null>()
    await hooks.list({ event: 'delivery.exhausted' })
    // @ts-expect-error hookwright makes it itself
    await hooks.send('hook.disabled', {}, { owner: 1 })
    // @ts-expect-error a name of the application's own
    createHooks({ database: sqlite('types.db'), events: { 'hook.disabled': null } })
  })

  it('what a listener is told', () => {
    const end = hooks.on('hook.disabled', (payload) => {
      expectTypeOf(payload).toEqualTypeOf<HookDisabled>()
      expectTypeOf(payload.disabledAt).toEqualTypeOf<Date>()
    })
    expectTypeOf(end).toEqualTypeOf<() => void>()
    hooks.on('hook.failing', async ({ percent, disableAt }) => {
      expectTypeOf(percent).toEqualTypeOf<50 | 70 | 90>()
      expectTypeOf(disableAt).toEqualTypeOf<Date>()
    })
    hooks.on('hook.recovered', ({ failingSince }) => {
      expectTypeOf(failingSince).toEqualTypeOf<Date | null>()
    })
    hooks.on('delivery.exhausted', ({ reason, delivery, attempt }) => {
      expectTypeOf(reason).toEqualTypeOf<string>()
      expectTypeOf(delivery.id).toEqualTypeOf<string>()
      expectTypeOf(attempt.status).toEqualTypeOf<number | null>()
    })
    // @ts-expect-error only a delivery that has failed for good has a reason
    hooks.on('delivery.delivered', ({ reason }) => reason)
    // @ts-expect-error listeners are told of no event of the application's
    hooks.on('book.added', () => {})
  })

  it('what a hook gets that subscribes to them', () => {
    expectTypeOf<OperationalData['hook.disabled']['disabledAt']>().toEqualTypeOf<string>()
    expectTypeOf<OperationalData['hook.recovered']['failingSince']>().toEqualTypeOf<string | null>()
    expectTypeOf<OperationalData['delivery.delivered']['attempt']['manual']>().toEqualTypeOf<boolean>()
  })
})

describe('an event with a description', () => {
  const described = createHooks({
    database: sqlite('types.db'),
    models: {
      Book: { table: 'book', owner: 'user_id', serialize: (book: BookRow) => ({ title: book.title }) },
    },
    events: {
      'book.added': { on: 'Book.created', description: 'A book was added.' },
      'book.finished': { on: 'Book.updated', description: 'Read.', when: (book) => book.pages > 1 },
      'user.left': { payload: null, description: 'A user has left.' },
      'user.invited': { payload: z.object({ email: z.string() }), description: 'Somebody was invited.' },
    },
  })

  it('is typed as without one', () => {
    expectTypeOf(described.send<'user.invited'>)
      .parameter(1)
      .toEqualTypeOf<{ email: string }>()
    expectTypeOf(described.send<'book.added'>)
      .parameter(1)
      .toEqualTypeOf<{ title: string }>()
    expectTypeOf(described.send<'user.left'>)
      .parameter(1)
      .toEqualTypeOf<string | number | bigint | boolean | object | null>()
  })

  it('is checked as without one', () => {
    createHooks({
      database: sqlite('types.db'),
      events: {
        // @ts-expect-error neither null nor a schema
        'user.left': { payload: 5, description: '' },
      },
    })
  })
})
