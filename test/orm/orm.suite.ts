import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { createHooks } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import type { TxOption } from '../../src/store/tx/index.ts'
import { testHooks } from '../../src/testing/index.ts'
import { recordingLogger } from '../conformance/application.ts'

/** What is written through the ORMs. */
export interface BookRow {
  id: number
  title: string
  pages: number | null
  user_id: number | null
  shelf_id: number | null
}

export interface ShelfRow {
  id: number
  name: string
  user_id: number | null
}

/** An ORM on a kind of database. */
export interface Orm<Transaction = unknown> {
  /** `Prisma on SQLite`. */
  readonly name: string
  /** `describePostgres` for an ORM on PostgreSQL, so that it is left out, and says so, where there is none. */
  readonly describe?: (name: string, define: () => void) => void
  /** Opens it on a new database that has the tables of `DDL`. */
  open(context: TestContext): Promise<OrmDatabase<Transaction>>
}

export interface OrmDatabase<Transaction = unknown> {
  /** Each call gives a store with a connection of its own to the same database, through the ORM's own driver on SQLite. */
  store(): Store
  /** What `tx` is in a transaction of the ORM's. Left out where the ORM's transactions are synchronous. */
  readonly transactions?: OrmTransactions<Transaction>
  /** The ORM's own writes, each in the way that people use it, outside of a transaction of ours. */
  readonly writes: OrmWrites
  close(): Promise<void>
}

export interface OrmTransactions<Transaction> {
  /** Commits when `work` has ended, and rolls back if it throws, with that error. */
  run(work: (tx: Transaction) => Promise<void>): Promise<void>
  /** The same in a savepoint of that transaction; undefined where the ORM has none. */
  nested: ((tx: Transaction, work: (tx: Transaction) => Promise<void>) => Promise<void>) | undefined
  /** Makes hookwright's `tx` of it. */
  option(tx: Transaction): TxOption
  /** Writes a row in it. */
  insert(tx: Transaction, book: BookRow): PromiseLike<unknown>
  /** What is no open transaction, by a name for it: each must be refused, by the helper or when it is sent with. */
  readonly wrong: Record<string, () => TxOption | Promise<TxOption>>
}

export interface OrmWrites {
  insertShelf(shelf: ShelfRow): PromiseLike<unknown>
  insert(book: BookRow): PromiseLike<unknown>
  update(id: number, values: Partial<BookRow>): PromiseLike<unknown>
  delete(id: number): PromiseLike<unknown>
  insertMany(books: BookRow[]): PromiseLike<unknown>
  /** One statement for all rows that have at least so many pages. */
  updateMany(fromPages: number, values: Partial<BookRow>): PromiseLike<unknown>
  deleteMany(fromPages: number): PromiseLike<unknown>
  /** One statement; undefined where the ORM has none. */
  upsert: ((book: BookRow) => PromiseLike<unknown>) | undefined
  /** A shelf and its books through the relation between them; undefined where the ORM has no such writes. */
  insertNested: ((shelf: ShelfRow, books: BookRow[]) => PromiseLike<unknown>) | undefined
  /** The shelf goes, and the database or the ORM removes its books. */
  deleteShelf(id: number): PromiseLike<unknown>
  /** SQL as it stands. */
  raw(sql: string): PromiseLike<unknown>
  /** What else this ORM can do, by name. Before each there are the books 1 and 2, each of 100 pages. */
  readonly more?: Record<string, OrmWrite>
}

export interface OrmWrite {
  write(): PromiseLike<unknown>
  /** The events, in any order, with what must be among their data. */
  readonly heard: readonly (readonly [event: string, data: Partial<BookRow>])[]
}

/** The application's tables, for either database. */
export const DDL = [
  `CREATE TABLE shelf (id integer PRIMARY KEY, name text NOT NULL, user_id integer)`,
  `CREATE TABLE book (
    id integer PRIMARY KEY, title text NOT NULL, pages integer, user_id integer,
    shelf_id integer REFERENCES shelf (id) ON DELETE CASCADE
  )`,
]

/** Text that goes wrong wherever parameters are written into SQL by hand. */
const TITLE = `Ω 🎉 "quoted", it's \\ 100 % $1 ? ?? :id {0}`

const book = (id: number, values: Partial<BookRow> = {}): BookRow => ({
  id,
  title: `Book ${id}`,
  pages: 100,
  user_id: 1,
  shelf_id: null,
  ...values,
})

/** An event by hand in the ORM's transaction, and the ORM's own writes as the triggers hear them. */
export function ormSuite<Transaction>(orm: Orm<Transaction>): void {
  const describeOrm = orm.describe ?? describe
  describeOrm(orm.name, () => {
    let database: OrmDatabase<Transaction>
    let opened: { close(): Promise<void> }[]

    beforeEach(async (context) => {
      opened = []
      database = await orm.open(context)
    })

    afterEach(async () => {
      for (const hooks of opened) await hooks.close()
      await database?.close()
    })

    function bookstore() {
      const hooks = createHooks({
        database: database.store(),
        logger: recordingLogger().logger,
        models: {
          Book: { table: 'book', owner: 'user_id' },
          Shelf: { table: 'shelf', owner: 'user_id' },
        },
        events: {
          'book.created': 'Book.created',
          'book.updated': 'Book.updated',
          'book.deleted': 'Book.deleted',
          'book.read': 'Book.read',
          'shelf.created': 'Shelf.created',
          'shelf.deleted': 'Shelf.deleted',
          'user.logged_in': null,
        },
      })
      opened.push(hooks)
      return hooks
    }

    /** A bookstore with a hook on these events. */
    async function listening<
      const Event extends Parameters<ReturnType<typeof bookstore>['create']>[0]['event'],
    >(...events: NonNullable<Event>[]) {
      const hooks = bookstore()
      await hooks.migrate()
      const test = testHooks(hooks)
      await hooks.create({ owner: 1, events, target: 'https://example.com/target' } as never)
      /** What arrives at the target: the event, and its data. */
      const heard = async () => {
        await test.flush()
        // In the order of the events: without `ordered`, what is due at the same moment is delivered in any.
        const ids = (await hooks.events()).map(({ id }) => id).toReversed()
        const position = ({ id }: { id: string }) => ids.findIndex((uid) => id.startsWith(uid))
        return test.deliveries
          .toSorted((one, other) => position(one) - position(other))
          .map(({ json }) => json as { hook: { event: string }; data: Record<string, unknown> })
          .map(({ hook, data }) => [hook.event, data] as const)
      }
      /** What was heard so far is not heard again. */
      const forget = async () => {
        await test.flush()
        test.clear()
      }
      return { hooks, heard, forget }
    }

    /** What the transaction functions are; a test that needs them is left out, and says so, where there are none. */
    function transactions(context: TestContext): OrmTransactions<Transaction> {
      if (database.transactions === undefined) context.skip(`the transactions of ${orm.name} are synchronous`)
      return database.transactions as OrmTransactions<Transaction>
    }

    class Undone extends Error {}

    describe('an event by hand in its transaction', () => {
      it('is sent at the commit', async (context) => {
        const { run, option, insert } = transactions(context)
        const { hooks, heard } = await listening('user.logged_in', 'book.read')
        await run(async (tx) => {
          await insert(tx, book(1, { title: TITLE }))
          await hooks.send('user.logged_in', { name: TITLE, n: 1.5 }, { owner: 1, tx: option(tx) })
          // The row is not committed yet: only inside the transaction can it be read.
          await hooks.trigger('Book.read', 1, { tx: option(tx) })
        })
        expect(await heard()).toEqual([
          ['user.logged_in', { name: TITLE, n: 1.5 }],
          ['book.read', book(1, { title: TITLE })],
        ])
      })

      it('is not sent after its rollback', async (context) => {
        const { run, option, insert } = transactions(context)
        const { hooks, heard } = await listening('user.logged_in', 'book.read', 'book.created')
        const undone = run(async (tx) => {
          await insert(tx, book(1))
          await hooks.send('user.logged_in', 1, { owner: 1, tx: option(tx) })
          await hooks.trigger('Book.read', 1, { tx: option(tx) })
          throw new Undone()
        })
        await expect(undone).rejects.toThrow(Undone)
        expect(await heard()).toEqual([])
        expect(await hooks.events()).toEqual([])
      })

      it('is gone with the rollback of a savepoint, while the rest is sent', async (context) => {
        const { run, nested, option, insert } = transactions(context)
        if (nested === undefined) return context.skip(`${orm.name} has no savepoints`)
        const { hooks, heard } = await listening('user.logged_in', 'book.read')
        await run(async (tx) => {
          await hooks.send('user.logged_in', 'outer', { owner: 1, tx: option(tx) })
          const undone = nested(tx, async (inner) => {
            await insert(inner, book(1))
            await hooks.send('user.logged_in', 'undone', { owner: 1, tx: option(inner) })
            await hooks.trigger('Book.read', 1, { tx: option(inner) })
            throw new Undone()
          })
          await expect(undone).rejects.toThrow(Undone)
          await nested(tx, async (inner) => {
            await insert(inner, book(2))
            await hooks.send('user.logged_in', 'inner', { owner: 1, tx: option(inner) })
            await hooks.trigger('Book.read', 2, { tx: option(inner) })
          })
          await hooks.send('user.logged_in', 'after', { owner: 1, tx: option(tx) })
        })
        expect(await heard()).toEqual([
          ['user.logged_in', 'outer'],
          ['user.logged_in', 'inner'],
          ['book.read', book(2)],
          ['user.logged_in', 'after'],
        ])
      })

      it('is one event for one idempotency key, within the transaction too', async (context) => {
        const { run, option } = transactions(context)
        const { hooks, heard } = await listening('user.logged_in')
        await run(async (tx) => {
          const options = { owner: 1, tx: option(tx), idempotencyKey: TITLE }
          const first = await hooks.send('user.logged_in', 1, options)
          expect(await hooks.send('user.logged_in', 2, options)).toEqual(first)
        })
        expect(await heard()).toEqual([['user.logged_in', 1]])
      })

      it('rejects for a mistake; caught, it leaves the transaction as it was', async (context) => {
        const { run, option } = transactions(context)
        const { hooks, heard } = await listening('user.logged_in', 'book.read')
        await run(async (made) => {
          const tx = option(made)
          const mistakes: [Promise<unknown>, string][] = [
            [hooks.send('user.logged_in', Number.NaN, { owner: 1, tx }), 'payload_not_json'],
            [hooks.send('user.logged_in', 1, { owner: null as never, tx }), 'owner_missing'],
            [hooks.send('user.loged_in' as never, 1 as never, { owner: 1, tx }), 'event_unknown'],
            [hooks.trigger('Book.reed' as never, 1 as never, { tx }), 'action_unknown'],
          ]
          for (const [mistake, code] of mistakes) await expect(mistake).rejects.toMatchObject({ code })
          await expect(hooks.trigger('Book.read', 404, { tx })).rejects.toMatchObject({ code: 'row_missing' })
          await hooks.send('user.logged_in', 'kept', { owner: 1, tx })
        })
        expect(await heard()).toEqual([['user.logged_in', 'kept']])
      })

      it('rejects with database_outdated where our tables are missing', async (context) => {
        const { run, option } = transactions(context)
        const hooks = bookstore()
        const failed = run(async (tx) => {
          await hooks.send('user.logged_in', 1, { owner: 1, tx: option(tx) })
        })
        await expect(failed).rejects.toMatchObject({
          code: 'database_outdated',
          message: expect.stringContaining('hooks.migrate()'),
        })
      })

      it('is refused with what is no open transaction', async (context) => {
        const { wrong } = transactions(context)
        const { hooks, heard } = await listening('user.logged_in', 'book.read')
        await database.writes.insert(book(1))
        expect(Object.keys(wrong)).not.toEqual([])
        for (const [name, make] of Object.entries(wrong)) {
          for (const call of [
            async () => await hooks.send('user.logged_in', 1, { owner: 1, tx: await make() }),
            async () => await hooks.trigger('Book.read', 1, { tx: await make() }),
          ]) {
            await expect(call(), name).rejects.toMatchObject({ code: 'transaction_invalid', field: 'tx' })
          }
        }
        expect(await heard()).toEqual([])
      })
    })

    describe('its own writes', () => {
      it('of one row are heard with the values that were written', async () => {
        const { heard } = await listening('book.created', 'book.updated', 'book.deleted')
        const { insert, update, delete: remove } = database.writes
        await insert(book(1, { title: TITLE, pages: null }))
        await insert(book(2, { user_id: 2 }))
        await update(1, { pages: 304 })
        await update(1, { title: 'Momo' })
        await remove(2)
        await remove(1)
        const written = book(1, { title: TITLE, pages: 304 })
        expect(await heard()).toEqual([
          ['book.created', { ...written, pages: null }],
          ['book.updated', written],
          ['book.updated', { ...written, title: 'Momo' }],
          ['book.deleted', { ...written, title: 'Momo' }],
        ])
      })

      it('of many rows at once are heard row by row', async () => {
        const { heard } = await listening('book.created', 'book.updated', 'book.deleted')
        const { insertMany, updateMany, deleteMany } = database.writes
        const books = [book(1, { pages: 10 }), book(2, { pages: 20, title: TITLE }), book(3, { pages: 30 })]
        await insertMany(books)
        await updateMany(20, { title: 'Long' })
        await deleteMany(30)
        const long = books.slice(1).map((row) => ({ ...row, title: 'Long' }))
        expect(byId(await heard())).toEqual([
          ...books.map((row) => ['book.created', row]),
          ...long.map((row) => ['book.updated', row]),
          ['book.deleted', long[1]],
        ])
      })

      it('are heard as what an upsert turned out to be', async (context) => {
        const { upsert } = database.writes
        if (upsert === undefined) return context.skip(`${orm.name} has no upsert`)
        const { heard } = await listening('book.created', 'book.updated', 'book.deleted')
        await upsert(book(1))
        await upsert(book(1, { title: TITLE, pages: 5 }))
        await upsert(book(2))
        expect(await heard()).toEqual([
          ['book.created', book(1)],
          ['book.updated', book(1, { title: TITLE, pages: 5 })],
          ['book.created', book(2)],
        ])
      })

      it('through a relation are heard, on both sides', async (context) => {
        const { insertNested } = database.writes
        if (insertNested === undefined) return context.skip(`${orm.name} writes nothing through relations`)
        const { heard } = await listening('book.created', 'shelf.created')
        const shelf = { id: 7, name: TITLE, user_id: 1 }
        const books = [book(1, { shelf_id: 7 }), book(2, { shelf_id: 7 })]
        await insertNested(shelf, books)
        expect(byId(await heard())).toEqual([
          ...books.map((row) => ['book.created', row]),
          ['shelf.created', shelf],
        ])
      })

      it('that cascade are heard', async () => {
        const { heard } = await listening('book.deleted', 'shelf.deleted')
        const { insertShelf, insert, deleteShelf } = database.writes
        const shelf = { id: 7, name: 'Classics', user_id: 1 }
        await insertShelf(shelf)
        await insert(book(1, { shelf_id: 7 }))
        await insert(book(2, { shelf_id: 7 }))
        await insert(book(3))
        await deleteShelf(7)
        expect(byId(await heard())).toEqual([
          ['book.deleted', book(1, { shelf_id: 7 })],
          ['book.deleted', book(2, { shelf_id: 7 })],
          ['shelf.deleted', shelf],
        ])
      })

      it('of every other kind are heard', async (context) => {
        const { insertMany, raw, more } = database.writes
        if (more === undefined) return context.skip(`${orm.name} has no others`)
        const { heard, forget } = await listening('book.created', 'book.updated', 'book.deleted')
        for (const [name, { write, heard: expected }] of Object.entries(more)) {
          await insertMany([book(1), book(2)])
          await forget()
          await write()
          expect(byId(await heard()), name).toEqual(
            expected.map(([event, data]) => [event, expect.objectContaining(data)]),
          )
          await raw('DELETE FROM book')
          await forget()
        }
      })

      it('in SQL of the application are heard', async () => {
        const { heard } = await listening('book.created', 'book.updated', 'book.deleted')
        const { raw } = database.writes
        await raw("INSERT INTO book (id, title, pages, user_id) SELECT 1, 'Momo', 304, 1")
        await raw('UPDATE book SET pages = pages + 1')
        await raw('DELETE FROM book')
        expect(await heard()).toEqual([
          ['book.created', book(1, { title: 'Momo', pages: 304 })],
          ['book.updated', book(1, { title: 'Momo', pages: 305 })],
          ['book.deleted', book(1, { title: 'Momo', pages: 305 })],
        ])
      })
    })
  })
}

type Heard = readonly [event: string, data: Record<string, unknown>]

/** Sorted by event and id: in which order one statement writes its rows is the database's affair. */
function byId(heard: readonly Heard[]): Heard[] {
  const rank = ['book.created', 'book.updated', 'book.deleted', 'shelf.created', 'shelf.deleted']
  return heard.toSorted(
    ([event, data], [other, otherData]) =>
      rank.indexOf(event) - rank.indexOf(other) || Number(data.id) - Number(otherData.id),
  )
}
