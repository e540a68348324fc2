import { EntitySchema, MikroORM, type Options } from '@mikro-orm/core'
import { SchemaGenerator, SqliteDriver } from '@mikro-orm/sqlite'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { createHooks, silentLogger } from '../../src/index.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import { temporaryDatabase } from '../support/database.ts'

const bookWith = (columns: object = {}) =>
  new EntitySchema({
    name: 'Book',
    tableName: 'book',
    properties: { id: { type: 'integer', primary: true }, user_id: { type: 'integer' }, ...columns },
  })

/** What `hookwright init` gives users of MikroORM on SQLite. */
const IGNORE_OURS = { skipTables: [/^hookwright_/], ignoreTriggers: true }

async function update(
  path: string,
  entity: EntitySchema,
  schemaGenerator: Partial<Options['schemaGenerator']> = {},
) {
  const orm = await MikroORM.init({
    driver: SqliteDriver,
    dbName: path,
    entities: [entity],
    schemaGenerator,
    extensions: [SchemaGenerator],
  })
  await orm.schema.update()
  await orm.close()
}

it("MikroORM's schema.update() on SQLite leaves hookwright's tables with what the command line gives", async () => {
  const { path, remove } = temporaryDatabase()
  onTestFinished(remove)
  await update(path, bookWith())
  const database = new Database(path)
  const hooks = createHooks({
    database: sqlite(database),
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created' },
    logger: silentLogger,
  })
  onTestFinished(async () => {
    await hooks.close()
    database.close()
  })
  await hooks.migrate()
  await hooks.create({ owner: 1, event: 'book.added', target: 'https://example.com/' })
  const ours = () =>
    database.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'hookwright%' ORDER BY 1").all()
  const before = ours()
  await update(path, bookWith({ pages: { type: 'integer', nullable: true } }), IGNORE_OURS)
  expect(ours()).toEqual(before)
  expect(await hooks.list()).toHaveLength(1)
  // Without, they are dropped one after the other, until a trigger misses one: it is what the options are for.
  await expect(update(path, bookWith())).rejects.toThrow('hookwright_')
  expect(ours()).not.toEqual(before)
})
