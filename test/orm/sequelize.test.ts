import { DataTypes, literal, Op, Sequelize, type Transaction } from 'sequelize'
import { sequelize as sequelizeTx } from '../../src/store/tx/index.ts'
import { type OrmDatabase, ormSuite } from './orm.suite.ts'
import { describePostgres, postgresDatabase, STRANGE_NAME } from './postgres.ts'

function adapter(url: string): Pick<OrmDatabase<Transaction>, 'transactions' | 'writes' | 'close'> {
  const sequelize = new Sequelize(url, {
    logging: false,
    define: { timestamps: false, freezeTableName: true },
  })
  const Book = sequelize.define('book', {
    id: { type: DataTypes.INTEGER, primaryKey: true },
    title: DataTypes.TEXT,
    pages: DataTypes.INTEGER,
    user_id: DataTypes.INTEGER,
    shelf_id: DataTypes.INTEGER,
  })
  const Shelf = sequelize.define('shelf', {
    id: { type: DataTypes.INTEGER, primaryKey: true },
    name: DataTypes.TEXT,
    user_id: DataTypes.INTEGER,
  })
  Shelf.hasMany(Book, { as: 'books', foreignKey: 'shelf_id', onDelete: 'CASCADE' })

  const after = (end: 'commit' | 'rollback') => async () => {
    const transaction = await sequelize.transaction()
    const tx = sequelizeTx(transaction)
    await transaction[end]()
    return tx
  }

  return {
    transactions: {
      run: (work) => sequelize.transaction(work),
      nested: (transaction, work) => sequelize.transaction({ transaction }, work),
      option: (transaction) => sequelizeTx(transaction),
      insert: (transaction, book) => Book.create({ ...book }, { transaction }),
      wrong: {
        'the Sequelize instance': () => sequelizeTx(sequelize as never),
        'the instance without the helper': () => sequelize as never,
        nothing: () => sequelizeTx(undefined as never),
        'a transaction after its commit': after('commit'),
        'a transaction after its rollback': after('rollback'),
        'a savepoint after its outer transaction': async () => {
          const outer = await sequelize.transaction()
          const tx = sequelizeTx(await sequelize.transaction({ transaction: outer }))
          await outer.rollback()
          return tx
        },
      },
    },
    writes: {
      insertShelf: (shelf) => Shelf.create({ ...shelf }),
      insert: (book) => Book.create({ ...book }),
      async update(id, values) {
        await (await Book.findByPk(id, { rejectOnEmpty: true })).update(values)
      },
      async delete(id) {
        await (await Book.findByPk(id, { rejectOnEmpty: true })).destroy()
      },
      insertMany: (books) => Book.bulkCreate(books.map((book) => ({ ...book }))),
      updateMany: (pages, values) => Book.update(values, { where: { pages: { [Op.gte]: pages } } }),
      deleteMany: (pages) => Book.destroy({ where: { pages: { [Op.gte]: pages } } }),
      upsert: (book) => Book.upsert({ ...book }),
      insertNested: (shelf, books) => Shelf.create({ ...shelf, books }, { include: ['books'] }),
      deleteShelf: (id) => Shelf.destroy({ where: { id } }),
      raw: (sql) => sequelize.query(sql),
      more: {
        increment: {
          write: () => Book.increment({ pages: 4 }, { where: { id: 1 } }),
          heard: [['book.updated', { id: 1, pages: 104 }]],
        },
        'increment of an instance': {
          write: async () => (await Book.findByPk(1, { rejectOnEmpty: true })).increment('pages'),
          heard: [['book.updated', { id: 1, pages: 101 }]],
        },
        'without its own hooks': {
          write: () => Book.update({ pages: literal('pages * 2') }, { where: { id: 1 }, hooks: false }),
          heard: [['book.updated', { id: 1, pages: 200 }]],
        },
        'bulkCreate with updateOnDuplicate': {
          write: () =>
            Book.bulkCreate(
              [1, 3].map((id) => ({ id, title: 'Momo', user_id: 1 })),
              { updateOnDuplicate: ['title'] },
            ),
          heard: [
            ['book.created', { id: 3, title: 'Momo', pages: null }],
            ['book.updated', { id: 1, title: 'Momo', pages: 100 }],
          ],
        },
        findOrCreate: {
          write: () => Book.findOrCreate({ where: { id: 3 }, defaults: { title: 'Momo', user_id: 1 } }),
          heard: [['book.created', { id: 3, title: 'Momo' }]],
        },
        'a relation that is set': {
          async write() {
            const shelf = await Shelf.create({ id: 7, name: 'Classics', user_id: 2 })
            await (shelf as unknown as { setBooks(ids: number[]): Promise<void> }).setBooks([1])
            await (shelf as unknown as { setBooks(ids: number[]): Promise<void> }).setBooks([])
          },
          heard: [
            ['book.updated', { id: 1, shelf_id: 7 }],
            ['book.updated', { id: 1, shelf_id: null }],
          ],
        },
        'the query interface': {
          write: () => sequelize.getQueryInterface().bulkDelete('book', { id: 1 }),
          heard: [['book.deleted', { id: 1, pages: 100 }]],
        },
      },
    },
    close: () => sequelize.close(),
  }
}

const server = postgresDatabase({ schema: STRANGE_NAME })

// Not on SQLite, where it wants a second SQLite library: see src/store/tx/sequelize.ts.
ormSuite<Transaction>({
  name: 'Sequelize on PostgreSQL',
  describe: describePostgres,
  async open() {
    await server.reset()
    return { ...adapter(server.url), store: server.store }
  },
})
