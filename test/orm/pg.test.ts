import driver, { type Client, type Pool, type PoolClient } from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { postgres } from '../../src/store/postgres/index.ts'
import { pg, type TxOption } from '../../src/store/tx/index.ts'
import { type BookRow, type OrmDatabase, ormSuite } from './orm.suite.ts'
import { describePostgres, postgresDatabase } from './postgres.ts'

const INSERT = 'INSERT INTO book (id, title, pages, user_id, shelf_id) VALUES ($1, $2, $3, $4, $5)'
const values = ({ id, title, pages, user_id, shelf_id }: BookRow) => [id, title, pages, user_id, shelf_id]

function adapter(pool: Pool): Pick<OrmDatabase<PoolClient>, 'transactions' | 'writes'> {
  const within = async <T>(work: (client: PoolClient) => Promise<T>) => {
    const client = await pool.connect()
    try {
      return await work(client)
    } finally {
      client.release()
    }
  }
  const wrapped = (begin: string, commit: string, rollback: string) => {
    return async (client: PoolClient, work: (client: PoolClient) => Promise<void>) => {
      await client.query(begin)
      try {
        await work(client)
        await client.query(commit)
      } catch (error) {
        await client.query(rollback)
        throw error
      }
    }
  }
  const inTransaction = wrapped('BEGIN', 'COMMIT', 'ROLLBACK')
  return {
    transactions: {
      run: (work) => within((client) => inTransaction(client, work)),
      nested: wrapped('SAVEPOINT one', 'RELEASE SAVEPOINT one', 'ROLLBACK TO SAVEPOINT one'),
      option: pg,
      insert: (client, book) => client.query(INSERT, values(book)),
      wrong: {
        'the pool': () => pg(pool),
        'the pool without the helper': () => pool as never,
        'a client outside of a transaction, without the helper': () => within(async (client) => client),
        'a client outside of a transaction': () => within(async (client) => pg(client)),
        'a transaction that has ended': () =>
          within(async (client) => {
            let made: TxOption | undefined
            await inTransaction(client, async () => {
              made = pg(client)
            })
            return made as TxOption
          }),
      },
    },
    writes: {
      insertShelf: ({ id, name, user_id }) =>
        pool.query('INSERT INTO shelf (id, name, user_id) VALUES ($1, $2, $3)', [id, name, user_id]),
      insert: (book) => pool.query(INSERT, values(book)),
      update: (id, { title, pages }) =>
        pool.query('UPDATE book SET title = coalesce($2, title), pages = coalesce($3, pages) WHERE id = $1', [
          id,
          title,
          pages,
        ]),
      delete: (id) => pool.query('DELETE FROM book WHERE id = $1', [id]),
      insertMany: (books) =>
        pool.query(
          `INSERT INTO book (id, title, pages, user_id, shelf_id)
           SELECT * FROM json_to_recordset($1) AS _ (id integer, title text, pages integer, user_id integer, shelf_id integer)`,
          [JSON.stringify(books)],
        ),
      updateMany: (pages, { title }) =>
        pool.query('UPDATE book SET title = $2 WHERE pages >= $1', [pages, title]),
      deleteMany: (pages) => pool.query('DELETE FROM book WHERE pages >= $1', [pages]),
      upsert: (book) =>
        pool.query(
          `${INSERT} ON CONFLICT (id) DO UPDATE SET title = excluded.title, pages = excluded.pages`,
          values(book),
        ),
      insertNested: ({ id, name, user_id }, books) =>
        pool.query(
          `WITH made AS (INSERT INTO shelf (id, name, user_id) VALUES ($1, $2, $3) RETURNING id)
           INSERT INTO book (id, title, pages, user_id, shelf_id)
           SELECT book.id, book.title, book.pages, book.user_id, made.id
           FROM made, json_to_recordset($4) AS book (id integer, title text, pages integer, user_id integer)`,
          [id, name, user_id, JSON.stringify(books)],
        ),
      deleteShelf: (id) => pool.query('DELETE FROM shelf WHERE id = $1', [id]),
      raw: (sql) => pool.query(sql),
    },
  }
}

const database = postgresDatabase()

ormSuite({
  name: 'pg',
  describe: describePostgres,
  async open() {
    await database.reset()
    const pool = new driver.Pool({ connectionString: database.url, max: 2 })
    return { ...adapter(pool), store: database.store, close: () => pool.end() }
  },
})

describePostgres('an event by hand in a transaction of pg', () => {
  let hooks: ReturnType<typeof bookstore>
  let client: Client

  const bookstore = () =>
    createHooks({
      database: postgres(database.url),
      models: { Book: { table: 'book', owner: 'user_id' } },
      events: { 'user.logged_in': null, 'book.read': 'Book.read' },
    })

  beforeEach(async () => {
    await database.reset()
    client = new driver.Client({ connectionString: database.url })
    await client.connect()
    hooks = bookstore()
    await hooks.migrate()
    await hooks.create({
      owner: 1,
      events: ['user.logged_in', 'book.read'],
      target: 'https://example.com/target',
    })
  })

  afterEach(async () => {
    await hooks.close()
    await client.end()
  })

  it('goes ahead of the COMMIT that did not wait for it', async () => {
    await client.query('BEGIN')
    const sent = hooks.send('user.logged_in', 1, { owner: 1, tx: client })
    await client.query('COMMIT')
    await sent
    expect(await hooks.events()).toHaveLength(1)
  })

  it('is refused when the transaction has ended meanwhile, and nothing is committed by itself', async () => {
    await client.query('BEGIN')
    const tx = pg(client)
    await client.query('ROLLBACK')
    await expect(hooks.send('user.logged_in', 1, { owner: 1, tx })).rejects.toMatchObject({
      code: 'transaction_invalid',
    })
    expect(await hooks.events()).toEqual([])
  })

  it('works with older versions of pg, which know less', async () => {
    const tx = pg(older(client))
    await client.query('BEGIN')
    await hooks.send('user.logged_in', 'kept', { owner: 1, tx })
    await client.query('COMMIT')
    await expect(hooks.send('user.logged_in', 'stray', { owner: 1, tx })).rejects.toMatchObject({
      code: 'transaction_invalid',
    })
    expect(await hooks.events()).toMatchObject([{ data: '"kept"' }])
  })

  it('leaves to the caller a transaction that has failed', async () => {
    await client.query('BEGIN')
    await expect(client.query('SELECT 1/0')).rejects.toThrow('division by zero')
    const sent = hooks.send('user.logged_in', 1, { owner: 1, tx: client })
    await expect(sent).rejects.toMatchObject({ code: '25P02' })
    await client.query('ROLLBACK')
  })

  it('needs few rights, and says which are missing', async () => {
    const role = `hookwright_test_${process.pid}`
    await client.query(`CREATE ROLE ${role}; GRANT SELECT, INSERT ON book TO ${role}`)
    try {
      const sendAs = async () => {
        await client.query(`BEGIN; SET LOCAL ROLE ${role}`)
        try {
          await client.query("INSERT INTO book (id, title, user_id) VALUES (1, 'Momo', 1)")
          await hooks.send('user.logged_in', 1, { owner: 1, tx: client })
          await hooks.trigger('Book.read', 1, { tx: client })
          await client.query('COMMIT')
        } catch (error) {
          await client.query('ROLLBACK')
          throw error
        }
      }
      await expect(sendAs()).rejects.toMatchObject({
        code: 'database_invalid',
        message: expect.stringContaining('GRANT USAGE ON SCHEMA "hookwright"'),
      })
      await client.query(
        `GRANT USAGE ON SCHEMA hookwright TO ${role};
         GRANT SELECT, INSERT ON hookwright.event TO ${role};
         GRANT SELECT ON hookwright.listening TO ${role}`,
      )
      await sendAs()
      expect(await hooks.events()).toHaveLength(2)
    } finally {
      await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })
})

/** As versions of pg were, which are told nothing of the transaction. */
function older(client: Client): Client {
  return new Proxy(client, {
    get(target, name) {
      if (name === 'getTransactionStatus') return undefined
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
