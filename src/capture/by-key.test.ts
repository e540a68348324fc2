import type { CompiledQuery } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { findAction } from '../catalog/index.ts'
import { exec, first, runSync } from '../store/work.ts'
import type { InsertByKey } from './by-key.ts'
import { decodeRow } from './row.ts'
import { bookCatalog, openTestCapture, type TestCapture, type TestCaptureOptions } from './test-capture.ts'

let test: TestCapture

async function open(options: TestCaptureOptions = {}) {
  test = await openTestCapture(options)
  return { ...test, model: findAction(test.catalog, 'Book.created', 'name').model }
}

afterEach(() => test.close())

const read = { name: 'book.read', everyone: false }

/** On the application's own connection, as in its own transaction. */
function onApp({ sql, parameters }: CompiledQuery) {
  return { rows: test.app.all(sql, ...parameters) }
}

async function insert(request: InsertByKey): Promise<void> {
  const { capture, store } = test
  await store.write(function* () {
    yield* capture.describe(request.model)
    for (const statement of capture.insertByKey(request)) yield* exec(statement)
  })
}

describe('readByKey', () => {
  it('reads the row as a trigger would write it, and its owner as text', async () => {
    const { app, capture, store, model, events } = await open()
    await capture.install()
    app.exec(`INSERT INTO book VALUES (9007199254740993, 7, 'Dune', NULL)`)
    const found = await store.read(function* () {
      yield* capture.describe(model)
      return yield* first(capture.readByKey(model, 9007199254740993n))
    })
    expect(found?.owner).toBe('7')
    expect(decodeRow(found?.row_json ?? '')).toEqual(events()[0]?.row)
  })

  it('gives nothing where there is no such row', async () => {
    const { capture, store, model } = await open()
    const found = await store.read(function* () {
      yield* capture.describe(model)
      return yield* first(capture.readByKey(model, 1))
    })
    expect(found).toBeUndefined()
  })

  it('sees what the transaction that it runs in has written', async () => {
    const { app, capture, model } = await open()
    app.exec(`BEGIN; ALTER TABLE book ADD COLUMN isbn TEXT; INSERT INTO book VALUES (1, 7, 'Dune', 1, 'x')`)
    runSync(capture.describe(model), onApp)
    const [row] = onApp(capture.readByKey(model, 1)).rows
    expect(decodeRow(String(row?.row_json))).toMatchObject({ title: 'Dune', isbn: 'x' })
    app.exec('ROLLBACK')
  })

  it.each([
    ['a number in a column of text', 'id TEXT PRIMARY KEY', `'1'`, 1],
    ['a text in a column of integers', 'id INTEGER PRIMARY KEY', '1', '1'],
    ['a text', 'id TEXT PRIMARY KEY', `'a''b'`, "a'b"],
    ['a bigint', 'id INTEGER PRIMARY KEY', '9223372036854775807', 9223372036854775807n],
    ['a real number', 'id REAL PRIMARY KEY', '0.1', 0.1],
    [
      'a bigint that SQLite has no integer for',
      'id TEXT PRIMARY KEY',
      `'99999999999999999999'`,
      99999999999999999999n,
    ],
    ['an object', 'id INTEGER PRIMARY KEY', '5', { id: 5 }],
  ])('finds a row by %s', async (_, column, stored, key) => {
    const { app, capture, model } = await open({ schema: `CREATE TABLE book (${column}, user_id)` })
    app.exec(`INSERT INTO book VALUES (${stored}, 7)`)
    runSync(capture.describe(model), onApp)
    expect(onApp(capture.readByKey(model, key)).rows).toHaveLength(1)
  })

  it('takes keys of several columns as an object, by the names of user code', async () => {
    const { app, capture, model } = await open({
      schema: 'CREATE TABLE book (user_id, shelf_no TEXT, place INTEGER, PRIMARY KEY (place, shelf_no))',
      catalog: { ...bookCatalog, models: { Book: { table: 'book', owner: 'user_id', naming: 'camel' } } },
    })
    app.exec(`INSERT INTO book VALUES (7, '2', 1), (8, '1', 2)`)
    runSync(capture.describe(model), onApp)
    expect(onApp(capture.readByKey(model, { shelfNo: 1, place: 2 })).rows).toMatchObject([{ owner: '8' }])
    for (const key of [1, { place: 2 }, { place: 2, shelfNo: 1, more: 1 }, { place: 2, shelf_no: 1 }, null]) {
      expect(() => capture.readByKey(model, key)).toThrow(expect.objectContaining({ code: 'key_invalid' }))
    }
  })

  it("goes by the model's own key where it names one, and refuses where there is none", async () => {
    const schema = `CREATE TABLE book (isbn TEXT, user_id INTEGER)`
    const { app, capture, model, withCatalog } = await open({ schema })
    app.exec(`INSERT INTO book VALUES ('x', 7)`)
    runSync(capture.describe(model), onApp)
    expect(() => capture.readByKey(model, 'x')).toThrow(/no primary key.*models\["Book"\]\.key/)
    const keyed = withCatalog({
      ...bookCatalog,
      models: { Book: { table: 'book', owner: 'user_id', key: 'ISBN' } },
    })
    const keyedModel = findAction(keyed.catalog, 'Book.created', 'name').model
    runSync(keyed.capture.describe(keyedModel), onApp)
    expect(onApp(keyed.capture.readByKey(keyedModel, 'x')).rows).toHaveLength(1)
  })

  it('refuses a model whose table does not fit, naming model, table and cure', async () => {
    const { capture, model } = await open({ schema: 'CREATE TABLE other (id)' })
    expect(() => runSync(capture.describe(model), onApp)).toThrow(
      expect.objectContaining({
        code: 'capture_failed',
        message: expect.stringMatching(/models\["Book"\]\.table.*"book"/),
      }),
    )
    // Also the second time, when it is known already.
    expect(() => runSync(capture.describe(model), onApp)).toThrow(/models\["Book"\]\.table/)
  })
})

describe('insertByKey', () => {
  it('writes the event that a trigger would have written', async () => {
    const { app, capture, model, events } = await open()
    await capture.install()
    app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 412)`)
    await insert({ model, action: 'created', key: 1, events: [{ name: 'book.added', everyone: false }] })
    const [captured, byHand] = events()
    expect(byHand).toEqual(captured)
    const columns =
      'name, owner, broadcast, model, action, row_json, previous_json, data, fanout_due_at, fanout_cursor, fanout_attempts'
    const [one, two] = app.all(`SELECT ${columns} FROM hookwright_event`)
    expect(two).toEqual(one)
  })

  it('takes uid, owner, broadcast and time from the caller', async () => {
    const { app, model } = await open()
    app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 412)`)
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
    expect(app.all('SELECT uid, owner, broadcast, created_at FROM hookwright_event')).toEqual([
      { uid, owner: 'ann', broadcast: 0, created_at: 1_795_000_000_000 },
      {
        uid: expect.stringMatching(/^[0-9a-f]{32}$/),
        owner: null,
        broadcast: 1,
        created_at: expect.closeTo(Date.now(), -4),
      },
    ])
  })

  it('writes an event for each that is on the action, and none that nobody listens to unless it is told to', async () => {
    const { app, model, events } = await open({ listening: ['book.read', 'book.opened'] })
    app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 412)`)
    const all = [read, { name: 'book.opened', everyone: true }, { name: 'book.unheard', everyone: true }]
    await insert({ model, action: 'read', key: 1, events: all })
    expect(events().map(({ name, broadcast }) => [name, broadcast])).toEqual([
      ['book.read', 0],
      ['book.opened', 1],
    ])
    await insert({ model, action: 'read', key: 1, events: all.slice(2), onlyIfListening: false })
    expect(events()).toHaveLength(3)
  })

  it('writes nothing without a row, nor without an owner unless it is broadcast', async () => {
    const { app, model, events } = await open()
    app.exec(`INSERT INTO book VALUES (1, NULL, 'Orphan', 1)`)
    await insert({ model, action: 'read', key: 2, events: [{ ...read, everyone: true }] })
    await insert({ model, action: 'read', key: 1, events: [read] })
    await insert({ model, action: 'read', key: 1, events: [read], owner: null })
    expect(events()).toEqual([])
    await insert({ model, action: 'read', key: 1, events: [{ ...read, everyone: true }] })
    expect(events()).toMatchObject([{ owner: null, broadcast: 1 }])
  })

  it("takes part in the application's own synchronous transaction", async () => {
    const { app, capture, model, events } = await open()
    app.exec(`BEGIN; INSERT INTO book VALUES (1, 7, 'Dune', 1)`)
    runSync(capture.describe(model), onApp)
    for (const statement of capture.insertByKey({ model, action: 'read', key: 1, events: [read] }))
      onApp(statement)
    expect(events()).toHaveLength(1)
    app.exec('ROLLBACK')
    expect(events()).toEqual([])
  })
})

describe('describe', () => {
  it('asks once as long as the schema stays the same, and again when it has changed', async () => {
    const { app, capture, model } = await open()
    app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 1)`)
    const queries: string[] = []
    const counted = (query: CompiledQuery) => {
      queries.push(query.sql)
      return onApp(query)
    }
    runSync(capture.describe(model), counted)
    queries.length = 0
    runSync(capture.describe(model), counted)
    expect(queries).toEqual(['PRAGMA schema_version'])
    app.exec('ALTER TABLE book ADD COLUMN isbn')
    runSync(capture.describe(model), counted)
    const [row] = onApp(capture.readByKey(model, 1)).rows
    expect(decodeRow(String(row?.row_json))).toHaveProperty('isbn')
  })
})
