import makeKnex, { type Knex } from 'knex'
import { knex } from '../../src/store/tx/index.ts'
import { onKnexDatabases } from './knex-databases.ts'
import type { OrmDatabase } from './orm.suite.ts'

type Trx = Knex.Transaction

function adapter(config: Knex.Config): Pick<OrmDatabase<Trx>, 'transactions' | 'writes' | 'close'> {
  const db = makeKnex({
    ...config,
    useNullAsDefault: true,
    // As applications have it that write camelCase: none of it may reach what hookwright reads.
    postProcessResponse: (result) => (Array.isArray(result) ? result.map(shouted) : result),
  })
  const after = (end: 'commit' | 'rollback') => async () => {
    const trx = await db.transaction()
    const tx = knex(trx)
    await trx[end]()
    return tx
  }
  return {
    transactions: {
      run: (work) => db.transaction(work),
      nested: (trx, work) => trx.transaction(work),
      option: (trx) => knex(trx),
      insert: (trx, book) => trx('book').insert(book),
      wrong: {
        knex: () => knex(db as never),
        'knex without the helper': () => db as never,
        'a query': () => knex(db('book') as never),
        nothing: () => knex(undefined as never),
        'a transaction after its commit': after('commit'),
        'a transaction after its rollback': after('rollback'),
        'a savepoint after its outer transaction': async () => {
          const outer = await db.transaction()
          const tx = knex(await outer.transaction())
          await outer.rollback()
          return tx
        },
      },
    },
    writes: {
      insertShelf: (shelf) => db('shelf').insert(shelf),
      insert: (book) => db('book').insert(book),
      update: (id, values) => db('book').where({ id }).update(values),
      delete: (id) => db('book').where({ id }).del(),
      insertMany: (books) => db('book').insert(books),
      updateMany: (pages, values) => db('book').where('pages', '>=', pages).update(values),
      deleteMany: (pages) => db('book').where('pages', '>=', pages).del(),
      upsert: (book) => db('book').insert(book).onConflict('id').merge(),
      insertNested: undefined,
      deleteShelf: (id) => db('shelf').where({ id }).del(),
      raw: (sql) => db.raw(sql),
      more: {
        increment: {
          write: () => db('book').where({ id: 1 }).increment('pages', 4),
          heard: [['book.updated', { id: 1, pages: 104 }]],
        },
        decrement: {
          write: () => db('book').where({ id: 1 }).decrement('pages', 4),
          heard: [['book.updated', { id: 1, pages: 96 }]],
        },
        batchInsert: {
          write: () =>
            db.batchInsert(
              'book',
              [3, 4].map((id) => ({ id, title: 'Momo', user_id: 1 })),
              1,
            ),
          heard: [
            ['book.created', { id: 3, title: 'Momo', pages: null }],
            ['book.created', { id: 4, title: 'Momo', pages: null }],
          ],
        },
        'insert from a query': {
          write: () =>
            db
              .into(db.raw('book (id, title, user_id)'))
              .insert(db('book').select(db.raw("9, 'Momo', 1")).limit(1)),
          heard: [['book.created', { id: 9, title: 'Momo', pages: null }]],
        },
        'insert or ignore': {
          write: () =>
            db('book')
              .insert([1, 3].map((id) => ({ id, title: 'Momo', user_id: 1 })))
              .onConflict('id')
              .ignore(),
          heard: [['book.created', { id: 3, title: 'Momo' }]],
        },
      },
    },
    close: () => db.destroy(),
  }
}

function shouted(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column.toUpperCase(), value]))
}

onKnexDatabases<Trx>('Knex', adapter)
