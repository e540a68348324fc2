import {
  DataSource,
  type DataSourceOptions,
  type EntityManager,
  EntitySchema,
  MoreThanOrEqual,
} from 'typeorm'
import { typeorm } from '../../src/store/tx/index.ts'
import { type BookRow, type OrmDatabase, ormSuite, type ShelfRow } from './orm.suite.ts'
import { describePostgres, postgresDatabase, STRANGE_NAME } from './postgres.ts'
import { betterDatabase } from './sqlite.ts'

interface Shelf extends ShelfRow {
  books?: BookRow[]
}

const Book = new EntitySchema<BookRow & { shelf?: Shelf }>({
  name: 'Book',
  tableName: 'book',
  columns: {
    id: { type: Number, primary: true },
    title: { type: String },
    pages: { type: Number, nullable: true },
    user_id: { type: Number, nullable: true },
    shelf_id: { type: Number, nullable: true },
  },
  relations: {
    shelf: { type: 'many-to-one', target: 'Shelf', joinColumn: { name: 'shelf_id' }, inverseSide: 'books' },
  },
})

const Shelf = new EntitySchema<Shelf>({
  name: 'Shelf',
  tableName: 'shelf',
  columns: {
    id: { type: Number, primary: true },
    name: { type: String },
    user_id: { type: Number, nullable: true },
  },
  relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'shelf', cascade: true } },
})

async function adapter(
  options: DataSourceOptions,
): Promise<Pick<OrmDatabase<EntityManager>, 'transactions' | 'writes' | 'close'>> {
  const source = await new DataSource({ ...options, entities: [Book, Shelf] }).initialize()
  const books = source.getRepository(Book)
  const shelves = source.getRepository(Shelf)

  async function started(): Promise<{ runner: ReturnType<DataSource['createQueryRunner']> }> {
    const runner = source.createQueryRunner()
    await runner.startTransaction()
    return { runner }
  }

  return {
    transactions: {
      run: (work) => source.transaction(work),
      nested: (manager, work) => manager.transaction(work),
      option: (manager) => typeorm(manager),
      insert: (manager, book) => manager.save(Book, book),
      wrong: {
        "the DataSource's manager": () => typeorm(source.manager),
        'the DataSource': () => typeorm(source as never),
        'a repository': () => typeorm(books as never),
        'the manager without the helper': () => source.manager as never,
        nothing: () => typeorm(undefined as never),
        'a query runner before its transaction': () => typeorm(source.createQueryRunner()),
        'a query runner after its commit': async () => {
          const { runner } = await started()
          const tx = typeorm(runner)
          await runner.commitTransaction()
          await runner.release()
          return tx
        },
        'a manager after its rollback': async () => {
          const { runner } = await started()
          const tx = typeorm(runner.manager)
          await runner.rollbackTransaction()
          await runner.release()
          return tx
        },
      },
    },
    writes: {
      insertShelf: (shelf) => shelves.save(shelf),
      insert: (book) => books.save(book),
      async update(id, values) {
        await books.save({ ...(await books.findOneByOrFail({ id })), ...values })
      },
      async delete(id) {
        await books.remove(await books.findOneByOrFail({ id }))
      },
      insertMany: (rows) => books.insert(rows),
      updateMany: (pages, values) => books.update({ pages: MoreThanOrEqual(pages) }, values),
      deleteMany: (pages) => books.delete({ pages: MoreThanOrEqual(pages) }),
      upsert: (book) => books.upsert(book, ['id']),
      insertNested: (shelf, rows) => shelves.save({ ...shelf, books: rows }),
      deleteShelf: (id) => shelves.delete(id),
      raw: (sql) => source.query(sql),
      more: {
        'a partial save': {
          write: () => books.save({ id: 1, title: 'Momo' }),
          heard: [['book.updated', { id: 1, title: 'Momo', pages: 100 }]],
        },
        increment: {
          write: () => books.increment({ id: 1 }, 'pages', 4),
          heard: [['book.updated', { id: 1, pages: 104 }]],
        },
        'QueryBuilder.insert': {
          write: () =>
            books.createQueryBuilder().insert().values({ id: 3, title: 'Momo', user_id: 1 }).execute(),
          heard: [['book.created', { id: 3, title: 'Momo', pages: null }]],
        },
        'QueryBuilder.update': {
          write: () =>
            books
              .createQueryBuilder()
              .update()
              .set({ pages: () => 'pages * 2' })
              .where('id = 1')
              .execute(),
          heard: [['book.updated', { id: 1, pages: 200 }]],
        },
        'QueryBuilder.delete': {
          write: () => books.createQueryBuilder().delete().where('id = :id', { id: 1 }).execute(),
          heard: [['book.deleted', { id: 1, pages: 100 }]],
        },
        'insert or ignore': {
          write: () =>
            books
              .createQueryBuilder()
              .insert()
              .values([
                { id: 1, title: 'Momo', user_id: 1 },
                { id: 3, title: 'Momo', user_id: 1 },
              ])
              .orIgnore()
              .execute(),
          heard: [['book.created', { id: 3, title: 'Momo' }]],
        },
        'a relation set by the query builder': {
          async write() {
            await shelves.save({ id: 7, name: 'Classics', user_id: 2 })
            await books.createQueryBuilder().relation(Shelf, 'books').of(7).add(1)
          },
          heard: [['book.updated', { id: 1, shelf_id: 7 }]],
        },
      },
    },
    close: () => source.destroy(),
  }
}

const server = postgresDatabase({ schema: STRANGE_NAME })

ormSuite<EntityManager>({
  name: 'TypeORM on PostgreSQL',
  describe: describePostgres,
  async open() {
    await server.reset()
    return { ...(await adapter({ type: 'postgres', url: server.url })), store: server.store }
  },
})

ormSuite<EntityManager>({
  name: 'TypeORM on SQLite',
  async open() {
    const { path, store, remove } = betterDatabase()
    const opened = await adapter({ type: 'better-sqlite3', database: path })
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
