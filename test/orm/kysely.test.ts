import Database from 'better-sqlite3'
import { CamelCasePlugin, Kysely, PostgresDialect, SqliteDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { kysely } from '../../src/store/tx/index.ts'
import { type BookRow, type OrmDatabase, ormSuite, type ShelfRow } from './orm.suite.ts'
import { describePostgres, postgresDatabase } from './postgres.ts'
import { betterDatabase } from './sqlite.ts'

interface Tables {
  book: BookRow
  shelf: ShelfRow
}

function adapter(db: Kysely<Tables>): Pick<OrmDatabase<Transaction<Tables>>, 'transactions' | 'writes'> {
  return {
    transactions: {
      run: (work) => db.transaction().execute(work),
      async nested(trx, work) {
        await sql`SAVEPOINT inner_one`.execute(trx)
        try {
          await work(trx)
          await sql`RELEASE SAVEPOINT inner_one`.execute(trx)
        } catch (error) {
          await sql`ROLLBACK TO SAVEPOINT inner_one`.execute(trx)
          throw error
        }
      },
      // Plugins of the application's do not reach what hookwright reads.
      option: (trx) => kysely(trx.withPlugin(new CamelCasePlugin())),
      insert: (trx, book) => trx.insertInto('book').values(book).execute(),
      wrong: {
        'the instance': () => kysely(db as never),
        'the instance without the helper': () => db as never,
        'a single connection': () => db.connection().execute(async (connection) => connection as never),
      },
    },
    writes: {
      insertShelf: (shelf) => db.insertInto('shelf').values(shelf).execute(),
      insert: (book) => db.insertInto('book').values(book).execute(),
      update: (id, values) => db.updateTable('book').set(values).where('id', '=', id).execute(),
      delete: (id) => db.deleteFrom('book').where('id', '=', id).execute(),
      insertMany: (books) => db.insertInto('book').values(books).execute(),
      updateMany: (pages, values) => db.updateTable('book').set(values).where('pages', '>=', pages).execute(),
      deleteMany: (pages) => db.deleteFrom('book').where('pages', '>=', pages).execute(),
      upsert: (book) =>
        db
          .insertInto('book')
          .values(book)
          .onConflict((conflict) => conflict.column('id').doUpdateSet(book))
          .execute(),
      insertNested: undefined,
      deleteShelf: (id) => db.deleteFrom('shelf').where('id', '=', id).execute(),
      raw: (text) => sql.raw(text).execute(db),
    },
  }
}

ormSuite({
  name: 'Kysely on SQLite',
  async open() {
    const { path, store, remove } = betterDatabase()
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: new Database(path) }) })
    return {
      ...adapter(db),
      store,
      async close() {
        await db.destroy()
        remove()
      },
    }
  },
})

const database = postgresDatabase()

ormSuite({
  name: 'Kysely on PostgreSQL',
  describe: describePostgres,
  async open() {
    await database.reset()
    const pool = new pg.Pool({ connectionString: database.url, max: 2 })
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
    return { ...adapter(db), store: database.store, close: () => db.destroy() }
  },
})
