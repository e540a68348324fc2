import { type Collection, EntitySchema, MikroORM, type Options, raw } from '@mikro-orm/core'
import { PostgreSqlDriver, type SqlEntityManager } from '@mikro-orm/postgresql'

import { SqliteDriver } from '@mikro-orm/sqlite'
import { mikroOrm } from '../../src/store/tx/index.ts'
import { type BookRow, type OrmDatabase, ormSuite, type ShelfRow } from './orm.suite.ts'
import { describePostgres, postgresDatabase, STRANGE_NAME } from './postgres.ts'
import { betterDatabase } from './sqlite.ts'

interface Shelf extends ShelfRow {
  books?: Collection<Book>
}

interface Book extends BookRow {
  shelf?: Shelf | null
}

const Book: EntitySchema<Book> = new EntitySchema<Book>({
  name: 'Book',
  tableName: 'book',
  properties: {
    id: { type: 'integer', primary: true },
    title: { type: 'text' },
    pages: { type: 'integer', nullable: true },
    user_id: { type: 'integer', nullable: true },
    shelf_id: { type: 'integer', nullable: true, persist: false },
    shelf: { kind: 'm:1', entity: () => Shelf, nullable: true, fieldName: 'shelf_id', deleteRule: 'cascade' },
  },
})

const Shelf: EntitySchema<Shelf> = new EntitySchema<Shelf>({
  name: 'Shelf',
  tableName: 'shelf',
  properties: {
    id: { type: 'integer', primary: true },
    name: { type: 'text' },
    user_id: { type: 'integer', nullable: true },
    books: { kind: '1:m', entity: () => Book, mappedBy: 'shelf' },
  },
})

type Em = SqlEntityManager

/** MikroORM knows the column only through its relation. */
const related = ({ shelf_id, ...book }: Partial<BookRow>) => ({
  ...book,
  ...(shelf_id === undefined ? {} : { shelf: shelf_id }),
})

async function adapter(
  options: Partial<Options>,
): Promise<Pick<OrmDatabase<Em>, 'transactions' | 'writes' | 'close'>> {
  const orm = await MikroORM.init({ ...options, entities: [Book, Shelf] })
  const fork = () => orm.em.fork() as Em
  const insert = async (em: Em, book: BookRow) => {
    em.persist(em.create(Book, related(book) as never))
    await em.flush()
  }
  const after = (end: 'commit' | 'rollback') => async () => {
    const em = fork()
    await em.begin()
    const tx = mikroOrm(em)
    await em[end]()
    return tx
  }

  return {
    transactions: {
      run: (work) => fork().transactional((em) => work(em)),
      nested: (em, work) => em.transactional((inner) => work(inner)),
      option: (em) => mikroOrm(em),
      insert,
      wrong: {
        'an em outside of a transaction': () => mikroOrm(fork()),
        'the global em': () => mikroOrm(orm.em),
        'the em without the helper': () => orm.em as never,
        'the ORM': () => mikroOrm(orm as never),
        nothing: () => mikroOrm(undefined as never),
        'an em after its commit': after('commit'),
        'an em after its rollback': after('rollback'),
        'the em of a transaction that is over': async () => {
          let kept: Em | undefined
          await fork().transactional(async (em) => {
            kept = em
          })
          return mikroOrm(kept as Em)
        },
      },
    },
    writes: {
      async insertShelf(shelf) {
        const em = fork()
        em.persist(em.create(Shelf, shelf as never))
        await em.flush()
      },
      insert: (book) => insert(fork(), book),
      async update(id, values) {
        const em = fork()
        em.assign(await em.findOneOrFail(Book, { id }), related(values) as never)
        await em.flush()
      },
      async delete(id) {
        const em = fork()
        em.remove(await em.findOneOrFail(Book, { id }))
        await em.flush()
      },
      insertMany: (books) => fork().insertMany(Book, books.map(related) as never),
      updateMany: (pages, values) =>
        fork().nativeUpdate(Book, { pages: { $gte: pages } }, related(values) as never),
      deleteMany: (pages) => fork().nativeDelete(Book, { pages: { $gte: pages } }),
      upsert: (book) => fork().upsert(Book, related(book) as never),
      async insertNested(shelf, books) {
        const em = fork()
        em.persist(
          em.create(Shelf, { ...shelf, books: books.map(({ shelf_id: _, ...book }) => book) } as never),
        )
        await em.flush()
      },
      deleteShelf: (id) => fork().nativeDelete(Shelf, { id }),
      raw: (sql) => fork().getConnection().execute(sql),
      more: {
        'a batch of changes in one flush': {
          async write() {
            const em = fork()
            const [first, second] = await em.find(Book, {}, { orderBy: { id: 'asc' } })
            if (first !== undefined) first.pages = 104
            if (second !== undefined) em.remove(second)
            em.persist(em.create(Book, { id: 3, title: 'Momo', user_id: 1 } as never))
            await em.flush()
          },
          heard: [
            ['book.created', { id: 3, title: 'Momo', pages: null }],
            ['book.updated', { id: 1, pages: 104 }],
            ['book.deleted', { id: 2, pages: 100 }],
          ],
        },
        'many upserts in one statement': {
          write: () =>
            fork().upsertMany(Book, [
              { id: 1, title: 'Momo', user_id: 1 },
              { id: 3, title: 'Momo', user_id: 1 },
            ] as never),
          heard: [
            ['book.created', { id: 3, title: 'Momo', pages: null }],
            ['book.updated', { id: 1, title: 'Momo', pages: 100 }],
          ],
        },
        'QueryBuilder.insert': {
          write: () =>
            fork()
              .createQueryBuilder(Book)
              .insert({ id: 3, title: 'Momo', user_id: 1 } as never)
              .execute(),
          heard: [['book.created', { id: 3, title: 'Momo' }]],
        },
        'QueryBuilder.update, as an increment': {
          write: () =>
            fork()
              .createQueryBuilder(Book)
              .update({ pages: raw('pages + 4') })
              .where({ id: 1 })
              .execute(),
          heard: [['book.updated', { id: 1, pages: 104 }]],
        },
        'QueryBuilder.delete': {
          write: () => fork().createQueryBuilder(Book).delete({ id: 1 }).execute(),
          heard: [['book.deleted', { id: 1, pages: 100 }]],
        },
        Kysely: {
          write: () => fork().getKysely<{ book: BookRow }>().deleteFrom('book').where('id', '=', 1).execute(),
          heard: [['book.deleted', { id: 1, pages: 100 }]],
        },
      },
    },
    close: () => orm.close(),
  }
}

const server = postgresDatabase({ schema: STRANGE_NAME })

ormSuite<Em>({
  name: 'MikroORM on PostgreSQL',
  describe: describePostgres,
  async open() {
    await server.reset()
    return { ...(await adapter({ driver: PostgreSqlDriver, clientUrl: server.url })), store: server.store }
  },
})

ormSuite<Em>({
  name: 'MikroORM on SQLite',
  async open() {
    const { path, store, remove } = betterDatabase()
    const opened = await adapter({ driver: SqliteDriver, dbName: path })
    return {
      ...opened,
      store,
      async close() {
        await opened.close()
        remove()
      },
    }
  },
})
