import { createHooks } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
import { describe, expectTypeOf, it } from 'vitest'
import { createReceiver } from './create-receiver.ts'
import type { EventsOf } from './sender.ts'

interface BookRow {
  id: number
  title: string
  pages: number
}

const hooks = createHooks({
  database: sqlite('unused.db'),
  models: {
    Book: {
      table: 'book',
      owner: 'user_id',
      serialize: (book: BookRow) => ({ title: book.title, pages: book.pages, at: new Date() }),
    },
  },
  events: { 'book.added': 'Book.created', 'book.read': { on: 'Book.updated' }, 'user.logged_in': null },
})

const options = { secret: 'whsec_' }

describe('createReceiver', () => {
  it("is typed from the sender's catalog, in the form of JSON", async () => {
    const message = await createReceiver<typeof hooks>(options).receive(new Request('http://localhost'))
    if (message.event === 'book.added') {
      expectTypeOf(message.data).toEqualTypeOf<{ title: string; pages: number; at: string }>()
      expectTypeOf(message.previous).toEqualTypeOf<Partial<typeof message.data> | undefined>()
    }
    if (message.event === 'hook.disabled') expectTypeOf(message.data.disabledAt).toEqualTypeOf<string>()
    expectTypeOf(message.id).toEqualTypeOf<string>()
    // @ts-expect-error no such event
    if (message.event === 'book.lost') return
  })

  it('wants a handler for each event, and types what it gets', () => {
    const receiver = createReceiver<typeof hooks>(options)
    receiver.handler({
      'book.added': ({ data, event }) => {
        expectTypeOf(data.title).toEqualTypeOf<string>()
        expectTypeOf(event).toEqualTypeOf<'book.added'>()
      },
      'book.read': async ({ data }) => void data.pages,
      'user.logged_in': () => {},
      'hook.failing': ({ data }) => void data.failures,
    })
    // @ts-expect-error one is missing
    receiver.handler({ 'book.added': () => {}, 'book.read': () => {} })
    const all = { 'book.added': () => {}, 'book.read': () => {}, 'user.logged_in': () => {} }
    // @ts-expect-error there is no such event
    receiver.handler({ ...all, 'book.lost': () => {} })
  })

  it('may be for some of the events only', () => {
    createReceiver<typeof hooks, 'book.added'>(options).handler({ 'book.added': () => {} })
    // @ts-expect-error no such event
    createReceiver<typeof hooks, 'book.lost'>(options)
  })

  it('takes a map of types as well', async () => {
    type Events = EventsOf<typeof hooks>
    expectTypeOf<keyof Events>().toEqualTypeOf<'book.added' | 'book.read' | 'user.logged_in'>()
    const message = await createReceiver<Events>(options).receive(new Request('http://localhost'))
    if (message.event === 'book.added') expectTypeOf(message.data.pages).toEqualTypeOf<number>()
  })
})
