import Database from 'better-sqlite3'
import { eq, gte, sql } from 'drizzle-orm'
import { drizzle as overBetterSqlite3 } from 'drizzle-orm/better-sqlite3'
import { drizzle as overPg } from 'drizzle-orm/node-postgres'
import { integer, type PgDatabase, type PgQueryResultHKT, pgTable, text } from 'drizzle-orm/pg-core'
import { drizzle as overPostgresJs } from 'drizzle-orm/postgres-js'
import * as sqlite from 'drizzle-orm/sqlite-core'
import pg from 'pg'
import postgres from 'postgres'
import { drizzle, type TxOption } from '../../src/store/tx/index.ts'
import { type OrmDatabase, type OrmWrites, ormSuite } from './orm.suite.ts'
import { describePostgres, postgresDatabase } from './postgres.ts'
import { betterDatabase } from './sqlite.ts'

const shelves = pgTable('shelf', { id: integer().primaryKey(), name: text().notNull(), user_id: integer() })
const books = pgTable('book', {
  id: integer().primaryKey(),
  title: text().notNull(),
  pages: integer(),
  user_id: integer(),
  shelf_id: integer(),
})

type Db = PgDatabase<PgQueryResultHKT>
type Transaction = Parameters<Parameters<Db['transaction']>[0]>[0]

function adapter(db: Db): Pick<OrmDatabase<Transaction>, 'transactions' | 'writes'> {
  return {
    transactions: {
      run: (work) => db.transaction(work),
      nested: (tx, work) => tx.transaction(work),
      option: drizzle,
      insert: (tx, book) => tx.insert(books).values(book),
      wrong: {
        'the database': () => drizzle(db),
        'the database without the helper': () => db as never,
        'a transaction without the helper': () => db.transaction(async (tx) => tx as never),
      },
    },
    writes: {
      insertShelf: (shelf) => db.insert(shelves).values(shelf),
      insert: (book) => db.insert(books).values(book),
      update: (id, values) => db.update(books).set(values).where(eq(books.id, id)),
      delete: (id) => db.delete(books).where(eq(books.id, id)),
      insertMany: (rows) => db.insert(books).values(rows),
      updateMany: (pages, values) => db.update(books).set(values).where(gte(books.pages, pages)),
      deleteMany: (pages) => db.delete(books).where(gte(books.pages, pages)),
      upsert: (book) => db.insert(books).values(book).onConflictDoUpdate({ target: books.id, set: book }),
      insertNested: undefined,
      deleteShelf: (id) => db.delete(shelves).where(eq(shelves.id, id)),
      raw: (statement) => db.execute(sql.raw(statement)),
    },
  }
}

const database = postgresDatabase()

ormSuite({
  name: 'Drizzle on node-postgres',
  describe: describePostgres,
  async open() {
    await database.reset()
    const pool = new pg.Pool({ connectionString: database.url, max: 2 })
    const db = overPg(pool)
    const { transactions, writes } = adapter(db)
    return {
      writes,
      transactions: {
        ...(transactions as NonNullable<typeof transactions>),
        wrong: {
          ...transactions?.wrong,
          async 'a transaction that has ended'() {
            let made: TxOption | undefined
            await db.transaction(async (tx) => {
              made = drizzle(tx)
            })
            return made as TxOption
          },
        },
      },
      store: database.store,
      close: () => pool.end(),
    }
  },
})

ormSuite({
  name: 'Drizzle on postgres.js',
  describe: describePostgres,
  async open() {
    await database.reset()
    const client = postgres(database.url, { max: 2 })
    return { ...adapter(overPostgresJs(client)), store: database.store, close: () => client.end() }
  },
})

ormSuite({
  name: 'Drizzle on better-sqlite3',
  async open() {
    const { path, store, remove } = betterDatabase()
    const client = new Database(path)
    return {
      store,
      writes: betterSqlite3Writes(client),
      async close() {
        client.close()
        remove()
      },
    }
  },
})

/** Its transactions are synchronous; see src/store/tx/tx.test.ts. */
function betterSqlite3Writes(client: Database.Database): OrmWrites {
  const db = overBetterSqlite3(client)
  const shelf = sqlite.sqliteTable('shelf', {
    id: sqlite.integer().primaryKey(),
    name: sqlite.text().notNull(),
    user_id: sqlite.integer(),
  })
  const book = sqlite.sqliteTable('book', {
    id: sqlite.integer().primaryKey(),
    title: sqlite.text().notNull(),
    pages: sqlite.integer(),
    user_id: sqlite.integer(),
    shelf_id: sqlite.integer(),
  })
  return {
    insertShelf: async (row) => db.insert(shelf).values(row),
    insert: async (row) => await db.insert(book).values(row),
    update: async (id, values) => await db.update(book).set(values).where(eq(book.id, id)),
    delete: async (id) => await db.delete(book).where(eq(book.id, id)),
    insertMany: async (rows) => await db.insert(book).values(rows),
    updateMany: async (pages, values) => await db.update(book).set(values).where(gte(book.pages, pages)),
    deleteMany: async (pages) => await db.delete(book).where(gte(book.pages, pages)),
    upsert: async (row) =>
      await db.insert(book).values(row).onConflictDoUpdate({ target: book.id, set: row }),
    insertNested: undefined,
    deleteShelf: async (id) => await db.delete(shelf).where(eq(shelf.id, id)),
    raw: async (statement) => db.run(sql.raw(statement)),
  }
}
