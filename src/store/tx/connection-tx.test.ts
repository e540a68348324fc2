import Database from 'better-sqlite3'
import { CompiledQuery } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exec, rows } from '../work.ts'
import { knex, mikroOrm, sequelize, typeorm } from './index.ts'

const none = () => {}

/** What each library gives, as far as hookwright looks at it, on a connection of the test's own. */
const libraries = {
  TypeORM(type: string, connection: () => Promise<unknown>) {
    const runner = {
      isTransactionActive: true,
      isReleased: false,
      dataSource: { options: { type } },
      connect: connection,
      startTransaction: none,
    }
    return { make: () => typeorm({ queryRunner: runner }), end: () => (runner.isTransactionActive = false) }
  },
  Knex(type: string, connection: () => Promise<unknown>) {
    let ended = false
    const client = { dialect: type, driverName: type, acquireConnection: connection }
    const trx = Object.assign(none, { isCompleted: () => ended, raw: none, commit: none, client })
    return { make: () => knex(trx), end: () => (ended = true) }
  },
}

const INSERT = { sql: "INSERT INTO event (name) VALUES ('stray')", parameters: [] }

function database(): Database.Database {
  const handle = new Database(':memory:')
  onTestFinished(() => void handle.close())
  handle.exec('CREATE TABLE event (seq INTEGER PRIMARY KEY, name TEXT); BEGIN')
  return handle
}

describe.each(Object.entries(libraries))('a transaction of %s', (library, open) => {
  it('runs on the connection underneath, with values as the store has them', async () => {
    const handle = database()
    const tx = open('better-sqlite3', async () => handle).make()
    expect(tx).toMatchObject({ mode: 'async', dialect: 'sqlite', library })
    const work = (function* () {
      yield* exec(CompiledQuery.raw('INSERT INTO event (seq, name) VALUES (?, ?)', [2n ** 53n + 1n, true]))
      return yield* rows(CompiledQuery.raw('SELECT seq, name FROM event'))
    })()
    expect(await tx.run(work)).toEqual([{ seq: 2n ** 53n + 1n, name: '1' }])
  })

  it('is refused when it ended while the connection was asked for', async () => {
    const handle = database()
    const { make, end } = open('better-sqlite3', async () => {
      await Promise.resolve()
      end()
      return handle
    })
    const tx = make()
    await expect(tx.execute(INSERT)).rejects.toMatchObject({ code: 'transaction_invalid', field: 'tx' })
    expect(handle.prepare('SELECT * FROM event').all()).toEqual([])
  })

  it('is refused when the connection has none, whatever the library says', async () => {
    const handle = database()
    const tx = open('better-sqlite3', async () => handle).make()
    handle.exec('ROLLBACK')
    await expect(tx.execute(INSERT)).rejects.toMatchObject({ code: 'transaction_invalid' })
    expect(handle.prepare('SELECT * FROM event').all()).toEqual([])
  })

  it.each(['mysql', 'cockroachdb', 'sqlite3', 'sqljs'])('is refused on %s, and told so', (type) => {
    expect(open(type, async () => ({})).make).toThrow(
      expect.objectContaining({ code: 'transaction_invalid', message: expect.stringContaining(`"${type}"`) }),
    )
  })
})

describe('a transaction of Sequelize', () => {
  const on = (dialect: string, fields: object = {}) => ({
    commit: async () => {},
    rollback: async () => {},
    afterCommit: none,
    sequelize: { getDialect: () => dialect },
    connection: {},
    ...fields,
  })

  it('is refused on all but PostgreSQL: its SQLite is a second library in the process', () => {
    expect(() => sequelize(on('sqlite'))).toThrow(
      'hookwright has no part in transactions of Sequelize on "sqlite"',
    )
    expect(sequelize(on('postgres'))).toMatchObject({ dialect: 'postgres', library: 'Sequelize' })
  })

  it('is refused as a savepoint when what it is in has ended, though it does not say so itself', () => {
    expect(sequelize(on('postgres', { parent: on('postgres') }))).toMatchObject({ library: 'Sequelize' })
    expect(() => sequelize(on('postgres', { parent: on('postgres', { finished: 'commit' }) }))).toThrow(
      expect.objectContaining({ code: 'transaction_invalid', field: 'tx' }),
    )
  })

  it('is refused before it has begun', () => {
    expect(() => sequelize(on('postgres', { connection: undefined }))).toThrow(
      expect.objectContaining({ code: 'transaction_invalid' }),
    )
  })
})

describe('an em of MikroORM', () => {
  it('is refused where its driver does not run SQL by Kysely', () => {
    const em = { getTransactionContext: () => ({ session: 'of MongoDB' }), transactional: none }
    expect(() => mikroOrm(em)).toThrow(expect.objectContaining({ code: 'transaction_invalid', field: 'tx' }))
  })
})
