import { afterEach, expect, it } from 'vitest'
import { describePostgres } from '../../../test/support/postgres.ts'
import { openTestCapture, type TestCapture, type TestCaptureOptions } from './test-postgres.ts'

let test: TestCapture

async function open(options: TestCaptureOptions = {}): Promise<TestCapture> {
  test = await openTestCapture(options)
  await test.capture.install()
  return test
}

afterEach(() => test.close())

const tables = `CREATE TABLE account (id bigint PRIMARY KEY);
  CREATE TABLE shelf (id int PRIMARY KEY, user_id bigint REFERENCES account ON DELETE CASCADE);
  CREATE TABLE book (id int PRIMARY KEY, shelf_id bigint REFERENCES shelf ON DELETE CASCADE, title text)`
const shelf = { table: 'shelf', on: 'shelf_id', column: 'user_id' }
const events = { added: 'Book.created', changed: 'Book.updated', removed: 'Book.deleted' }
const catalog = { models: { Book: { table: 'book', owner: shelf } }, events }

const owners = async () => (await test.events()).map(({ name, owner, row }) => [name, owner, row.id])

describePostgres('an owner over a relation on PostgreSQL', () => {
  it('is that of the related row, for each row of its own, in statements of any size', async () => {
    const { app, capture, forget } = await open({ tables, catalog })
    await app.run(`INSERT INTO account VALUES (7), (8); INSERT INTO shelf VALUES (1, 7), (2, 8), (3, NULL)`)
    await app.run(`INSERT INTO book VALUES (1, 1, 'a'), (2, 2, 'b'), (3, NULL, 'c'), (4, 3, 'd')`)
    await app.run('UPDATE book SET shelf_id = 2 WHERE id = 1; DELETE FROM book WHERE id = 2')
    expect(await owners()).toEqual([
      ['added', '7', 1],
      ['added', '8', 2],
      ['changed', '8', 1],
      ['removed', '8', 2],
    ])
    expect(await capture.check()).toEqual([])
    await forget()
    await app.run(`INSERT INTO book SELECT i, 1 + i % 2, 'x' FROM generate_series(1001, 3000) AS i`)
    expect(
      await app.run('SELECT owner, count(*) FROM hookwright.event GROUP BY owner ORDER BY owner'),
    ).toEqual([
      { owner: '7', count: '1000' },
      { owner: '8', count: '1000' },
    ])
  })

  it('still holds when the related row goes in the same transaction, by a cascade over two tables or by hand', async () => {
    const { app, forget } = await open({ tables, catalog })
    await app.run(
      `INSERT INTO account VALUES (7), (8); INSERT INTO shelf VALUES (1, 7), (2, 8), (3, 8); INSERT INTO book VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')`,
    )
    await forget()
    await app.run('DELETE FROM account WHERE id = 7')
    await app.run('BEGIN; DELETE FROM shelf WHERE id = 2; COMMIT')
    expect(await owners()).toEqual([
      ['removed', '7', 1],
      ['removed', '8', 2],
    ])
    await forget()
    await app.run(
      'ALTER TABLE book DROP CONSTRAINT book_shelf_id_fkey; BEGIN; DELETE FROM shelf; DELETE FROM book; COMMIT',
    )
    expect(await owners()).toEqual([['removed', '8', 3]])
    // The key is used again, by another owner, and goes again.
    await forget()
    await app.run(
      `INSERT INTO account VALUES (9); INSERT INTO shelf VALUES (1, 9); INSERT INTO book VALUES (1, 1, 'a'); DELETE FROM shelf; DELETE FROM book`,
    )
    expect(await owners()).toEqual([
      ['added', '9', 1],
      ['removed', '9', 1],
    ])
  })

  it('leaves no notes where nobody listens', async () => {
    const { app, listen } = await open({ tables, catalog, listening: ['added'] })
    await app.run(
      `INSERT INTO account VALUES (7); INSERT INTO shelf VALUES (1, 7), (2, 7); DELETE FROM shelf WHERE id = 1`,
    )
    expect(await app.run('SELECT * FROM hookwright.departed')).toEqual([])
    await listen(['removed'])
    await app.run('DELETE FROM shelf')
    expect(await app.run('SELECT key, owner FROM hookwright.departed')).toEqual([{ key: '2', owner: '7' }])
  })

  it('has its trigger on the related table only where an event needs it', async () => {
    const { triggers, withCatalog, capture, app } = await open({
      tables,
      catalog: { ...catalog, events: { added: 'Book.created' } },
    })
    expect(await triggers()).toEqual(['hookwright_book_created'])
    const more = withCatalog(catalog)
    await more.capture.install()
    expect(await triggers()).toContain('hookwright_shelf_departing')
    await app.run('DROP TRIGGER hookwright_shelf_departing ON shelf')
    expect(await more.capture.check()).toMatchObject([{ problem: 'missing', repairable: true }])
    await more.capture.repair()
    expect(await more.capture.check()).toEqual([])
    await capture.repair()
    expect(await triggers()).toContain('hookwright_shelf_departing')
    await capture.install()
    expect(await triggers()).toEqual(['hookwright_book_created'])
    const functions = await app.run(
      `SELECT proname FROM pg_proc WHERE pronamespace = 'hookwright'::regnamespace AND proname LIKE 'shelf%'`,
    )
    expect(functions).toEqual([{ proname: expect.stringContaining('owner') }])
  })

  it('is found by another key than the primary one, in another schema, of any type', async () => {
    const { app } = await open({
      tables: `CREATE SCHEMA shop; CREATE TYPE kind AS ENUM ('a', 'b');
        CREATE TABLE shop."Shelf" (id int PRIMARY KEY, code kind UNIQUE, "Owner" uuid);
        CREATE TABLE book (id int PRIMARY KEY, shelf_code text)`,
      catalog: {
        models: {
          Book: {
            table: 'book',
            owner: { table: 'shop.Shelf', on: 'shelf_code', column: 'Owner', key: 'code' },
          },
        },
        events,
      },
    })
    await app.run(
      `INSERT INTO shop."Shelf" VALUES (1, 'b', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'); INSERT INTO book VALUES (1, 'b'), (2, 'no kind')`,
    )
    expect(await owners()).toEqual([['added', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1]])
  })

  it('never breaks the writes where the relation is gone or may not be read, and is reported', async () => {
    const { app, capture } = await open({
      tables: tables.replaceAll(/ REFERENCES \w+ ON DELETE CASCADE/g, ''),
      catalog,
    })
    await app.run(`INSERT INTO shelf VALUES (1, 7), (2, 7); INSERT INTO book VALUES (1, 1, 'a')`)
    await app.run('REVOKE SELECT (user_id) ON shelf FROM hookwright_capture')
    await app.run(`INSERT INTO book VALUES (2, 1, 'b')`)
    expect(await capture.check()).toMatchObject([{ repairable: true }])
    await capture.repair()
    await app.run(`INSERT INTO book VALUES (3, 1, 'c')`)
    await app.run('ALTER TABLE shelf RENAME COLUMN user_id TO account_id')
    await app.run(`INSERT INTO book VALUES (4, 1, 'd'); DELETE FROM shelf WHERE id = 2`)
    expect((await capture.check())[0]).toMatchObject({
      problem: 'owner_missing',
      message: expect.stringContaining('owner.column'),
      repairable: false,
    })
    await app.run('DROP TABLE shelf')
    await app.run(`INSERT INTO book VALUES (5, 1, 'e')`)
    await app.run('ALTER TABLE book RENAME COLUMN shelf_id TO rack_id')
    await app.run(`INSERT INTO book VALUES (6, 1, 'f'); DELETE FROM book`)
    expect(await owners()).toEqual([
      ['added', '7', 1],
      ['added', '7', 3],
    ])
  })

  it('is found in spite of row level security on either table, for a writer who is under it', async () => {
    const { app, capture } = await open({
      tables: `${tables}; ALTER TABLE shelf ENABLE ROW LEVEL SECURITY; ALTER TABLE book ENABLE ROW LEVEL SECURITY;
        CREATE POLICY mine ON book USING (title <> 'hidden') WITH CHECK (true)`,
      catalog,
    })
    await app.run(`INSERT INTO account VALUES (7); INSERT INTO shelf VALUES (1, 7)`)
    await app.run(
      `DO $$ BEGIN CREATE ROLE hw_capture_rls; EXCEPTION WHEN duplicate_object THEN END $$; GRANT SELECT, INSERT, UPDATE, DELETE ON book TO hw_capture_rls`,
    )
    try {
      await app.run(
        `SET ROLE hw_capture_rls; INSERT INTO book VALUES (1, 1, 'a'), (2, 1, 'hidden'); UPDATE book SET title = title || '!'; DELETE FROM book; RESET ROLE`,
      )
    } finally {
      await app.run('RESET ROLE; DROP OWNED BY hw_capture_rls; DROP ROLE hw_capture_rls')
    }
    // What the writer may not see is not updated, but what it does is captured as it is.
    expect(await owners()).toEqual([
      ['added', '7', 1],
      ['added', '7', 2],
      ['changed', '7', 1],
      ['removed', '7', 1],
    ])
    await app.run('DROP POLICY hookwright_capture ON shelf')
    expect(await capture.check()).toMatchObject([{ repairable: true }])
    await capture.repair()
    expect(await capture.check()).toEqual([])
  })

  it.each([
    ['table', { ...shelf, table: 'shelves' }, /owner\.table.*\(got "shelves"\)/],
    ['column of the row', { ...shelf, on: 'shelf' }, /owner\.on.*"book" has no such column \(got "shelf"\)/],
    ['column of the owner', { ...shelf, column: 'owner' }, /owner\.column.*"shelf" has no such column/],
    ['key', { ...shelf, key: 'code' }, /owner\.key.*"shelf" has no such column/],
  ])('says which %s there is not', async (_, owner, message) => {
    test = await openTestCapture({ tables, catalog: { models: { Book: { table: 'book', owner } }, events } })
    await expect(test.capture.install()).rejects.toThrow(message)
  })
})

describePostgres('softDelete on PostgreSQL', () => {
  const soft = {
    tables: 'CREATE TABLE book (id int PRIMARY KEY, user_id int, title text, deleted_at timestamptz)',
    catalog: { models: { Book: { table: 'book', owner: 'user_id', softDelete: 'deleted_at' } }, events },
  }

  it('makes created, updated and deleted of what its column says', async () => {
    const { app, capture, triggers } = await open(soft)
    expect(await triggers()).toEqual([
      'hookwright_book_created',
      'hookwright_book_created_softly',
      'hookwright_book_deleted',
      'hookwright_book_deleted_softly',
      'hookwright_book_updated',
    ])
    const steps = [
      `INSERT INTO book VALUES (1, 7, 'a', NULL), (2, 7, 'b', NULL), (3, 7, 'born dead', now())`,
      `UPDATE book SET title = title || '!'`,
      `UPDATE book SET deleted_at = '2026-01-01Z', title = 'gone' WHERE id = 1`,
      `UPDATE book SET deleted_at = '2026-01-02Z' WHERE id = 1`,
      `UPDATE book SET deleted_at = NULL, title = 'back' WHERE id = 1`,
      `UPDATE book SET deleted_at = now() WHERE id = 2`,
      `DELETE FROM book`,
    ]
    for (const step of steps) await app.run(step)
    expect(
      (await test.events()).map(({ name, row, previous }) => [name, row.id, row.title, previous?.title]),
    ).toEqual([
      ['added', 1, 'a', undefined],
      ['added', 2, 'b', undefined],
      ['changed', 1, 'a!', 'a'],
      ['changed', 2, 'b!', 'b'],
      ['removed', 1, 'gone', undefined],
      ['added', 1, 'back', undefined],
      ['removed', 2, 'b!', undefined],
      ['removed', 1, 'back', undefined],
    ])
    expect((await test.events())[4]?.row.deleted_at).toBe('2026-01-01T00:00:00+00:00')
    expect(await capture.check()).toEqual([])
  })

  it('holds for one statement of many rows, and with a relation', async () => {
    const { app } = await open({
      tables: `CREATE TABLE shelf (id int PRIMARY KEY, user_id int); CREATE TABLE book (id int PRIMARY KEY, shelf_id int, gone bool)`,
      catalog: { models: { Book: { table: 'book', owner: shelf, softDelete: 'gone' } }, events },
    })
    await app.run(
      `INSERT INTO shelf VALUES (1, 7); INSERT INTO book SELECT i, 1, CASE WHEN i % 4 = 0 THEN true END FROM generate_series(1, 4000) AS i`,
    )
    await app.run(
      `UPDATE book SET gone = CASE WHEN i % 3 = 0 THEN true END, id = -id FROM (SELECT id AS i FROM book) AS old WHERE i = book.id`,
    )
    const [expected] =
      await app.run(`SELECT count(*) FILTER (WHERE i % 4 <> 0) + count(*) FILTER (WHERE i % 4 = 0 AND i % 3 <> 0) AS added,
      count(*) FILTER (WHERE i % 4 <> 0 AND i % 3 <> 0) AS changed, count(*) FILTER (WHERE i % 4 <> 0 AND i % 3 = 0) AS removed FROM generate_series(1, 4000) AS i`)
    const [counts] =
      await app.run(`SELECT count(*) FILTER (WHERE name = 'added') AS added, count(*) FILTER (WHERE name = 'changed') AS changed,
      count(*) FILTER (WHERE name = 'removed') AS removed FROM hookwright.event WHERE owner = '7'`)
    expect(counts).toEqual(expected)
  })

  it('says that there is no such column, and never breaks the writes when it goes', async () => {
    const { app, capture } = await open(soft)
    await app.run(
      `ALTER TABLE book DROP COLUMN deleted_at; INSERT INTO book VALUES (1, 7, 'a'); UPDATE book SET title = 'b'; DELETE FROM book`,
    )
    expect((await capture.check()).filter(({ repairable }) => !repairable)).toMatchObject([
      { problem: 'soft_delete_missing', message: expect.stringContaining('softDelete') },
    ])
    await expect(capture.install()).rejects.toThrow(/softDelete/)
    await app.run(`INSERT INTO book VALUES (1, 7, 'a')`)
  })
})
