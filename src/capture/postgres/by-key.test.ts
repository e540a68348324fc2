import type { CompiledQuery } from 'kysely'
import { afterEach, expect, it } from 'vitest'
import { describePostgres } from '../../../test/support/postgres.ts'
import { findAction } from '../../catalog/index.ts'
import { exec, first, runAsync } from '../../store/work.ts'
import type { InsertByKey } from '../by-key.ts'
import { decodeRow } from '../row.ts'
import {
  type App,
  bookCatalog,
  openTestCapture,
  type TestCapture,
  type TestCaptureOptions,
} from './test-postgres.ts'

let test: TestCapture

async function open(options: TestCaptureOptions = {}) {
  test = await openTestCapture(options)
  return { ...test, model: findAction(test.catalog, 'Book.created', 'name').model }
}

afterEach(() => test.close())

const read = { name: 'book.read', everyone: false }

/** On the application's own connection, as in its own transaction. */
const on =
  (app: App) =>
  async ({ sql, parameters }: CompiledQuery) => ({ rows: await app.run(sql, ...parameters) })

async function insert(request: InsertByKey): Promise<void> {
  const { capture, store } = test
  await store.write(function* () {
    yield* capture.describe(request.model)
    for (const statement of capture.insertByKey(request)) yield* exec(statement)
  })
}

describePostgres('readByKey on PostgreSQL', () => {
  it('reads the row as a trigger would write it, and its owner as text, whatever the settings of the session', async () => {
    const { app, capture, store, model, events } = await open({
      tables:
        'CREATE TABLE book (id bigint PRIMARY KEY, user_id bigint, at timestamptz, price numeric, cover bytea)',
    })
    await capture.install()
    await app.run(
      String.raw`INSERT INTO book VALUES (9007199254740993, 7, '2026-11-24 10:00+02', 0.1, '\x00ff')`,
    )
    const found = await store.read(function* () {
      yield* capture.describe(model)
      return yield* first(capture.readByKey(model, 9007199254740993n))
    })
    expect(found?.owner).toBe('7')
    expect(decodeRow(found?.row_json ?? '')).toEqual((await events())[0]?.row)
    await app.run(`SET TimeZone = 'Asia/Tokyo'; SET bytea_output = 'escape'`)
    await runAsync(capture.describe(model), on(app))
    const { rows } = await on(app)(capture.readByKey(model, 9007199254740993n))
    expect(rows).toEqual([found])
    expect(await app.run('SHOW TimeZone')).toEqual([{ TimeZone: 'Asia/Tokyo' }])
  })

  it('works without the functions of the triggers, where these are not to be installed', async () => {
    const { app, capture, store, model } = await open()
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', NULL)`)
    const find = (key: unknown) =>
      store.read(function* () {
        yield* capture.describe(model)
        return yield* first(capture.readByKey(model, key))
      })
    expect(decodeRow(String((await find(1))?.row_json))).toEqual({
      id: 1,
      user_id: 7,
      title: 'Dune',
      pages: null,
    })
    expect(await find(2)).toBeUndefined()
    await capture.install()
    expect((await find(1))?.owner).toBe('7')
  })

  it('sees what the transaction that it runs in has written and altered', async () => {
    const { app, capture, model } = await open()
    await app.run(
      `BEGIN; ALTER TABLE book ADD COLUMN isbn text; INSERT INTO book VALUES (1, 7, 'Dune', 1, 'x')`,
    )
    await runAsync(capture.describe(model), on(app))
    const { rows } = await on(app)(capture.readByKey(model, 1))
    expect(decodeRow(String(rows[0]?.row_json))).toMatchObject({ title: 'Dune', isbn: 'x' })
    await app.run('ROLLBACK')
  })

  it.each([
    ['a number in a column of text', 'text', `'1'`, 1],
    ['a text in a column of integers', 'int', '1', '1'],
    ['a text', 'text', `'a''b'`, "a'b"],
    ['a text of fixed length', 'char(5)', `'ab'`, 'ab'],
    ['a bigint', 'bigint', '9223372036854775807', 9223372036854775807n],
    ['a real number', 'float8', '0.1', 0.1],
    ['a numeric of many digits', 'numeric', '99999999999999999999', 99999999999999999999n],
    ['a uuid', 'uuid', `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'`, 'A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['an object', 'bigint', '5', { id: 5 }],
    ['an enum', 'mood', `'happy'`, 'happy'],
    ['a domain', 'positive', '5', 5],
  ])('finds a row by %s', async (_, type, stored, key) => {
    const { app, capture, model } = await open({
      tables: `CREATE TYPE mood AS ENUM ('happy'); CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TABLE book (id ${type} PRIMARY KEY, user_id int)`,
    })
    await app.run(`INSERT INTO book VALUES (${stored}, 7)`)
    await runAsync(capture.describe(model), on(app))
    expect((await on(app)(capture.readByKey(model, key))).rows).toHaveLength(1)
  })

  it('takes keys of several columns in the order of the key, as an object, by the names of user code', async () => {
    const { app, capture, model } = await open({
      tables: 'CREATE TABLE book (user_id int, shelf_no text, place int, PRIMARY KEY (place, shelf_no))',
      catalog: { ...bookCatalog, models: { Book: { table: 'book', owner: 'user_id', naming: 'camel' } } },
    })
    await app.run(`INSERT INTO book VALUES (7, '2', 1), (8, '1', 2)`)
    await runAsync(capture.describe(model), on(app))
    expect((await on(app)(capture.readByKey(model, { shelfNo: 1, place: 2 }))).rows).toMatchObject([
      { owner: '8' },
    ])
    for (const key of [1, { place: 2 }, { place: 2, shelfNo: 1, more: 1 }, null])
      expect(() => capture.readByKey(model, key)).toThrow(expect.objectContaining({ code: 'key_invalid' }))
  })

  it('refuses a model whose table does not fit, naming model, table and cure, and one without a key', async () => {
    const { app, capture, model } = await open({ tables: 'CREATE TABLE other (id int)' })
    for (const _ of [1, 2]) {
      await expect(runAsync(capture.describe(model), on(app))).rejects.toMatchObject({
        code: 'capture_failed',
        message: expect.stringMatching(/models\["Book"\]\.table.*"book"/),
      })
    }
    await app.run('CREATE TABLE book (isbn text, user_id int)')
    await runAsync(capture.describe(model), on(app))
    expect(() => capture.readByKey(model, 'x')).toThrow(/no primary key.*models\["Book"\]\.key/)
  })

  it('takes the owner of a related row', async () => {
    const { app, capture, model } = await open({
      tables:
        'CREATE TABLE shelf (id int PRIMARY KEY, user_id int); CREATE TABLE book (id int PRIMARY KEY, shelf_id text)',
      catalog: {
        ...bookCatalog,
        models: { Book: { table: 'book', owner: { table: 'shelf', on: 'shelf_id', column: 'user_id' } } },
      },
    })
    await app.run(`INSERT INTO shelf VALUES (1, 7); INSERT INTO book VALUES (1, '1'), (2, NULL), (3, '5')`)
    await runAsync(capture.describe(model), on(app))
    const owners = []
    for (const key of [1, 2, 3]) owners.push((await on(app)(capture.readByKey(model, key))).rows[0]?.owner)
    expect(owners).toEqual(['7', null, null])
    await insert({ model, action: 'read', key: 1, events: [read] })
    expect(await test.events()).toMatchObject([{ owner: '7', name: 'book.read' }])
  })
})

describePostgres('insertByKey on PostgreSQL', () => {
  it('writes the event that a trigger would have written', async () => {
    const { app, capture, model, events } = await open()
    await capture.install()
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 412)`)
    await insert({ model, action: 'created', key: 1, events: [{ name: 'book.added', everyone: false }] })
    const [captured, byHand] = await events()
    expect(byHand).toEqual(captured)
    const [one, two] = await app.run(
      'SELECT name, owner, broadcast, model, action, row_json, previous_json, data, fanout_due_at, fanout_cursor, fanout_attempts FROM hookwright.event ORDER BY seq',
    )
    expect(two).toEqual(one)
  })

  it('takes uid, owner, broadcast and time from the caller', async () => {
    const { app, model } = await open()
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 412)`)
    const uid = 'a'.repeat(32)
    await insert({
      model,
      action: 'read',
      key: 1,
      events: [read],
      uid: () => uid,
      owner: 'ann',
      createdAt: 1_795_000_000_000,
    })
    await insert({ model, action: 'read', key: 1, events: [read], owner: null, broadcast: true })
    expect(
      await app.run('SELECT uid, owner, broadcast, created_at FROM hookwright.event ORDER BY seq'),
    ).toEqual([
      { uid, owner: 'ann', broadcast: '0', created_at: '1795000000000' },
      {
        uid: expect.stringMatching(/^[0-9a-f]{32}$/),
        owner: null,
        broadcast: '1',
        created_at: expect.stringMatching(/^\d{13}$/),
      },
    ])
  })

  it('writes an event for each, none that nobody listens to unless told to, and none without a row or an owner', async () => {
    const { app, model, events } = await open({ listening: ['book.read', 'book.opened'] })
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 412), (2, NULL, 'Orphan', 1)`)
    const all = [read, { name: 'book.opened', everyone: true }, { name: 'book.unheard', everyone: true }]
    await insert({ model, action: 'read', key: 1, events: all })
    await insert({ model, action: 'read', key: 1, events: all.slice(2), onlyIfListening: false })
    await insert({ model, action: 'read', key: 3, events: all })
    await insert({ model, action: 'read', key: 2, events: [read] })
    await insert({ model, action: 'read', key: 1, events: [read], owner: null })
    expect((await events()).map(({ name, broadcast }) => [name, broadcast])).toEqual([
      ['book.read', 0],
      ['book.opened', 1],
      ['book.unheard', 1],
    ])
  })

  it("takes part in the application's own transaction", async () => {
    const { app, capture, model, events } = await open()
    await app.run(`BEGIN; INSERT INTO book VALUES (1, 7, 'Dune', 1)`)
    await runAsync(capture.describe(model), on(app))
    for (const statement of capture.insertByKey({ model, action: 'read', key: 1, events: [read] }))
      await on(app)(statement)
    expect(await events()).toHaveLength(1)
    await app.run('ROLLBACK')
    expect(await events()).toEqual([])
  })
})
