import Database from 'better-sqlite3'
import {
  CamelCasePlugin,
  DummyDriver,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteDialect,
  type Transaction,
} from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { kysely, type PrismaTransaction, pg, prisma } from './index.ts'
import type { PgTxClient } from './pg.ts'
import { toTx } from './to-tx.ts'

const refused = (message: string | RegExp) =>
  expect.objectContaining({
    code: 'transaction_invalid',
    field: 'tx',
    message: expect.stringMatching(message),
  })

describe('pg', () => {
  /** A client that answers as the server would; its queries are in `log`. */
  function client(answers: { status?: string | null; savepoint?: Error }) {
    const log: string[] = []
    const methods = {
      connect() {},
      escapeIdentifier() {},
      escapeLiteral() {},
      async query(sql: string) {
        log.push(sql)
        if (sql.startsWith('SAVEPOINT') && answers.savepoint) throw answers.savepoint
        return { rows: [] }
      },
    }
    const status = 'status' in answers ? { getTransactionStatus: () => answers.status } : {}
    return { client: { ...methods, ...status } as PgTxClient, log }
  }

  const insert = { sql: 'insert into event select 1', parameters: [] }
  const savepoint = 'SAVEPOINT hookwright; RELEASE SAVEPOINT hookwright'
  const noTransaction = () => Object.assign(new Error('SAVEPOINT can only be used …'), { code: '25P01' })

  it.each(['T', 'E'])('takes the word of the client that a transaction is open (%s)', async (status) => {
    const { client: open, log } = client({ status })
    await pg(open).execute(insert)
    expect(log).toEqual([insert.sql])
  })

  it.each([
    ['whose BEGIN may still be on its way', { status: 'I' }],
    ['that does not know yet', { status: null }],
    ['of an older version', {}],
  ])('asks the server where the client is one %s', async (_, answers) => {
    const open = client(answers)
    await pg(open.client).execute(insert)
    expect(open.log).toEqual([savepoint, insert.sql])

    const closed = client({ ...answers, savepoint: noTransaction() })
    await expect(pg(closed.client).execute(insert)).rejects.toEqual(refused('no transaction is open'))
    expect(closed.log).toEqual([savepoint])
  })

  it('passes on what else goes wrong when it asks', async () => {
    const terminated = Object.assign(new Error('terminated'), { code: '57P01' })
    await expect(pg(client({ savepoint: terminated }).client).execute(insert)).rejects.toBe(terminated)
  })

  it.each([
    ['a Pool of pg is no transaction', { query() {}, connect() {}, totalCount: 0, idleCount: 0 }],
    ['an Object is no client of pg', { query() {} }],
    ['null is no client of pg', null],
  ])('says that %s', (message, value) => {
    expect(() => pg(value as never)).toThrow(refused(message))
  })
})

describe('kysely', () => {
  const opened: Kysely<unknown>[] = []
  afterEach(async () => {
    for (const db of opened.splice(0)) await db.destroy()
  })

  /** What `use` makes of a transaction on that kind of database, which is not really there. */
  async function inTransaction<T>(
    kind: 'mysql' | 'postgres' | 'sqlite',
    use: (trx: Transaction<unknown>) => T,
  ) {
    const dialects = {
      mysql: {
        createAdapter: () => new MysqlAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db: Kysely<unknown>) => new MysqlIntrospector(db),
        createQueryCompiler: () => new MysqlQueryCompiler(),
      },
      postgres: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
      sqlite: new SqliteDialect({ database: new Database(':memory:') }),
    }
    const db = new Kysely<unknown>({ dialect: dialects[kind] })
    opened.push(db)
    return await db.transaction().execute(async (trx) => use(trx))
  }

  it.each(['postgres', 'sqlite'] as const)(
    'knows a transaction on %s, also without the helper',
    async (kind) => {
      const made = { mode: 'async', dialect: kind, library: 'Kysely' }
      expect(await inTransaction(kind, (trx) => kysely(trx))).toMatchObject(made)
      expect(await inTransaction(kind, (trx) => toTx(trx))).toMatchObject(made)
    },
  )

  it("reads past the application's plugins", async () => {
    const read = (trx: Transaction<unknown>) =>
      kysely(trx.withPlugin(new CamelCasePlugin())).execute({
        sql: 'select ? as row_json',
        parameters: ['{}'],
      })
    expect(await inTransaction('sqlite', read)).toEqual({ rows: [{ row_json: '{}' }] })
  })

  it('refuses one on a database that hookwright does not know', async () => {
    await expect(inTransaction('mysql', (trx) => kysely(trx))).rejects.toEqual(refused('does not know'))
  })

  it('refuses one that has ended, as Kysely does', async () => {
    const tx = await inTransaction('sqlite', (trx) => kysely(trx))
    await expect(tx.execute({ sql: 'select 1', parameters: [] })).rejects.toThrow('already committed')
  })
})

describe('prisma', () => {
  const transaction = (provider: unknown) =>
    ({
      $queryRawUnsafe: async () => [],
      $executeRawUnsafe: async () => 0,
      _activeProvider: provider,
    }) as PrismaTransaction

  it.each([
    ['postgresql', 'postgres'],
    ['sqlite', 'sqlite'],
  ])("knows the dialect of the provider '%s'", (provider, dialect) => {
    expect(prisma(transaction(provider))).toMatchObject({ mode: 'async', dialect, library: 'Prisma' })
  })

  it.each(['mysql', undefined, '__proto__', 7])('refuses the provider %o', (provider) => {
    expect(() => prisma(transaction(provider))).toThrow(refused(/does not know \(got/))
  })

  it('refuses a client outside of a transaction', () => {
    const client = { ...transaction('sqlite'), async $connect() {}, async $disconnect() {} }
    expect(() => prisma(client)).toThrow(refused('no transaction of Prisma'))
  })
})
