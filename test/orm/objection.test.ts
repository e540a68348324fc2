import makeKnex, { type Knex } from 'knex'
import { knexSnakeCaseMappers, Model, type Transaction } from 'objection'
import { knex } from '../../src/store/tx/index.ts'
import { onKnexDatabases } from './knex-databases.ts'
import type { BookRow, OrmDatabase, ShelfRow } from './orm.suite.ts'

/** A row as the models have it, with the names that `knexSnakeCaseMappers` makes. */
const camel = ({ user_id: userId, shelf_id: shelfId, ...book }: BookRow) => ({ ...book, userId, shelfId })

function adapter(config: Knex.Config): Pick<OrmDatabase<Transaction>, 'transactions' | 'writes' | 'close'> {
  const db = makeKnex({ ...config, useNullAsDefault: true, ...knexSnakeCaseMappers() })

  class BoundBook extends Model {
    static override tableName = 'book'
    declare id: number
    declare title: string
    declare pages: number | null
  }
  class BoundShelf extends Model {
    static override tableName = 'shelf'
    static override relationMappings = {
      books: {
        relation: Model.HasManyRelation,
        modelClass: BoundBook,
        join: { from: 'shelf.id', to: 'book.shelfId' },
      },
    }
  }
  const Book = BoundBook.bindKnex(db)
  const Shelf = BoundShelf.bindKnex(db)
  let turn = 0

  return {
    transactions: {
      run: (work) => Book.transaction(work),
      nested: (trx, work) => Book.transaction(trx, work),
      // By turns, each of what people have in their hands.
      option: (trx) => knex(turn++ % 2 === 0 ? trx : (Book.bindKnex(trx).knex() as Transaction)),
      insert: (trx, book) => Book.query(trx).insert(camel(book)),
      wrong: {
        'the knex of a model': () => knex(Book.knex() as never),
        'a model': () => knex(Book as never),
        'a transaction after its rollback': async () => {
          const trx = await Book.startTransaction()
          const tx = knex(trx)
          await trx.rollback()
          return tx
        },
      },
    },
    writes: {
      insertShelf: ({ user_id: userId, ...shelf }) => Shelf.query().insert({ ...shelf, userId } as never),
      insert: (book) => Book.query().insert(camel(book)),
      update: (id, values) => Book.query().patchAndFetchById(id, values),
      delete: (id) => Book.query().deleteById(id),
      insertMany: (books) => Book.query().toKnexQuery().insert(books.map(camel)),
      updateMany: (pages, values) => Book.query().patch(values).where('pages', '>=', pages),
      deleteMany: (pages) => Book.query().delete().where('pages', '>=', pages),
      upsert: (book) => Book.query().insert(camel(book)).onConflict('id').merge(),
      insertNested: ({ user_id: userId, ...shelf }: ShelfRow, books) =>
        Shelf.query().insertGraph({ ...shelf, userId, books: books.map(camel) } as never),
      deleteShelf: (id) => Shelf.query().deleteById(id),
      raw: (sql) => db.raw(sql),
      more: {
        increment: {
          write: () => Book.query().findById(1).increment('pages', 4),
          heard: [['book.updated', { id: 1, pages: 104 }]],
        },
        'the query of an instance': {
          write: async () => (await Book.query().findById(1).throwIfNotFound()).$query().patch({ pages: 7 }),
          heard: [['book.updated', { id: 1, title: 'Book 1', pages: 7 }]],
        },
        'upsertGraph, which deletes what is missing': {
          async write() {
            await Shelf.query().insertGraph({
              id: 7,
              name: 'A',
              books: [camel({ ...NEW, id: 3 }), camel({ ...NEW, id: 4 })],
            } as never)
            await Shelf.query().upsertGraph({ id: 7, books: [{ id: 3, title: 'Momo' }] } as never)
            await Shelf.query().deleteById(7)
          },
          heard: [
            ['book.created', { id: 3, title: 'New' }],
            ['book.created', { id: 4, title: 'New' }],
            ['book.updated', { id: 3, title: 'Momo' }],
            ['book.deleted', { id: 3, title: 'Momo' }],
            ['book.deleted', { id: 4, title: 'New' }],
          ],
        },
      },
    },
    close: () => db.destroy(),
  }
}

const NEW: BookRow = { id: 0, title: 'New', pages: null, user_id: 1, shelf_id: 7 }

onKnexDatabases<Transaction>('Objection', adapter)
