import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaPg } from '@prisma/adapter-pg'
import { afterAll, beforeAll } from 'vitest'
import { prisma } from '../../src/store/tx/index.ts'
import { type OrmDatabase, ormSuite } from './orm.suite.ts'
import { describePostgres, postgresDatabase } from './postgres.ts'
import { generateClient, type PrismaClient, type PrismaModels } from './prisma-client.ts'
import { betterDatabase } from './sqlite.ts'

function adapter(client: PrismaClient): Pick<OrmDatabase<PrismaModels>, 'transactions' | 'writes'> {
  return {
    transactions: {
      // Prisma ends a transaction of more than five seconds, which a busy machine may need.
      run: (work) => client.$transaction(work, { maxWait: 30_000, timeout: 30_000 }),
      nested: (tx, work) => tx.$transaction(work),
      option: prisma,
      insert: (tx, book) => tx.book.create({ data: book }),
      wrong: {
        'the client': () => prisma(client),
        'the client without the helper': () => client as never,
        'a transaction without the helper': () => client.$transaction(async (tx) => tx as never),
        'a list of queries': () => prisma([client.$queryRawUnsafe('SELECT 1')] as never),
        nothing: () => prisma(undefined as never),
      },
    },
    writes: {
      insertShelf: (shelf) => client.shelf.create({ data: shelf }),
      insert: (book) => client.book.create({ data: book }),
      update: (id, values) => client.book.update({ where: { id }, data: values }),
      delete: (id) => client.book.delete({ where: { id } }),
      insertMany: (books) => client.book.createMany({ data: books }),
      updateMany: (pages, data) => client.book.updateMany({ where: { pages: { gte: pages } }, data }),
      deleteMany: (pages) => client.book.deleteMany({ where: { pages: { gte: pages } } }),
      upsert: (book) => client.book.upsert({ where: { id: book.id }, create: book, update: book }),
      insertNested: (shelf, books) =>
        client.shelf.create({
          data: { ...shelf, books: { create: books.map(({ shelf_id: _, ...book }) => book) } },
        }),
      deleteShelf: (id) => client.shelf.delete({ where: { id } }),
      raw: (sql) => client.$executeRawUnsafe(sql),
    },
  }
}

type Generated = Awaited<ReturnType<typeof generateClient>>
let sqlite: Generated
let postgresql: Generated
const database = postgresDatabase()

beforeAll(async () => {
  ;[sqlite, postgresql] = await Promise.all([generateClient('sqlite'), generateClient('postgresql')])
})

afterAll(() => {
  sqlite?.remove()
  postgresql?.remove()
})

ormSuite({
  name: 'Prisma on SQLite',
  async open() {
    const { path, store, remove } = betterDatabase()
    const client = new sqlite.PrismaClient({ adapter: new PrismaBetterSqlite3({ url: `file:${path}` }) })
    return {
      ...adapter(client),
      store,
      async close() {
        await client.$disconnect()
        remove()
      },
    }
  },
})

ormSuite({
  name: 'Prisma on PostgreSQL',
  describe: describePostgres,
  async open() {
    await database.reset()
    const client = new postgresql.PrismaClient({
      adapter: new PrismaPg({ connectionString: database.url, max: 2 }),
    })
    return { ...adapter(client), store: database.store, close: () => client.$disconnect() }
  },
})
